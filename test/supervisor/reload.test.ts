// `pergola reload`: every process is another one, and no request knows.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { callApi } from '../../src/cli/api-client.ts';
import { runCommand, whyNoNamespaces } from '../../src/network/index.ts';
import { ListTargetsCommand, RegisterTargetsCommand, UpdateTargetGroupCommand } from '@aws-sdk/client-vpc-lattice';
import { eventually, given, listenerPort, makeVpc, targetPort } from '../e2e/scenario.ts';
import { openShop, type Shop } from '../e2e/shop.ts';
import {
  finish,
  isAlive,
  killProcess,
  makeDirectory,
  ownCheckout,
  runPergola,
  startPergola,
  TestServer,
} from '../server.ts';

const reason = await whyNoNamespaces(runCommand, process.pid);
if (reason !== undefined && process.env['CI'] === 'true') throw new Error(`namespaces are needed: ${reason}`);

async function statusOf(server: TestServer): Promise<{ readonly workers: readonly { readonly pid: number }[] }> {
  const answer = await server.call('GET', '/-/status');
  return (await answer.json()) as { readonly workers: readonly { readonly pid: number }[] };
}

/** All requests to services that the metrics tell. */
async function countRequests({ api }: TestServer): Promise<number> {
  const answer = await fetch(`${api}/-/metrics`);
  if (answer.status !== 200) throw new Error(`no metrics: ${answer.status}`);
  const found = (await answer.text()).matchAll(/^AWS_VpcLattice_TotalRequestCount\{Service=[^}]*\} (\d+)$/gm);
  return [...found].reduce((sum, [, count]) => sum + Number(count), 0);
}

for (const attach of ['netns', 'loopback'] as const)
  describe(`on ${attach}`, { skip: attach === 'netns' && (reason ?? false) }, () => {
    const data = makeDirectory(ownCheckout);
    let server: TestServer;
    let shop: Shop;
    const configure = (text: string): void => writeFileSync(join(data, 'pergola.yaml'), text);
    const reload = () => runPergola(ownCheckout, ['reload', '--data', data]);
    before(async () => {
      server = await TestServer.start({ attach, data, workers: 2, configuration: 'vpcs: []\n' });
      shop = await openShop(server);
    });
    after(async () => {
      await shop?.[Symbol.asyncDispose]();
      await server?.[Symbol.asyncDispose]();
      rmSync(data, { recursive: true, force: true });
    });

    test('reload replaces control and workers under load without a failed request', async () => {
      assert.equal(await shop.ask('/'), 'blue');
      const first = server.processes();
      const load = shop.client.load({ name: shop.name, port: listenerPort, connections: 32 });
      configure('vpcs:\n  - { name: added, cidrs: [10.0.0.0/16] }\n');
      for (const round of [1, 2]) {
        const { status, stdout, stderr } = await reload();
        assert.deepEqual([status, stderr], [0, ''], `round ${round}`);
        assert.match(stdout, /^reloaded: control \d+, workers \d+, \d+; the supervisor \d+ stays\n$/);
      }
      const second = server.processes();
      await shop.client.stopLoad();
      const { total, statuses, errors } = await load;
      assert.deepEqual([statuses, errors], [{ 200: total }, {}]);
      assert.ok(total > 100, `only ${total} requests`);
      assert.equal(second.supervisor, first.supervisor);
      const before = [given(first.control), ...first.workers];
      const now = [given(second.control), ...second.workers];
      assert.deepEqual(
        now.filter((pid) => before.includes(pid)),
        [],
      );
      await eventually('the processes of before have ended', () => Promise.resolve(!before.some(isAlive)));
      const { Vpcs } = await server.ec2.send(new DescribeVpcsCommand({}));
      assert.ok(given(Vpcs).some(({ Tags }) => Tags?.some(({ Value }) => Value === 'added')));
      assert.equal(await shop.ask('/'), 'blue');
      // Blue was asked before and after; all of that by processes of which most have ended.
      await eventually('every request is counted', async () => (await countRequests(server)) === total + 2);
      killProcess(given(server.processes().control));
      let counted: number | undefined;
      await eventually('the next control process tells', async () => {
        counted = await countRequests(server).catch(() => undefined);
        return counted !== undefined;
      });
      assert.equal(counted, total + 2);
    });

    test('an idle connection is not closed by a reload before it has asked once more', async () => {
      const script = `
        const { connect } = require('node:net');
        const socket = connect({ host: process.argv[1], port: ${listenerPort} });
        let text = '';
        const ask = () => socket.write('GET / HTTP/1.1\\r\\nhost: ${shop.name}\\r\\n\\r\\n');
        socket.on('connect', ask).on('data', (data) => {
          text += data;
          if (/\\r\\n\\r\\n\\{.*\\}$/s.test(text)) console.log(/connection: close/i.test(text) ? 'closes' : 'stays');
          if (/\\}$/.test(text)) text = '';
        });
        socket.on('close', () => console.log('closed'));
        process.stdin.on('data', ask);`;
      const [address = ''] = await shop.client.resolve(shop.name);
      const child = server.startExec(['--vpc', shop.clients], [process.execPath, '-e', script, address]);
      let output = '';
      child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
      const said = (text: string) => eventually(`the client says ${text}`, () => Promise.resolve(output === text));
      await said('stays\n');
      assert.equal((await reload()).status, 0);
      assert.equal(output, 'stays\n');
      child.stdin?.write('again\n');
      await said('stays\ncloses\nclosed\n');
      child.kill();
    });

    test('a configuration that is refused changes nothing, and reload says why with status 3', async () => {
      await eventually('workers of before have ended', () => Promise.resolve(server.processes().workers.length === 2));
      const before = server.processes();
      configure('vpcs:\n  - { name: added, cidrs: [nonsense] }\n');
      const { status, stderr } = await reload();
      assert.equal(status, 3);
      assert.match(stderr, /pergola\.yaml:2: vpcs\[0\]\.cidrs\[0\]: nonsense is not an IPv4 CIDR/);
      assert.deepEqual(server.processes(), before);
      assert.equal(await shop.ask('/'), 'blue');
      configure('vpcs: []\n');
    });
  });

