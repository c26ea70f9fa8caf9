// Existing namespaces that join VPCs: they reach and are reached, and nothing else of them is touched.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { isJoinedName, namePrefix } from '../../src/network/names.ts';
import { createNetwork } from '../../src/network/network.ts';
import { CommandFailure, runCommand } from '../../src/network/run.ts';
import { sampleSnapshot } from '../../src/network/snapshot-sample.ts';
import type { WorkloadPlace } from '../../src/network/workload-namespace.ts';
import { openBox, type Box } from './box.ts';
import { connectFrom, needsNamespaces, openLab, startTarget } from './lab.ts';

function place(vpcId: string, { path }: Pick<Box, 'path'>): WorkloadPlace {
  return { vpcId, address: '10.0.1.10', securityGroups: [], joined: { path, identity: identityOf(path) } };
}

function identityOf(path: string): string {
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
}

/** Our names of namespaces that joined. */
function joinedNames(prefix: string): readonly string[] {
  const list = spawnSync('ip', ['netns'], { encoding: 'utf8' }).stdout.split('\n');
  return list
    .flatMap((line) => line.split(' ')[0] ?? [])
    .filter((name) => name.startsWith(prefix) && isJoinedName(name));
}

test(
  'namespaces join VPCs of equal ranges with equal addresses, reach services and are reached, and keep what is theirs',
  needsNamespaces,
  async (t) => {
    const lab = openLab(t);
    const boxes = [await openBox(t), await openBox(t)];
    const before = boxes.map((box) => box.look());
    const places = boxes.map((box, i) => place(i === 0 ? 'vpc-a' : 'vpc-b', box));
    const snapshot = sampleSnapshot();
    await lab.settle(snapshot, places);
    assert.equal(await lab.settle(snapshot, places), 0);
    const worker = await lab.startWorker();
    await lab.serve(snapshot, places, worker);
    for (const [i, box] of boxes.entries()) {
      const vpcId = i === 0 ? 'vpc-a' : 'vpc-b';
      assert.equal(connectFrom(box.name, '169.254.171.7', 80), `${vpcId}/tcp4/*:80 at 169.254.171.7 for 10.0.1.10`);
      await startTarget(t, box.name, 8080);
      const source = `169.254.192.${16 * i + 3}`;
      assert.equal(await worker.dial(source, '10.0.1.10', 8080), `client ${source}`);
      assert.equal(box.look(), before[i]);
      assert.match(box.run('ip', 'route', 'get', '8.8.8.8'), /via 172\.31\.99\.1 dev eth0/);
    }
    await lab.settle(snapshot, []);
    assert.deepEqual(joinedNames(lab.prefix), []);
    for (const [i, box] of boxes.entries()) {
      assert.equal(box.look(), before[i]);
      assert.doesNotMatch(box.run('ip', '-o', 'link'), /pergola0/);
      assert.equal(box.process.exitCode, null);
    }
  },
);

test('a namespace without a default route of its own has one into its VPC', needsNamespaces, async (t) => {
  const lab = openLab(t);
  const box = await openBox(t);
  await lab.settle(sampleSnapshot(), [place('vpc-a', box)]);
  box.run('ip', 'route', 'del', 'default', 'via', '172.31.99.1');
  assert.match(box.run('ip', 'route', 'get', '8.8.8.8'), /via 10\.0\.1\.1 dev pergola0/);
});

test('what its owner does to our link is mended, and to all else stays', needsNamespaces, async (t) => {
  const lab = openLab(t);
  const box = await openBox(t);
  const places = [place('vpc-a', box)];
  const snapshot = sampleSnapshot();
  await lab.settle(snapshot, places);
  for (const [program, ...args] of [
    ['ip', 'link', 'set', 'pergola0', 'down'],
    ['ip', 'link', 'del', 'pergola0'],
    ['ip', 'addr', 'del', '10.0.1.10/32', 'dev', 'pergola0'],
    ['ip', 'route', 'del', '169.254.171.0/24'],
    ['ip', 'addr', 'add', '10.3.3.3/24', 'dev', 'pergola0'],
    ['sh', '-c', 'ip link set pergola0 down && ip link set pergola0 name mine'],
  ] as const) {
    box.run(program, ...args);
    assert.ok((await lab.settle(snapshot, places)) > 0, args.join(' '));
    assert.equal(await lab.settle(snapshot, places), 0, args.join(' '));
  }
  for (const [program, ...args] of [
    ['ip', 'addr', 'add', '10.0.1.10/32', 'dev', 'eth0'],
    ['ip', 'route', 'add', '169.254.171.0/24', 'dev', 'eth0'],
    ['ip', 'link', 'add', 'stray0', 'type', 'veth', 'peer', 'name', 'stray1'],
    ['nft', 'add', 'table', 'inet', 'pergola'],
  ] as const) {
    box.run(program, ...args);
    const look = box.look();
    assert.equal(await lab.settle(snapshot, places), 0, args.join(' '));
    assert.equal(box.look(), look);
  }
});

