// What updates do to traffic: rules as a batch, auth types, health checks, the groups of an association.

import assert from 'node:assert/strict';
import {
  BatchUpdateRuleCommand,
  CreateRuleCommand,
  CreateServiceNetworkVpcAssociationCommand,
  GetServiceNetworkVpcAssociationCommand,
  PutAuthPolicyCommand,
  UpdateServiceCommand,
  UpdateServiceNetworkCommand,
  UpdateServiceNetworkVpcAssociationCommand,
  UpdateTargetGroupCommand,
} from '@aws-sdk/client-vpc-lattice';
import { configuredId } from '../../src/domain/ec2/index.ts';
import { onEveryAttachment } from './attachments.ts';
import {
  eventually,
  forward,
  given,
  listenerPort,
  makeGroup,
  makeListener,
  makeNetwork,
  makeService,
  offer,
  targetPort,
  unique,
} from './scenario.ts';
import { TestClient } from '../workload-programs.ts';
import { openShop } from './shop.ts';

const configuration = `
limits: { healthCheckSpeed: 60 }
vpcs:
  - name: guarded
    cidrs: [10.0.0.0/16]
    subnets: [{ cidr: 10.0.1.0/24 }]
    securityGroups:
      - { name: all, ingress: [{ cidrs: [10.0.0.0/16] }] }
      - { name: nobody, ingress: [{ cidrs: [192.0.2.0/24] }] }
      - { name: friends }
      - { name: members, ingress: [{ groups: [friends] }] }
`;
const owner = { account: '123456789012', region: 'us-east-1' };

/** Whoever may run a server at all obeys the same snapshot. */
const rights = 'what is changed does not depend on rights';
const asRoot = { netns: true, loopback: true, userns: rights, 'other user': rights } as const;

