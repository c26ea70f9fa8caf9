// Which names a VPC knows, and that nobody gets in by an address that is not theirs.

import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { ModifyVpcAttributeCommand } from '@aws-sdk/client-ec2';
import {
  AssociateVPCWithHostedZoneCommand,
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  waitUntilResourceRecordSetsChanged,
  type Change,
} from '@aws-sdk/client-route-53';
import {
  CreateServiceCommand,
  DeleteServiceNetworkServiceAssociationCommand,
  GetServiceCommand,
} from '@aws-sdk/client-vpc-lattice';
import type { TestServer } from '../server.ts';
import { startTarget, TestClient } from '../workload-programs.ts';
import { everywhere, onEveryAttachment } from './attachments.ts';
import {
  awaitHealthy,
  enter,
  given,
  forward,
  listenerPort,
  makeGroup,
  makeListener,
  makeNetwork,
  makeService,
  makeVpc,
  makeWorld,
  offer,
  targetPort,
  unique,
} from './scenario.ts';

/** Told from the 404 of a name that no door has. */
const fixed = { fixedResponse: { statusCode: 500 } };

/** Changes record sets of the zone, and waits until they are in use. */
async function changeRecords({ route53 }: TestServer, HostedZoneId: string, changes: readonly Change[]): Promise<void> {
  const { ChangeInfo } = await route53.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes: [...changes] } }),
  );
  await waitUntilResourceRecordSetsChanged(
    { client: route53, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
    { Id: given(ChangeInfo?.Id) },
  );
}

