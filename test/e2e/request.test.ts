// The way of a request between two VPCs that have the same addresses.

import assert from 'node:assert/strict';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { pickLowPort } from '../free-ports.ts';
import { startTarget, TestClient } from '../workload-programs.ts';
import { everywhere, onEveryAttachment } from './attachments.ts';
import {
  awaitHealthy,
  forward,
  listenerPort,
  makeGroup,
  makeListener,
  makeService,
  makeWorld,
  offer,
  targetPort,
} from './scenario.ts';

/** What a target saw. */
interface Seen {
  readonly target: string;
  readonly client: string;
  readonly method: string;
  readonly url: string;
  readonly received: number;
  readonly headers: Readonly<Record<string, string>>;
}

onEveryAttachment({ workers: 2 }, [
  {
    name: 'a client reaches a target that has its own address in another VPC',
    runs: everywhere,
    async run(server) {
      const { clients, targets, network } = await makeWorld(server);
      const address = '10.0.1.10';
      await using _target = await startTarget(server, { vpc: targets, address }, 'one', targetPort);
      const service = await makeService(server);
      const group = await makeGroup(server, targets, [{ id: '10.0.1.10', port: targetPort }]);
      await makeListener(server, service.id, forward([group, 100]));
      await offer(server, service.id, network);
      await using client = TestClient.start(server, { vpc: clients, address });
      await awaitHealthy(server, group);

      const [found] = await client.resolve(service.dnsName);
      assert.match(found ?? '', server.attach !== 'loopback' ? /^169\.254\.171\.\d+$/ : /^127\.1\d\d\.\d+\.\d+$/);
      const answer = await client.request({
        name: service.dnsName,
        port: listenerPort,
        method: 'POST',
        path: '/orders?id=7',
        headers: { 'x-forwarded-for': '192.0.2.9', 'x-amzn-lattice-identity': 'Principal=liar' },
        body: 'hello',
      });
      assert.equal(answer.status, 200);
      const seen = JSON.parse(answer.body) as Seen;
      assert.deepEqual([seen.target, seen.method, seen.url, seen.received], ['one', 'POST', '/orders?id=7', 5]);
      // On loopback the VPC n has 127.n.*; its services are at 127.(100+n).*.
      const n = Number(found?.split('.')[1]) - 100;
      const [source, clientAddress] =
        server.attach !== 'loopback'
          ? [/^169\.254\.(19[2-9]|2[01]\d|22[0-3])\.\d+$/, address]
          : [/^127\.\d+\.255\.254$/, `127.${n}.1.10`];
      assert.match(seen.client, source);
      assert.equal(seen.headers['x-forwarded-for'], `192.0.2.9, ${clientAddress}`);
      assert.equal(seen.headers['host'], `${service.dnsName}:${listenerPort}`);
      assert.equal(seen.headers['x-forwarded-port'], String(listenerPort));
      assert.equal(seen.headers['x-forwarded-proto'], 'http');
      assert.equal(seen.headers['x-amzn-source-vpc'], clients);
      assert.equal(seen.headers['x-amzn-lattice-identity'], undefined);
      const { Account = '' } = await server.sts.send(new GetCallerIdentityCommand({}));
      assert.equal(
        seen.headers['x-amzn-lattice-network'],
        `SourceVpcArn=arn:aws:ec2:us-east-1:${Account}:vpc/${clients}`,
      );
      assert.match(
        seen.headers['x-amzn-lattice-target'] ?? '',
        new RegExp(`ServiceArn=${service.arn}.*TargetGroupArn=.*${group}`),
      );
      assert.equal(answer.headers['x-amzn-requestid'], seen.headers['x-amzn-requestid']);
    },
  },
  {
    name: 'a listener on a port below 1024 is there, or 20,000 higher on loopback for a user without the right to low ports',
    runs: everywhere,
    async run(server) {
      const { clients, network } = await makeWorld(server);
      const service = await makeService(server);
      const low = pickLowPort();
      await makeListener(server, service.id, { fixedResponse: { statusCode: 404 } }, low);
      await offer(server, service.id, network);
      await using client = TestClient.start(server, { vpc: clients });
      const may = server.attach !== 'loopback' || (server.checkout.user === undefined && process.getuid?.() === 0);
      const port = may ? low : low + 20_000;
      const answer = await client.request({ name: service.dnsName, port, headers: { host: service.dnsName } });
      assert.equal(answer.status, 404);
    },
  },
]);
