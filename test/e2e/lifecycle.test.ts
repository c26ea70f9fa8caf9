// What a client of the API sees of the life of things: statuses, conflicts, cascades, and that traffic follows.

import assert from 'node:assert/strict';
import { DeleteVpcCommand } from '@aws-sdk/client-ec2';
import {
  CreateServiceNetworkServiceAssociationCommand,
  CreateServiceNetworkVpcAssociationCommand,
  DeleteListenerCommand,
  DeleteServiceCommand,
  DeleteServiceNetworkCommand,
  DeleteServiceNetworkServiceAssociationCommand,
  DeleteServiceNetworkVpcAssociationCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  GetListenerCommand,
  GetRuleCommand,
  GetServiceCommand,
  GetServiceNetworkVpcAssociationCommand,
  GetTargetGroupCommand,
  ListRulesCommand,
  ListServiceNetworkServiceAssociationsCommand,
  ListServiceNetworkVpcAssociationsCommand,
  ListTargetsCommand,
  RegisterTargetsCommand,
  UpdateListenerCommand,
} from '@aws-sdk/client-vpc-lattice';
import { startTarget, TestClient } from '../workload-programs.ts';
import { ofEveryKind, onEveryAttachment } from './attachments.ts';
import {
  awaitHealthy,
  eventually,
  forward,
  given,
  listenerPort,
  makeGroup,
  makeListener,
  makeNetwork,
  makeService,
  makeVpc,
  makeWorld,
  offer,
  targetPort,
} from './scenario.ts';
import { openShop } from './shop.ts';

/** The name of the error that a call answers. */
async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
  return 'no error';
}

/** Health is gathered in the same way whatever carries the VPCs. */
const sameBoard = 'what control keeps of targets does not depend on the attachment';

