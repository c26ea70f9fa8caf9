// Two VPCs of the same range in real namespaces: what reaches what, and what a damaged or left network becomes.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { sampleSnapshot } from '../../src/network/snapshot-sample.ts';
import { connectFrom, inside, needsNamespaces, openLab, startTarget } from './lab.ts';

const places = ['vpc-a', 'vpc-b'].map((vpcId) => ({ vpcId, address: '10.0.1.10', securityGroups: [] }));

/** What another program says about the whole machine's network; namespaces of servers that are not `prefix`, and of other tests, are left out. */
function machine(prefix: string): readonly string[] {
  const others = /^(pg([0-9a-f]{8}|try)|box)-/;
  return ['ip netns', 'ip -o link', 'ip route show table all', 'ip rule', 'nft list ruleset'].flatMap((line) =>
    spawnSync('sh', ['-c', line], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter((one) => one.startsWith(prefix) || !others.test(one)),
  );
}

test(
  'a workload reaches services by their addresses, and is reached, though another VPC has the same addresses',
  needsNamespaces,
  async (t) => {
    const lab = openLab(t);
    const snapshot = sampleSnapshot();
    await lab.settle(snapshot, places);
    const worker = await lab.startWorker();
    await lab.serve(snapshot, places, worker);
    for (const [i, vpcId] of ['vpc-a', 'vpc-b'].entries()) {
      const client = lab.workload(vpcId, '10.0.1.10');
      assert.equal(connectFrom(client, '169.254.171.7', 80), `${vpcId}/tcp4/*:80 at 169.254.171.7 for 10.0.1.10`);
      await startTarget(t, client, 8080);
      const source = `169.254.192.${16 * i + 3}`;
      assert.equal(await worker.dial(source, '10.0.1.10', 8080), `client ${source}`);
    }
  },
);

test('a VPC answers DNS on UDP from the address that was asked', needsNamespaces, async (t) => {
  const lab = openLab(t);
  const snapshot = sampleSnapshot({ vpcs: ['vpc-a'] });
  await lab.settle(snapshot, places);
  await lab.serve(snapshot, places.slice(0, 1), await lab.startWorker());
  const ask = `
const socket = require('node:dgram').createSocket('udp4');
socket.connect(53, process.argv[1], () => socket.send('x'));
socket.on('message', (data) => { console.log(String(data)); socket.close(); });
setTimeout(() => process.exit(), 700).unref();
`;
  for (const address of ['10.0.0.2', '169.254.169.253'])
    assert.equal(
      inside(lab.workload('vpc-a', '10.0.1.10'), process.execPath, '-e', ask, address),
      `vpc-a/udp4/${address}:53 for 10.0.1.10`,
    );
});

test('a network that was damaged by hand is whole after one plan', needsNamespaces, async (t) => {
  const lab = openLab(t);
  const snapshot = sampleSnapshot();
  assert.ok((await lab.settle(snapshot, places)) > 0);
  assert.equal(await lab.settle(snapshot, places), 0);
  const router = `${lab.prefix}vpc-a`;
  const client = lab.workload('vpc-b', '10.0.1.10');
  const damages = [
    ['ip', 'link', 'set', 'core0', 'down'],
    ['ip', 'route', 'del', '10.0.1.10'],
    ['ip', 'route', 'add', '10.99.0.0/16', 'dev', 'lo'],
    ['ip', 'addr', 'add', '10.0.1.99/24', 'dev', 'core0'],
    ['ip', 'addr', 'del', '10.0.0.2/32', 'dev', 'lo'],
    ['ip', 'rule', 'add', 'from', '10.1.0.0/16', 'lookup', '99', 'pref', '50'],
    ['ip', 'rule', 'del', 'pref', '32767'],
    ['ip', 'link', 'add', 'stray0', 'type', 'veth', 'peer', 'name', 'stray1'],
    ['ip', 'link', 'del', 'w0a00010a'],
    ['nft', 'flush', 'chain', 'inet', 'pergola', 'spoofed'],
    ['nft', 'add', 'element', 'inet', 'pergola', 'doors', '{ 10.0.0.1 . 22 }'],
    ['nft', 'add', 'table', 'ip', 'stray'],
    ['sh', '-c', 'echo 0 >/proc/sys/net/ipv4/ip_forward'],
  ] as const;
  for (const [program, ...args] of damages) {
    assert.equal(inside(router, program, ...args), '', args.join(' '));
    assert.ok((await lab.settle(snapshot, places)) > 0, args.join(' '));
    assert.equal(await lab.settle(snapshot, places), 0, args.join(' '));
  }
  for (const [program, ...args] of damages) inside(router, program, ...args);
  inside(client, 'ip', 'addr', 'add', '10.5.5.5/24', 'dev', 'eth0');
  inside(client, 'ip', 'addr', 'del', '10.0.1.10/32', 'dev', 'eth0');
  spawnSync('ip', ['netns', 'del', lab.workload('vpc-a', '10.0.1.10')]);
  spawnSync('ip', ['netns', 'add', `${lab.prefix}vpc-left`]);
  await lab.settle(snapshot, places);
  assert.equal(await lab.settle(snapshot, places), 0);
});

test('thirty VPCs come up at once, are found whole, and go at once', needsNamespaces, async (t) => {
  let prefix = '';
  await t.test('as long as the network stands', async (inner) => {
    const lab = openLab(inner);
    prefix = lab.prefix;
    const vpcs = Array.from({ length: 30 }, (_, i) => `vpc-${i}`);
    const workloads = vpcs.map((vpcId) => ({ vpcId, address: '10.0.1.10', securityGroups: [] }));
    const snapshot = sampleSnapshot({ vpcs });
    await lab.settle(snapshot, workloads);
    assert.equal(await lab.settle(snapshot, workloads), 0);
    const worker = await lab.startWorker();
    await lab.serve(snapshot, workloads, worker);
    for (const vpcId of ['vpc-0', 'vpc-29'])
      assert.match(connectFrom(lab.workload(vpcId, '10.0.1.10'), '169.254.171.7', 80), new RegExp(`^${vpcId}/`));
    spawnSync('ip', ['netns', 'del', `${lab.prefix}vpc-3`]);
    inside(`${lab.prefix}vpc-4`, 'ip', 'link', 'del', 'core0');
    assert.ok((await lab.settle(sampleSnapshot({ vpcs: vpcs.slice(1) }), workloads.slice(2))) > 0);
    assert.equal(await lab.settle(sampleSnapshot({ vpcs: vpcs.slice(1) }), workloads.slice(2)), 0);
  });
  assert.deepEqual(
    machine(prefix).filter((line) => line.startsWith(prefix)),
    [],
  );
});

test('a VPC keeps its dial block when another one goes, and nothing is left in the end', needsNamespaces, async (t) => {
  let prefix = '';
  const before = machine('none');
  await t.test('as long as the network stands', async (inner) => {
    const lab = openLab(inner);
    prefix = lab.prefix;
    assert.deepEqual(machine(prefix), before);
    await lab.settle(sampleSnapshot(), places);
    await lab.settle(sampleSnapshot({ vpcs: ['vpc-b'] }), places);
    assert.match(inside(`${lab.prefix}vpc-b`, 'ip', 'route'), /^169\.254\.192\.16\/28 dev core0/m);
  });
  assert.deepEqual(machine(prefix), before);
});
