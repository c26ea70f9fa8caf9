// The supervisor's end: its children follow, the next server goes on with what stands; and a clean stop leaves nothing.

import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { namePrefix } from '../../src/network/index.ts';
import {
  awaitHealthy,
  enter,
  eventually,
  forward,
  given,
  listenerPort,
  makeGroup,
  makeListener,
  makeNetwork,
  makeService,
  makeVpc,
  offer,
  targetPort,
} from '../e2e/scenario.ts';
import { isAlive, makeDirectory, ownCheckout, TestServer } from '../server.ts';
import { TestClient } from '../workload-programs.ts';
import { attachments } from './attachments.ts';
import { hostNetwork, namespacesOf, processesNaming } from './machine.ts';

/** A VPC with an instance that the agent runs; it writes its process id where the test finds it. */
function configurationOf(attach: string, data: string): string {
  const node = join(ownCheckout.root, 'node_modules', 'node', 'bin', 'node');
  const target = join(ownCheckout.root, 'test', 'programs', 'instance.ts');
  return `
vpcs:
  - name: targets
    cidrs: [10.0.0.0/16]
    attachment: { kind: ${attach} }
    subnets: [ { cidr: 10.0.1.0/24, zone: us-east-1a } ]
    instances:
      - { name: one, address: 10.0.1.10, command: [${node}, ${target}, one, "${targetPort}", ${join(data, 'instance.pid')}] }
`;
}

for (const { attach, skip } of attachments) {
  test(
    `on ${attach} children end with the supervisor, the next server adopts and goes on, and a stop leaves nothing`,
    { skip },
    async () => {
      const data = makeDirectory(ownCheckout);
      const before = hostNetwork();
      let running: TestServer | undefined;
      try {
        const configuration = configurationOf(attach, data);
        const options = { attach, data, workers: 2, configuration } as const;
        const first = (running = await TestServer.start(options));
        const { Vpcs } = await first.ec2.send(new DescribeVpcsCommand({}));
        const targets = given(given(Vpcs)[0]?.VpcId);
        const [clients, network, service] = await Promise.all([makeVpc(first), makeNetwork(first), makeService(first)]);
        await enter(first, clients, network);
        const group = await makeGroup(first, targets, [{ id: '10.0.1.10', port: targetPort }]);
        await makeListener(first, service.id, forward([group, 1]));
        await offer(first, service.id, network);
        await awaitHealthy(first, group);
        await using client = TestClient.start(first, { vpc: clients, address: '10.0.1.10' });
        const [address = ''] = await client.resolve(service.dnsName);
        const spec = { name: service.dnsName, port: listenerPort };
        assert.equal((await client.request(spec)).status, 200);
        const instance = Number(readFileSync(join(data, 'instance.pid'), 'utf8'));
        const namespaces = attach === 'netns' ? namespacesOf(namePrefix(data)) : new Map();

        const { control, workers } = first.processes();
        const children = [given(control), ...workers];
        assert.equal(children.length, 3);
        const start = performance.now();
        await first.kill();
        while (children.some(isAlive)) {
          assert.ok(
            performance.now() - start < 1000,
            `processes ${children.filter(isAlive).join(', ')} outlive their supervisor`,
          );
          await sleep(10);
        }
        assert.ok(isAlive(instance), 'the instance ended with the server');
        if (attach === 'netns') assert.deepEqual(namespacesOf(namePrefix(data)), namespaces);

        const second = (running = await TestServer.start(options));
        if (attach === 'netns')
          assert.deepEqual(namespacesOf(namePrefix(data)), namespaces, 'namespaces were made anew');
        assert.equal(
          Number(readFileSync(join(data, 'instance.pid'), 'utf8')),
          instance,
          'the instance was started anew',
        );
        assert.ok(isAlive(instance));
        await eventually('the client is served again', async () => {
          const answer = await client.request({ ...spec, address }).catch(() => ({ status: 0 }));
          return answer.status === 200;
        });
        assert.deepEqual(await client.resolve(service.dnsName), [address]);
        // The client's workload was adopted with its lease: it lasts longer than one that nobody holds.
        await sleep(11_000);
        assert.equal((await client.request(spec)).status, 200);

        await client[Symbol.asyncDispose]();
        assert.equal(await second.stop(), 0, second.log);
        await eventually('the instance has ended', () => Promise.resolve(!isAlive(instance)));
        assert.deepEqual(processesNaming(data), []);
        if (attach === 'netns') assert.deepEqual(namespacesOf(namePrefix(data)), new Map());
        assert.deepEqual(hostNetwork(), before);
      } finally {
        await running?.[Symbol.asyncDispose]();
        rmSync(data, { recursive: true, force: true });
      }
    },
  );
}