onEveryAttachment({ workers: 2, configuration: 'limits: { healthCheckSpeed: 60 }\n' }, [
  {
    name: 'an association is CREATE_IN_PROGRESS, then ACTIVE, and a deleted one is gone with its names and doors',
    runs: ofEveryKind,
    enforces: [
      'CreateServiceNetwork',
      'CreateService',
      'CreateListener',
      'CreateServiceNetworkServiceAssociation',
      'CreateServiceNetworkVpcAssociation',
      'DeleteServiceNetworkVpcAssociation',
    ],
    async run(server) {
      const { lattice } = server;
      const [vpcIdentifier, serviceNetworkIdentifier, service] = await Promise.all([
        makeVpc(server),
        makeNetwork(server),
        makeService(server),
      ]);
      await makeListener(server, service.id, { fixedResponse: { statusCode: 404 } });
      const offered = await lattice.send(
        new CreateServiceNetworkServiceAssociationCommand({ serviceIdentifier: service.id, serviceNetworkIdentifier }),
      );
      assert.equal(offered.status, 'CREATE_IN_PROGRESS');
      assert.equal(offered.dnsEntry?.domainName, service.dnsName);
      const entered = await lattice.send(
        new CreateServiceNetworkVpcAssociationCommand({ vpcIdentifier, serviceNetworkIdentifier }),
      );
      assert.equal(entered.status, 'CREATE_IN_PROGRESS');
      const serviceNetworkVpcAssociationIdentifier = given(entered.id);
      const get = () =>
        lattice.send(new GetServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier }));
      await eventually('the association is ACTIVE', async () => (await get()).status === 'ACTIVE');
      await using client = TestClient.start(server, { vpc: vpcIdentifier });
      // ACTIVE stands for what it says: the very next request arrives.
      const spec = { name: service.dnsName, port: listenerPort };
      assert.equal((await client.request(spec)).status, 404);
      const [address = ''] = await client.resolve(service.dnsName);

      const list = await lattice.send(new ListServiceNetworkVpcAssociationsCommand({ vpcIdentifier }));
      assert.deepEqual(
        given(list.items).map(({ id, status }) => [id, status]),
        [[serviceNetworkVpcAssociationIdentifier, 'ACTIVE']],
      );
      const deleted = await lattice.send(
        new DeleteServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier }),
      );
      assert.equal(deleted.status, 'DELETE_IN_PROGRESS');
      await eventually('the association is gone', async () => (await refusal(get())) === 'ResourceNotFoundException');
      await assert.rejects(client.resolve(service.dnsName), /ENOTFOUND/);
      await assert.rejects(client.request({ ...spec, address }), /ECONNREFUSED/);
    },
  },
  {
    name: 'what is in use is not deleted, and what belongs to a deleted thing goes with it',
    runs: ofEveryKind,
    async run(server) {
      const { lattice, ec2 } = server;
      await using shop = await openShop(server);
      const { network, service, listener } = shop;
      const conflict = 'ConflictException';
      const deleteNetwork = () => lattice.send(new DeleteServiceNetworkCommand({ serviceNetworkIdentifier: network }));
      const deleteService = () => lattice.send(new DeleteServiceCommand({ serviceIdentifier: service }));
      const deleteGroup = () => lattice.send(new DeleteTargetGroupCommand({ targetGroupIdentifier: shop.blue }));
      const deleteVpc = (VpcId: string) => ec2.send(new DeleteVpcCommand({ VpcId }));
      assert.equal(await refusal(deleteNetwork()), conflict);
      assert.equal(await refusal(deleteService()), conflict);
      assert.equal(await refusal(deleteGroup()), conflict);
      assert.equal(await refusal(deleteVpc(shop.clients)), 'DependencyViolation');
      assert.equal(await shop.ask('/'), 'blue', 'a refused deletion changes nothing');

      const services = await lattice.send(
        new ListServiceNetworkServiceAssociationsCommand({ serviceNetworkIdentifier: network }),
      );
      for (const { id: serviceNetworkServiceAssociationIdentifier } of given(services.items))
        await lattice.send(
          new DeleteServiceNetworkServiceAssociationCommand({ serviceNetworkServiceAssociationIdentifier }),
        );
      const owner = { serviceIdentifier: service, listenerIdentifier: listener };
      const { items: rules } = await lattice.send(new ListRulesCommand(owner));
      const ruleIdentifier = given(given(rules)[0]?.id);
      await eventually('the service can be deleted', async () => (await refusal(deleteService())) === 'no error');
      assert.equal(await refusal(lattice.send(new GetListenerCommand(owner))), 'ResourceNotFoundException');
      assert.equal(
        await refusal(lattice.send(new GetRuleCommand({ ...owner, ruleIdentifier }))),
        'ResourceNotFoundException',
      );
      assert.equal(await refusal(deleteGroup()), conflict, 'it has targets');
      const registered = await lattice.send(new ListTargetsCommand({ targetGroupIdentifier: shop.blue }));
      const targets = given(registered.items).map(({ id, port }) => ({ id, port }));
      await lattice.send(new DeregisterTargetsCommand({ targetGroupIdentifier: shop.blue, targets }));
      assert.equal(await refusal(deleteGroup()), 'no error');
      const gone = 'ResourceNotFoundException';
      const getGroup = () => lattice.send(new GetTargetGroupCommand({ targetGroupIdentifier: shop.blue }));
      await eventually('the target group is gone', async () => (await refusal(getGroup())) === gone);
      const getService = () => lattice.send(new GetServiceCommand({ serviceIdentifier: service }));
      await eventually('the service is gone', async () => (await refusal(getService())) === gone);
      const vpcs = await lattice.send(
        new ListServiceNetworkVpcAssociationsCommand({ serviceNetworkIdentifier: network }),
      );
      for (const { id: serviceNetworkVpcAssociationIdentifier } of given(vpcs.items))
        await lattice.send(new DeleteServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier }));
      await eventually('the network can be deleted', async () => (await refusal(deleteNetwork())) === 'no error');
    },
  },
  {
    name: 'a deleted listener takes no connections any more',
    runs: ofEveryKind,
    enforces: ['DeleteListener'],
    async run(server) {
      await using shop = await openShop(server);
      const [address = ''] = await shop.client.resolve(shop.name);
      assert.equal(await shop.ask('/'), 'blue');
      await server.lattice.send(
        new DeleteListenerCommand({ serviceIdentifier: shop.service, listenerIdentifier: shop.listener }),
      );
      await server.obeyed();
      assert.deepEqual(await shop.client.resolve(shop.name), [address], 'the service still has its name');
      await assert.rejects(shop.ask('/'), /ECONNREFUSED/);
    },
  },
  {
    name: 'targets are UNUSED, then HEALTHY or UNHEALTHY, and a request to none that answers is a 503',
    runs: ofEveryKind,
    enforces: ['CreateTargetGroup', 'RegisterTargets'],
    async run(server) {
      const { lattice } = server;
      await using shop = await openShop(server);
      const nobody = { id: '10.0.1.99', port: targetPort };
      const group = await makeGroup(server, shop.targets, [nobody]);
      const statuses = async (targetGroupIdentifier: string) => {
        const { items } = await lattice.send(new ListTargetsCommand({ targetGroupIdentifier }));
        return Object.fromEntries(given(items).map(({ id, port, status }) => [`${id}:${port}`, status]));
      };
      assert.deepEqual(await statuses(group), { [`10.0.1.99:${targetPort}`]: 'UNUSED' });
      assert.deepEqual(await statuses(shop.blue), { [`10.0.1.10:${targetPort}`]: 'HEALTHY' });
      await lattice.send(
        new RegisterTargetsCommand({
          targetGroupIdentifier: shop.blue,
          targets: [{ id: '10.0.1.10', port: targetPort + 1 }],
        }),
      );
      await eventually(
        'nothing listens on the next port',
        async () => (await statuses(shop.blue))[`10.0.1.10:${targetPort + 1}`] === 'UNHEALTHY',
      );
      assert.equal((await statuses(shop.blue))[`10.0.1.10:${targetPort}`], 'HEALTHY');
      const load = { name: shop.name, port: listenerPort, count: 20, connections: 2 };
      assert.deepEqual((await shop.client.load(load)).targets, { blue: 20 });

      const empty = await makeGroup(server, shop.targets, []);
      const port = listenerPort + 1;
      await makeListener(server, shop.service, forward([empty, 1]), port);
      await server.obeyed();
      assert.equal((await shop.client.request({ name: shop.name, port })).status, 503);
    },
  },
  {
    name: 'a target that comes back dead is never shown as it was',
    runs: { netns: sameBoard, loopback: true, userns: sameBoard, 'other user': sameBoard },
    async run(server) {
      const { lattice } = server;
      const { clients, targets: vpc, network } = await makeWorld(server);
      await using client = TestClient.start(server, { vpc: clients });
      const targets = [{ id: '10.0.1.30', port: targetPort }];
      const program = await startTarget(server, { vpc, address: '10.0.1.30' }, 'mortal', targetPort);
      const service = await makeService(server);
      const targetGroupIdentifier = await makeGroup(server, vpc, targets);
      const use = forward([targetGroupIdentifier, 1]);
      const owner = {
        serviceIdentifier: service.id,
        listenerIdentifier: await makeListener(server, service.id, use),
      };
      await offer(server, service.id, network);
      await awaitHealthy(server, targetGroupIdentifier);
      const spec = { name: service.dnsName, port: listenerPort };
      assert.equal((await client.request(spec)).status, 200);

      const unused = { fixedResponse: { statusCode: 404 } };
      await lattice.send(new UpdateListenerCommand({ ...owner, defaultAction: unused }));
      await lattice.send(new DeregisterTargetsCommand({ targetGroupIdentifier, targets }));
      await program[Symbol.asyncDispose]();
      await lattice.send(new RegisterTargetsCommand({ targetGroupIdentifier, targets }));
      await lattice.send(new UpdateListenerCommand({ ...owner, defaultAction: use }));
      const seen = new Set<string>();
      await eventually('the target is UNHEALTHY', async () => {
        const { items } = await lattice.send(new ListTargetsCommand({ targetGroupIdentifier }));
        const status = given(given(items)[0]?.status);
        seen.add(status);
        return status === 'UNHEALTHY';
      });
      assert.equal(seen.has('HEALTHY'), false, [...seen].join(', '));
    },
  },
]);