test('a namespace that cannot join is told, and keeps nobody else from joining', needsNamespaces, async (t) => {
  const lab = openLab(t);
  const [good, taken, gone] = [await openBox(t), await openBox(t), await openBox(t)];
  taken.run('ip', 'link', 'add', 'pergola0', 'type', 'veth', 'peer', 'name', 'tap0');
  const at = (address: string, one: WorkloadPlace): WorkloadPlace => ({ ...one, address });
  const late = at('10.0.1.12', place('vpc-a', gone));
  gone.process.kill('SIGKILL');
  spawnSync('ip', ['netns', 'del', gone.name]);
  const places = [
    place('vpc-a', good),
    at('10.0.1.11', place('vpc-a', taken)),
    late,
    at('10.0.1.13', { ...place('vpc-a', good), joined: { path: '/etc/passwd', identity: '1:2' } }),
    at('10.0.1.14', {
      ...place('vpc-a', good),
      joined: { path: '/proc/self/ns/mnt', identity: identityOf('/proc/self/ns/mnt') },
    }),
  ];
  const { problems, unjoined } = await lab.settleFully(sampleSnapshot(), places);
  assert.deepEqual(
    [...unjoined.keys()],
    ['10.0.1.12', '10.0.1.13', '10.0.1.14', '10.0.1.11'].map((one) => `vpc-a ${one}`),
  );
  assert.match(problems.join('\n'), /as 10\.0\.1\.11: it has a link pergola0 that is not of this server/);
  assert.match(problems.join('\n'), /as 10\.0\.1\.12: .*it is not there any more/);
  assert.match(problems.join('\n'), /as 10\.0\.1\.13: .*it is not there any more/);
  assert.match(problems.join('\n'), /as 10\.0\.1\.14: .*mount:/);
  assert.equal(joinedNames(lab.prefix).length, 1);
  assert.match(good.run('ip', 'addr', 'show', 'pergola0'), /10\.0\.1\.10\/32/);
});

test(
  'a namespace in which our commands fail is told, and keeps nobody else from joining',
  needsNamespaces,
  async (t) => {
    const [good, bad] = [await openBox(t), await openBox(t)];
    const prefix = namePrefix(`/test/${process.pid}/${t.fullName}`);
    let obstructed = true;
    const network = createNetwork(prefix, 'netns', (command) =>
      obstructed && command.argv[2]?.includes('10.0.1.11-joined') === true
        ? Promise.reject(new CommandFailure(command, 'it went down just now'))
        : runCommand(command),
    );
    t.after(() => network.remove());
    const places = [place('vpc-a', good), { ...place('vpc-a', bad), address: '10.0.1.11' }];
    const { unjoined } = await network.settle(sampleSnapshot(), places, new Map());
    assert.deepEqual([...unjoined.keys()], ['vpc-a 10.0.1.11']);
    assert.match([...unjoined.values()].join(), /it went down just now/);
    assert.match(good.run('ip', 'addr', 'show', 'pergola0'), /10\.0\.1\.10\/32/);
    assert.doesNotMatch(bad.run('ip', '-o', 'link'), /pergola0/);
    obstructed = false;
    assert.equal((await network.settle(sampleSnapshot(), places, new Map())).unjoined.size, 0);
    assert.match(bad.run('ip', 'addr', 'show', 'pergola0'), /10\.0\.1\.11\/32/);
    // The server ends: routers go, and members keep all but their links to them.
    await network.remove();
    assert.deepEqual(joinedNames(prefix), []);
    for (const box of [good, bad]) {
      assert.doesNotMatch(box.run('ip', '-o', 'link'), /pergola0/);
      assert.equal(box.process.exitCode, null);
    }
  },
);
