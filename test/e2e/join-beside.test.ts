// As in docs/compose.md: a server in a network namespace of its own, and processes in others that join themselves.

import assert from 'node:assert/strict';
import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { openBox, type Box } from '../network/box.ts';
import { needsNamespaces } from '../network/lab.ts';
import { makeDirectory, ownCheckout, startPergola } from '../server.ts';
import { eventually } from './scenario.ts';

const keys = { id: 'AKIAJOIN', secret: 'join-secret' };

const configuration = `principals:
  - arn: arn:aws:iam::123456789012:user/join
    accessKeyId: ${keys.id}
    secretAccessKey: ${keys.secret}
    policies:
      - Statement: [{ Effect: Allow, Action: ["pergola:RunWorkload", "pergola:JoinNamespace"], Resource: "*" }]
vpcs:
  - { name: shop, cidrs: [10.0.0.0/16] }
  - { name: payments, cidrs: [10.0.0.0/16] }
`;

/** Starts \`pergola ARGS\` in the network of a box; its first line of output. */
async function startIn(t: TestContext, box: Box, ...args: readonly string[]) {
  const through = [
    'nsenter',
    `--net=${box.path}`,
    'env',
    `AWS_ACCESS_KEY_ID=${keys.id}`,
    `AWS_SECRET_ACCESS_KEY=${keys.secret}`,
  ];
  const child: ChildProcess = startPergola(ownCheckout, args, through);
  t.after(() => child.kill('SIGKILL'));
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  if (child.stdout === null) throw new Error('no standard output');
  const { value, done } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (done === true) throw new Error(`${args[0]} said nothing: ${errors}`);
  return { child, line: value };
}

/** Lays a cable between two boxes: the first is .1 of 172.31.CABLE.0/24, the second .2. */
function connect(first: Box, second: Box, cable: number): void {
  const link = `eth${cable}`;
  first.run('ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', link, 'netns', second.path);
  for (const [box, host] of [
    [first, 1],
    [second, 2],
  ] as const) {
    box.run('ip', 'addr', 'add', `172.31.${cable}.${host}/24`, 'dev', link);
    box.run('ip', 'link', 'set', link, 'up');
  }
}

test(
  'processes in namespaces of their own join themselves, at a server that has one too',
  needsNamespaces,
  async (t) => {
    const data = makeDirectory(ownCheckout);
    t.after(() => rmSync(data, { recursive: true, force: true }));
    const file = join(data, 'pergola.yaml');
    writeFileSync(file, configuration);
    const home = await openBox(t);
    const members = [await openBox(t), await openBox(t)];
    for (const [i, box] of members.entries()) connect(home, box, 50 + i);
    const server = await startIn(
      ...[t, home, 'serve', '--data', data, '--config', file, '--api', '0.0.0.0:0', '--dns', '127.0.0.1:0'],
      ...['--workers', '1', '--attach', 'netns'],
    );
    const [, port = ''] = /api=http:\/\/[^ ]+:(\d+) /.exec(server.line) ?? [];
    const joins = [];
    for (const [i, box] of members.entries())
      joins.push(
        await startIn(
          ...[t, box, 'join', '--api', `172.31.${50 + i}.1:${port}`],
          ...['--vpc', i === 0 ? 'shop' : 'payments', '--address', '10.0.1.10'],
        ),
      );
    for (const { line } of joins)
      assert.match(line, /^joined vpc=vpc-\w+ address=10\.0\.1\.10 interface=pergola0 resolver=169\.254\.169\.253$/);
    const ask = `
const dns = new (require('node:dns').Resolver)();
dns.setServers(['169.254.169.253']);
dns.resolve4('api.pergola.internal', (problem, addresses) => console.log(problem?.code ?? String(addresses)));
`;
    for (const box of members) {
      assert.equal(box.run(process.execPath, '-e', ask), '169.254.170.9');
      assert.match(box.run('ip', 'route', 'get', '8.8.8.8'), /dev eth0/);
    }
    const [stopped, orphaned] = joins.map(({ child }) => ({ child, ended: once(child, 'exit') }));
    stopped?.child.kill('SIGTERM');
    // As a runtime does when the container ends that one shares: nothing is heard of it any more.
    for (const link of ['eth0', 'eth51']) members[1]?.run('ip', 'link', 'del', link);
    assert.deepEqual(
      [await stopped?.ended, await orphaned?.ended],
      [
        [0, null],
        [0, null],
      ],
    );
    for (const box of members)
      await eventually('it has left', () => Promise.resolve(!box.run('ip', '-o', 'link').includes('pergola0')));
    assert.equal(
      spawnSync('ip', ['-n', home.name, '-o', 'link'], { encoding: 'utf8' }).stdout.includes('pergola0'),
      false,
    );
    const gone = once(server.child, 'exit');
    server.child.kill('SIGTERM');
    assert.deepEqual(await gone, [0, null]);
  },
);