onEveryAttachment({ workers: 1, configuration }, [
  {
    name: 'rules that change places in one batch are obeyed in their new order',
    runs: asRoot,
    enforces: ['BatchUpdateRule', 'CreateRule'],
    async run(server) {
      await using shop = await openShop(server);
      const listener = { serviceIdentifier: shop.service, listenerIdentifier: shop.listener };
      const make = async (priority: number, group: string): Promise<string> => {
        const rule = await server.lattice.send(
          new CreateRuleCommand({
            ...listener,
            name: unique('case'),
            priority,
            match: { httpMatch: { pathMatch: { match: { prefix: '/both' } } } },
            action: forward([group, 1]),
          }),
        );
        return given(rule.id);
      };
      const blue = await make(10, shop.blue);
      const green = await make(20, shop.green);
      await server.obeyed();
      assert.equal(await shop.ask('/both'), 'blue');
      const { unsuccessful } = await server.lattice.send(
        new BatchUpdateRuleCommand({
          ...listener,
          rules: [
            { ruleIdentifier: blue, priority: 20 },
            { ruleIdentifier: green, priority: 10 },
          ],
        }),
      );
      assert.deepEqual(unsuccessful, []);
      await server.obeyed();
      assert.equal(await shop.ask('/both'), 'green');
    },
  },
  {
    name: 'auth types of a service and of its network deny what no policy allows',
    runs: asRoot,
    enforces: ['UpdateService', 'UpdateServiceNetwork', 'PutAuthPolicy'],
    async run(server) {
      await using shop = await openShop(server);
      const allowAll = JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
      });
      const status = async (): Promise<string> => (await shop.ask('/')).split(' ')[0] ?? '';
      const service = (authType: 'NONE' | 'AWS_IAM') =>
        server.lattice.send(new UpdateServiceCommand({ serviceIdentifier: shop.service, authType }));
      const network = (authType: 'NONE' | 'AWS_IAM') =>
        server.lattice.send(new UpdateServiceNetworkCommand({ serviceNetworkIdentifier: shop.network, authType }));
      for (const change of [service, network]) {
        assert.equal(await status(), 'blue');
        await change('AWS_IAM');
        await server.obeyed();
        assert.equal(await status(), '403');
        const resourceIdentifier = change === service ? shop.service : shop.network;
        await server.lattice.send(new PutAuthPolicyCommand({ resourceIdentifier, policy: allowAll }));
        await server.obeyed();
        assert.equal(await status(), 'blue');
        await change('NONE');
        await server.obeyed();
      }
      assert.equal(await status(), 'blue');
    },
  },
  {
    name: 'changed health checks decide which targets get requests',
    runs: asRoot,
    enforces: ['UpdateTargetGroup', 'CreateTargetGroup', 'RegisterTargets'],
    async run(server) {
      await using shop = await openShop(server);
      const places = ['10.0.1.10', '10.0.1.11'].map((id) => ({ id, port: targetPort }));
      const targetGroupIdentifier = await makeGroup(server, shop.targets, places);
      const port = listenerPort + 1;
      await makeListener(server, shop.service, forward([targetGroupIdentifier, 1]), port);
      await server.obeyed();
      const answering = async (): Promise<string> => {
        const { targets } = await shop.client.load({ name: shop.name, port, count: 10, connections: 2 });
        return Object.keys(targets).toSorted().join(' and ');
      };
      await eventually('both targets answer', async () => (await answering()) === 'blue and green');
      await server.lattice.send(
        new UpdateTargetGroupCommand({ targetGroupIdentifier, healthCheck: { path: '/?only=green' } }),
      );
      await eventually('only one answers', async () => (await answering()) === 'green');
    },
  },
  {
    name: 'other security groups of an association let other clients in',
    runs: { ...asRoot, userns: true },
    enforces: ['CreateServiceNetworkVpcAssociation', 'UpdateServiceNetworkVpcAssociation'],
    async run(server) {
      const { lattice } = server;
      const [network, service] = await Promise.all([makeNetwork(server), makeService(server)]);
      await makeListener(server, service.id, { fixedResponse: { statusCode: 404 } });
      await offer(server, service.id, network);
      const group = (name: string): string => configuredId('sg', owner, 'guarded', name);
      const made = await lattice.send(
        new CreateServiceNetworkVpcAssociationCommand({
          vpcIdentifier: configuredId('vpc', owner, 'guarded'),
          serviceNetworkIdentifier: network,
          securityGroupIds: [group('all')],
        }),
      );
      const serviceNetworkVpcAssociationIdentifier = given(made.id);
      const active = () =>
        eventually('the association is ACTIVE', async () => {
          const { status } = await lattice.send(
            new GetServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier }),
          );
          return status === 'ACTIVE';
        });
      await active();
      await using client = TestClient.start(server, { vpc: 'guarded' });
      const [address = ''] = await client.resolve(service.dnsName);
      // On loopback a client is known by the address that it takes.
      const localAddress = server.attach === 'loopback' ? 'localAddress: process.env.PERGOLA_ADDRESS,' : '';
      const script = `const end = (text) => { console.log(text); process.exit(); };
        require('node:net').connect({ host: '${address}', ${localAddress} port: ${listenerPort} })
          .on('connect', function () { this.write('GET / HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n'); })
          .on('data', () => end('connected')).on('error', (error) => end(error.code));
        setTimeout(end, 2000, 'silence')`;
      const ask = async (...place: readonly string[]): Promise<string> =>
        (await server.exec(['--vpc', 'guarded', ...place], [process.execPath, '-e', script])).stdout.trim();
      const kept = server.attach === 'loopback' ? 'ECONNRESET' : 'silence';
      assert.equal(await ask(), 'connected');
      for (const [name, answer] of [
        ['nobody', kept],
        ['members', kept],
        ['all', 'connected'],
      ] as const) {
        await lattice.send(
          new UpdateServiceNetworkVpcAssociationCommand({
            serviceNetworkVpcAssociationIdentifier,
            securityGroupIds: [group(name)],
          }),
        );
        await active();
        assert.equal(await ask(), answer, name);
        if (name === 'members') assert.equal(await ask('--security-group', 'friends'), 'connected');
      }
    },
  },
]);
