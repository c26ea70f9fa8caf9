// Which names a VPC knows, and that nobody gets in by an address that is not theirs.

import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { DeleteServiceNetworkServiceAssociationCommand } from '@aws-sdk/client-vpc-lattice';
import { startTarget, TestClient } from '../workload-programs.ts';
import { everywhere, onEveryAttachment } from './attachments.ts';
import {
  awaitHealthy,
  enter,
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
} from './scenario.ts';

/** Told from the 404 of a name that no door has. */
const fixed = { fixedResponse: { statusCode: 500 } };

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
]);