test('a new worker knows from its first request which targets are down', async () => {
  await using server = await TestServer.start({
    attach: 'loopback',
    workers: 1,
    configuration: 'limits: { healthCheckSpeed: 20 }\n',
  });
  await using shop = await openShop(server);
  const { lattice } = server;
  await lattice.send(
    new RegisterTargetsCommand({ targetGroupIdentifier: shop.blue, targets: [{ id: '10.0.1.11', port: targetPort }] }),
  );
  // Green answers that with 500, and everything else as blue does. The answer is late, so that a worker that knows nothing does so for a while.
  await lattice.send(
    new UpdateTargetGroupCommand({
      targetGroupIdentifier: shop.blue,
      healthCheck: { path: '/?only=blue&wait=500', healthCheckIntervalSeconds: 5, unhealthyThresholdCount: 10 },
    }),
  );
  await eventually('green is UNHEALTHY', async () => {
    const { items } = await lattice.send(new ListTargetsCommand({ targetGroupIdentifier: shop.blue }));
    return given(items).some(({ id, status }) => id === '10.0.1.11' && status === 'UNHEALTHY');
  });
  const load = shop.client.load({ name: shop.name, port: listenerPort, connections: 16 });
  for (let round = 0; round < 2; round++)
    assert.equal((await runPergola(ownCheckout, ['reload', '--data', server.data])).status, 0);
  await shop.client.stopLoad();
  const { total, targets } = await load;
  assert.deepEqual(targets, { blue: total });
});

test('whoever calls while control is replaced is answered, late at worst', async () => {
  await using server = await TestServer.start({ attach: 'loopback', workers: 1, configuration: 'vpcs: []\n' });
  const vpc = await makeVpc(server);
  let over = false;
  const reload = runPergola(ownCheckout, ['reload', '--data', server.data]).finally(() => (over = true));
  const where = { api: server.api, region: 'us-east-1', ...server.keys };
  const problems: string[] = [];
  let calls = 0;
  const call = async (): Promise<void> => {
    while (!over) {
      calls++;
      // As commands do: on a connection of its own.
      const answer = await callApi(where, { method: 'POST', path: '/-/workloads', body: { vpc } }, Date.now()).catch(
        String,
      );
      if (typeof answer === 'string' || answer.status !== 201) problems.push(JSON.stringify(answer));
      await new Promise((resolve) => void setTimeout(resolve, 20));
    }
  };
  await Promise.all([call(), call(), call()]);
  assert.equal((await reload).status, 0);
  assert.deepEqual(problems, []);
  assert.ok(calls > 10, `${calls} calls`);
});

test('a worker that is killed while another one takes its place leaves no process behind', async () => {
  await using server = await TestServer.start({ attach: 'loopback', workers: 1, configuration: 'vpcs: []\n' });
  const [old = 0] = server.processes().workers;
  const reload = runPergola(ownCheckout, ['reload', '--data', server.data]);
  await eventually('another worker starts', () => Promise.resolve(server.processes().workers.length > 1));
  killProcess(old);
  assert.equal((await reload).status, 0);
  const { workers } = await statusOf(server);
  const wanted = workers.map(({ pid }) => pid);
  await eventually('there is one worker', () =>
    Promise.resolve(server.processes().workers.join() === wanted.join() && wanted.length === 1),
  );
});

test('a server that keeps nothing is not reloaded, and says so', async () => {
  const args = ['--data', ':memory:', '--api', '127.0.0.1:0', '--dns', '127.0.0.1:0', '--attach', 'loopback', '--open'];
  const child = startPergola(ownCheckout, ['serve', '--workers', '1', ...args]);
  child.stdin?.end();
  try {
    const [line] = (await once(createInterface({ input: given(child.stdout ?? undefined) }), 'line')) as [string];
    const api = /api=(\S+)/.exec(line)?.[1] ?? '';
    const keys = ['AWS_ACCESS_KEY_ID=AKIAANY', 'AWS_SECRET_ACCESS_KEY=any'];
    const { status, stderr } = await finish(startPergola(ownCheckout, ['reload', '--api', api], ['env', ...keys]));
    assert.deepEqual([status, /would lose everything: start it again/.test(stderr)], [3, true]);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
});