onEveryAttachment({ workers: 1 }, [
  {
    name: 'a name has an A record, over UDP and TCP, and an AAAA record that embeds it where the attachment carries IPv6 names',
    runs: everywhere,
    async run(server) {
      const { clients, network } = await makeWorld(server);
      const service = await makeService(server);
      await makeListener(server, service.id, fixed);
      await offer(server, service.id, network);
      await using client = TestClient.start(server, { vpc: clients });
      const [address = ''] = await client.resolve(service.dnsName);
      assert.deepEqual(await client.resolve(service.dnsName.toUpperCase()), [address]);
      assert.deepEqual(await client.resolveTcp(service.dnsName), [address]);
      if (server.attach !== 'loopback') {
        const [third = 0, fourth = 0] = address.split('.').slice(2).map(Number);
        const low = (third * 256 + fourth).toString(16);
        assert.deepEqual(await client.resolve(service.dnsName, 'AAAA'), [`fd00:ec2:80::a9fe:${low}`]);
        assert.deepEqual(await client.resolve(service.dnsName, 'A', '169.254.169.253'), [address]);
        assert.ok((await client.lookup(service.dnsName)).some((one) => one.address === address));
      } else await assert.rejects(client.resolve(service.dnsName, 'AAAA'), /ENODATA/);
      const unknown = service.dnsName.replace(/^[^.]+/, 'nobody-0123456789abcdef0');
      await assert.rejects(client.resolve(unknown), /ENOTFOUND/);
    },
  },
  {
    name: 'the name server of the host knows the names too',
    runs: everywhere,
    async run(server) {
      const { clients, network } = await makeWorld(server);
      const service = await makeService(server);
      await offer(server, service.id, network);
      const resolver = new Resolver({ timeout: 2000, tries: 2 });
      resolver.setServers([server.dns]);
      await using client = TestClient.start(server, { vpc: clients });
      assert.deepEqual(await resolver.resolve4(service.dnsName), await client.resolve(service.dnsName));
    },
  },
  {
    name: 'a service that is not offered has no name, is not found by Host, and goes when it is taken back',
    runs: everywhere,
    enforces: ['CreateServiceNetworkServiceAssociation', 'DeleteServiceNetworkServiceAssociation'],
    async run(server) {
      const { clients, targets, network } = await makeWorld(server);
      await using _target = await startTarget(server, { vpc: targets, address: '10.0.1.10' }, 'one', targetPort);
      const group = await makeGroup(server, targets, [{ id: '10.0.1.10', port: targetPort }]);
      const offered = await makeService(server);
      const hidden = await makeService(server);
      await makeListener(server, offered.id, forward([group, 1]));
      await makeListener(server, hidden.id, fixed);
      const association = await offer(server, offered.id, network);
      await awaitHealthy(server, group);
      await using client = TestClient.start(server, { vpc: clients });
      const [address = ''] = await client.resolve(offered.dnsName);
      const ask = async (name: string): Promise<number> =>
        (await client.request({ name, address, port: listenerPort })).status;
      assert.equal(await ask(offered.dnsName), 200);
      await assert.rejects(client.resolve(hidden.dnsName), /ENOTFOUND/);
      assert.equal(await ask(hidden.dnsName), 404);

      await server.lattice.send(
        new DeleteServiceNetworkServiceAssociationCommand({
          serviceNetworkServiceAssociationIdentifier: association,
        }),
      );
      await server.obeyed();
      await assert.rejects(client.resolve(offered.dnsName), /ENOTFOUND/);
      await assert.rejects(ask(offered.dnsName), /ECONNREFUSED/);
    },
  },
  {
    name: 'a VPC without a way into the network finds no name, and each VPC finds the addresses of its own network',
    runs: everywhere,
    async run(server) {
      const { clients, targets, network } = await makeWorld(server);
      const [other, otherNetwork, service, second] = await Promise.all([
        makeVpc(server),
        makeNetwork(server),
        makeService(server),
        makeService(server),
      ]);
      await makeListener(server, service.id, fixed);
      await offer(server, service.id, network);
      await offer(server, second.id, otherNetwork);
      await offer(server, service.id, otherNetwork);
      await enter(server, other, otherNetwork);
      await using inside = TestClient.start(server, { vpc: clients });
      await using outside = TestClient.start(server, { vpc: targets });
      await using elsewhere = TestClient.start(server, { vpc: other });
      const [address = ''] = await inside.resolve(service.dnsName);
      await assert.rejects(outside.resolve(service.dnsName), /ENOTFOUND/);
      // On loopback nothing separates processes: whoever knows an address of 127/8 reaches it.
      if (server.attach !== 'loopback')
        await assert.rejects(
          outside.request({ name: service.dnsName, address, port: listenerPort }),
          /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/,
        );
      assert.notDeepEqual(await elsewhere.resolve(service.dnsName), [address]);
      await assert.rejects(inside.resolve(second.dnsName), /ENOTFOUND/);
      assert.equal((await elsewhere.resolve(second.dnsName)).length, 1);
    },
  },
  {
    name: 'a custom domain leads to its service by a CNAME and by an alias of a private zone, in the VPCs that the zone answers',
    runs: everywhere,
    async run(server) {
      const { clients, targets, network } = await makeWorld(server);
      const domain = `${unique('corp')}.test`;
      const made = await server.lattice.send(
        new CreateServiceCommand({ name: unique('shop'), customDomainName: `shop.${domain}` }),
      );
      const service = given(made.id);
      await makeListener(server, service, fixed);
      await offer(server, service, network);
      const { dnsEntry } = await server.lattice.send(new GetServiceCommand({ serviceIdentifier: service }));
      const { HostedZone } = await server.route53.send(
        new CreateHostedZoneCommand({
          Name: domain,
          CallerReference: unique('zone'),
          VPC: { VPCId: clients, VPCRegion: 'us-east-1' },
        }),
      );
      const zone = given(HostedZone?.Id);
      const AliasTarget = {
        HostedZoneId: given(dnsEntry?.hostedZoneId),
        DNSName: given(dnsEntry?.domainName),
        EvaluateTargetHealth: false,
      };
      const create = (ResourceRecordSet: Change['ResourceRecordSet']): Change => ({
        Action: 'CREATE',
        ResourceRecordSet,
      });
      await changeRecords(server, zone, [
        create({ Name: `shop.${domain}`, Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: AliasTarget.DNSName }] }),
        create({ Name: domain, Type: 'A', AliasTarget }),
      ]);
      await using client = TestClient.start(server, { vpc: clients });
      const [address = ''] = await client.resolve(AliasTarget.DNSName);
      assert.deepEqual(await client.resolve(`shop.${domain}`), [address]);
      assert.deepEqual(await client.resolve(domain.toUpperCase()), [address]);
      assert.deepEqual(await client.resolveTcp(`shop.${domain}`), [address]);
      const { status } = await client.request({ name: `shop.${domain}`, address, port: listenerPort });
      assert.equal(status, 500);
      await assert.rejects(client.resolve(`nobody.${domain}`), /ENOTFOUND/);

      await using other = TestClient.start(server, { vpc: targets });
      await assert.rejects(other.resolve(`shop.${domain}`), /ENOTFOUND|ESERVFAIL|ETIMEOUT|EREFUSED/);
      const { ChangeInfo } = await server.route53.send(
        new AssociateVPCWithHostedZoneCommand({ HostedZoneId: zone, VPC: { VPCId: targets, VPCRegion: 'us-east-1' } }),
      );
      assert.equal(ChangeInfo?.Status, 'PENDING');
      await server.obeyed();
      // The zone answers; the VPC has no door, so that the name behind it has no address.
      await assert.rejects(other.resolve(`shop.${domain}`), /ENOTFOUND/);
      await enter(server, targets, network);
      assert.equal((await other.resolve(`shop.${domain}`)).length, 1);
    },
  },
  {
    name: 'a VPC without DNS support is answered nothing, until it has it again',
    runs: everywhere,
    async run(server) {
      const { clients, network } = await makeWorld(server);
      const service = await makeService(server);
      await offer(server, service.id, network);
      await using client = TestClient.start(server, { vpc: clients });
      const turn = async (Value: boolean): Promise<void> => {
        await server.ec2.send(new ModifyVpcAttributeCommand({ VpcId: clients, EnableDnsSupport: { Value } }));
        await server.obeyed();
      };
      assert.equal((await client.resolve(service.dnsName)).length, 1);
      await turn(false);
      await assert.rejects(client.resolve(service.dnsName), /EREFUSED/);
      await turn(true);
      assert.equal((await client.resolve(service.dnsName)).length, 1);
    },
  },
  {
    name: 'the name server of the host answers public zones, never private ones',
    runs: everywhere,
    async run(server) {
      const vpc = await makeVpc(server);
      const [open, hidden] = [`${unique('open')}.test`, `${unique('hidden')}.test`];
      const create = async (Name: string, VPCId?: string): Promise<void> => {
        const { HostedZone } = await server.route53.send(
          new CreateHostedZoneCommand({
            Name,
            CallerReference: unique('zone'),
            ...(VPCId === undefined ? {} : { VPC: { VPCId, VPCRegion: 'us-east-1' } }),
          }),
        );
        const ResourceRecordSet = {
          Name: `a.${Name}`,
          Type: 'A',
          TTL: 60,
          ResourceRecords: [{ Value: '192.0.2.1' }],
        } as const;
        await changeRecords(server, given(HostedZone?.Id), [
          {
            Action: 'UPSERT',
            ResourceRecordSet: { ...ResourceRecordSet, ResourceRecords: [...ResourceRecordSet.ResourceRecords] },
          },
        ]);
      };
      await create(open);
      await create(hidden, vpc);
      const resolver = new Resolver({ timeout: 2000, tries: 2 });
      resolver.setServers([server.dns]);
      assert.deepEqual(await resolver.resolve4(`a.${open}`), ['192.0.2.1']);
      await assert.rejects(resolver.resolve4(`a.${hidden}`));
      await using client = TestClient.start(server, { vpc });
      assert.deepEqual(await client.resolve(`a.${open}`), ['192.0.2.1']);
      assert.deepEqual(await client.resolve(`a.${hidden}`), ['192.0.2.1']);
    },
  },
]);
