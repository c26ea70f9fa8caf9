// Security groups as packets meet them: every kind of rule with a packet that passes and one that is dropped, and what the filter has counted.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { findAdmission, findPassage } from '../../src/network/arrival.ts';
import { routerRuleset } from '../../src/network/enforcement.ts';
import { namespacePath } from '../../src/network/names.ts';
import { formatRuleset, tableOf } from '../../src/network/ruleset.ts';
import { formatScript } from '../../src/network/script.ts';
import { sampleSnapshot } from '../../src/network/snapshot-sample.ts';
import type { SecurityGroupRecord, SecurityRule } from '../../src/snapshot/index.ts';
import { connectFrom, inside, needsNamespaces, openLab, startTarget, type Lab } from './lab.ts';

const at = (address: string, securityGroups: readonly string[] = []) => ({ vpcId: 'vpc-a', address, securityGroups });

const nothing = { protocol: 'tcp', fromPort: -1, toPort: -1, cidrs: [], groups: [] } as const;
const tcp = (id: string, port: number, wish: Partial<SecurityRule>): SecurityRule => ({
  ...nothing,
  id,
  fromPort: port,
  toPort: port,
  ...wish,
});
const group = (id: string, wish: Partial<SecurityGroupRecord>): SecurityGroupRecord => ({
  ...{ id, name: id, ingress: [], egress: [] },
  ...wish,
});

/** As the compiler writes out `com.amazonaws.us-east-1.vpc-lattice`. */
const managed = {
  prefixList: 'pl-1',
  cidrs: ['169.254.171.0/24', '169.254.176.0/20', '169.254.192.0/19', '129.224.0.0/17'],
} as const;
const service = '169.254.171.7';

/** The packets that each rule of a chain has counted, by the name in its comment. */
function counted(lab: Lab, chain: string): Readonly<Record<string, number>> {
  const text = inside(`${lab.prefix}vpc-a`, 'nft', 'list', 'chain', 'inet', 'pergola', chain);
  const rules = text.matchAll(/counter packets (\d+) .*comment "pg:\w+ (.*)"/g);
  return Object.fromEntries([...rules].map(([, packets, name = '']) => [name, Number(packets)]));
}

async function open(t: TestContext, groups: readonly SecurityGroupRecord[], places: readonly ReturnType<typeof at>[]) {
  const lab = openLab(t);
  const worker = await lab.startWorker();
  const describe = (securityGroups: readonly SecurityGroupRecord[]) =>
    sampleSnapshot({ vpcs: ['vpc-a'], ports: [80, 81], doorGroups: ['sg-door'], securityGroups });
  const doors = new Map([['vpc-a', new Set([`${service} . 80`, `${service} . 81`])]]);
  const settle = (changed: readonly SecurityGroupRecord[]) => lab.settle(describe(changed), places, doors);
  const snapshot = describe(groups);
  await lab.settle(snapshot, places);
  await lab.serve(snapshot, places, worker);
  const connect = (address: string, port: number): string => connectFrom(lab.workload('vpc-a', address), service, port);
  /** What is explained of groups is what the kernel does. */
  const agree = (address: string, port: number, passes: boolean): void => {
    const vpc = snapshot.vpcs.get('vpc-a');
    assert.ok(vpc !== undefined);
    assert.match(connect(address, port), passes ? /^vpc-a/ : /^TIMEOUT$/, `${address} to port ${port}`);
    const { egress, ingress } = findPassage({ vpc, address: service, port }, address, ['sg-door'], places);
    assert.equal(egress.passes && ingress.passes, passes, `explained: ${address} to port ${port}`);
  };
  return { lab, worker, connect, agree, settle };
}

const anywhere = tcp('sgr-any', -1, { protocol: '-1', cidrs: ['0.0.0.0/0'] });
const openDoor = group('sg-door', { ingress: [anywhere] });

test(
  "a client's outbound rules: a range, a prefix list, ports; the rest is dropped and counted",
  needsNamespaces,
  async (t) => {
    const groups = [
      openDoor,
      group('sg-range', { egress: [tcp('sgr-range', 80, { cidrs: ['169.254.171.0/28'] })] }),
      group('sg-list', { egress: [tcp('sgr-list', 81, managed)] }),
      group('sg-else', { egress: [tcp('sgr-else', 80, { cidrs: ['169.254.171.8/32', '0.0.0.0/32'] })] }),
    ];
    const places = [at('10.0.1.10', ['sg-range']), at('10.0.1.11', ['sg-list']), at('10.0.1.12', ['sg-else'])];
    const { lab, agree } = await open(t, groups, places);
    agree('10.0.1.10', 80, true);
    agree('10.0.1.10', 81, false);
    agree('10.0.1.11', 81, true);
    agree('10.0.1.11', 80, false);
    agree('10.0.1.12', 80, false);
    const of = (id: string): Readonly<Record<string, number>> => counted(lab, `${id}-out`);
    const [range, list, other] = ['sg-range', 'sg-list', 'sg-else'].map(of);
    assert.equal(range?.['sgr-range'], 1);
    assert.equal(list?.['sgr-list'], 1);
    assert.equal(other?.['sgr-else'], 0);
    for (const [counts, name] of [
      [range, 'sg-range'],
      [list, 'sg-list'],
      [other, 'sg-else'],
    ] as const)
      assert.ok((counts?.[`no rule of ${name}`] ?? 0) > 0, `what ${name} dropped is counted`);
  },
);

test(
  "an association's inbound rules: a range, the members of a group, a protocol; the rest is dropped and counted",
  needsNamespaces,
  async (t) => {
    const groups = [
      group('sg-door', {
        ingress: [
          tcp('sgr-members', 80, { groups: ['sg-web'] }),
          tcp('sgr-range', 81, { cidrs: ['10.0.2.0/24'] }),
          tcp('sgr-udp', 80, { protocol: 'udp', cidrs: ['0.0.0.0/0'] }),
        ],
      }),
      group('sg-web', { egress: [anywhere] }),
    ];
    const places = [at('10.0.1.10', ['sg-web']), at('10.0.2.10')];
    const { lab, agree } = await open(t, groups, places);
    agree('10.0.1.10', 80, true);
    agree('10.0.1.10', 81, false);
    agree('10.0.2.10', 81, true);
    agree('10.0.2.10', 80, false);
    const counts = counted(lab, 'door-0');
    assert.deepEqual([counts['sgr-members'], counts['sgr-range'], counts['sgr-udp']], [1, 1, 0]);
    assert.ok((counts['no rule of sg-door'] ?? 0) >= 2);
  },
);

test(
  "a target's inbound rules: the prefix list on its ports; the rest is dropped and counted",
  needsNamespaces,
  async (t) => {
    const groups = [
      openDoor,
      group('sg-target', { ingress: [tcp('sgr-list', 8080, managed)] }),
      group('sg-vpc', { ingress: [tcp('sgr-vpc', 8080, { cidrs: ['10.0.0.0/16'] })] }),
      group('sg-mute', {}),
    ];
    const places = [
      at('10.0.1.10', ['sg-target']),
      at('10.0.1.11', ['sg-vpc']),
      at('10.0.1.12', ['sg-mute', 'sg-target']),
    ];
    const { lab, worker } = await open(t, groups, [...places, at('10.0.1.13')]);
    for (const { address } of [...places, at('10.0.1.13')])
      for (const port of [8080, 8081]) await startTarget(t, lab.workload('vpc-a', address), port);
    const dial = (address: string, port: number): Promise<string> => worker.dial('169.254.192.2', address, port);
    assert.match(await dial('10.0.1.10', 8080), /^client 169\.254\.192\.2/);
    assert.equal(await dial('10.0.1.10', 8081), 'TIMEOUT');
    assert.equal(await dial('10.0.1.11', 8080), 'TIMEOUT', 'a target sees managed addresses, not those of clients');
    assert.match(await dial('10.0.1.12', 8080), /^client/, 'one of several groups is enough');
    assert.match(await dial('10.0.1.13', 8081), /^client/, 'a workload without groups takes everything');
    const [vpc] = sampleSnapshot({ vpcs: ['vpc-a'], securityGroups: groups }).vpcs.values();
    assert.ok(vpc !== undefined);
    const told = places.map(({ address }) => findAdmission({ vpc, address, port: 8080 }, places)?.passes);
    assert.deepEqual(told, [true, false, true], 'explained: which targets take what comes from managed addresses');
    assert.equal(findAdmission({ vpc, address: '10.0.1.13', port: 8080 }, places), undefined);
    const counts = counted(lab, 'sg-target-in');
    assert.equal(counts['sgr-list'], 1);
    assert.ok((counts['no rule of sg-target'] ?? 0) > 0);
  },
);

test('a rule that is revoked ends no running connection, and lets no new one in', needsNamespaces, async (t) => {
  const door = (ingress: readonly SecurityRule[]): readonly SecurityGroupRecord[] => [group('sg-door', { ingress })];
  const allowed = tcp('sgr-range', 80, { cidrs: ['10.0.0.0/16'] });
  const { lab, connect, settle } = await open(t, door([allowed]), [at('10.0.1.10')]);
  // Says a line for each one that comes back.
  const script = `const socket = require('node:net').connect(80, '${service}');
    process.stdin.on('data', (data) => socket.write(data));
    socket.on('data', (data) => process.stdout.write(data));`;
  const enter = `--net=${namespacePath(lab.workload('vpc-a', '10.0.1.10'))}`;
  const client = spawn('nsenter', [enter, process.execPath, '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => client.kill('SIGKILL'));
  const lines = createInterface({ input: client.stdout })[Symbol.asyncIterator]();
  assert.match(String((await lines.next()).value), /^vpc-a/);
  const echoed = async (text: string): Promise<string> => {
    client.stdin.write(`${text}\n`);
    return String((await lines.next()).value);
  };
  assert.equal(await echoed('before'), 'before');

  await settle(door([]));
  assert.equal(connect('10.0.1.10', 80), 'TIMEOUT');
  assert.equal(await echoed('after'), 'after');
  client.stdin.end();
  client.kill();
  await once(client, 'exit');
});

test(
  "an endpoint's inbound rules at its own addresses: those of its groups, not of the association's",
  needsNamespaces,
  async (t) => {
    const securityGroups = [
      group('sg-door', { ingress: [tcp('sgr-door', 80, { cidrs: ['10.0.2.0/24'] })] }),
      group('sg-end', { ingress: [tcp('sgr-end', 80, { cidrs: ['10.0.1.0/24'] })] }),
    ];
    const places = [at('10.0.1.10'), at('10.0.2.10')];
    const endpoint = { blocks: ['10.0.1.48/28', '10.0.3.16/28'], securityGroups: ['sg-end'] };
    const wish = { vpcs: ['vpc-a'], ports: [80, 81], doorGroups: ['sg-door'], securityGroups, endpoint };
    const snapshot = sampleSnapshot(wish);
    const lab = openLab(t);
    const worker = await lab.startWorker();
    await lab.settle(snapshot, places);
    await lab.serve(snapshot, places, worker);
    const from = (client: string, address: string, port: number): string =>
      connectFrom(lab.workload('vpc-a', client), address, port);
    // Pool place 7 in each range.
    for (const address of ['10.0.1.55', '10.0.3.23']) {
      assert.match(from('10.0.1.10', address, 80), new RegExp(`^vpc-a/tcp4/\\*:80 at ${address} for 10\\.0\\.1\\.10`));
      assert.equal(from('10.0.1.10', address, 81), 'TIMEOUT');
      assert.equal(from('10.0.2.10', address, 80), 'TIMEOUT');
    }
    assert.equal(from('10.0.1.10', '10.0.1.56', 80), 'ECONNREFUSED', 'an address of the range where no service is');
    assert.equal(from('10.0.1.10', service, 80), 'TIMEOUT');
    assert.match(from('10.0.2.10', service, 80), /^vpc-a/);
    const counts = counted(lab, 'door-1');
    assert.equal(counts['sgr-end'], 2);
    assert.ok((counts['no rule of sg-end'] ?? 0) >= 4);
    await lab.settle(sampleSnapshot({ ...wish, endpoint: { blocks: [], securityGroups: [] } }), places);
    assert.match(from('10.0.1.10', '10.0.1.55', 80), /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/, 'it is gone');
  },
);

/** A group with as many rules as one may have, none of them about `port` 80. */
const full = (id: string, more: readonly SecurityRule[] = []): SecurityGroupRecord =>
  group(id, {
    egress: [
      ...more,
      ...Array.from({ length: 1000 }, (_, i) => tcp(`sgr-${i}`, 1000 + i, { cidrs: [`10.${i >> 8}.${i & 255}.0/25`] })),
    ],
  });

test(
  'a group with a thousand rules comes into force and goes as a whole: nothing passes in between',
  needsNamespaces,
  async (t) => {
    const places = [at('10.0.1.10', ['sg-full']), at('10.0.1.11', ['sg-small'])];
    const small = group('sg-small', { egress: [tcp('sgr-80', 80, { cidrs: ['0.0.0.0/0'] })] });
    const few = group('sg-full', { egress: [] });
    const { lab, connect, settle } = await open(t, [openDoor, small, few], places);
    const refused = spawn(
      'ip',
      [
        'netns',
        'exec',
        lab.workload('vpc-a', '10.0.1.10'),
        process.execPath,
        '-e',
        `
      const net = require('node:net');
      setInterval(() => net.connect({ host: '${service}', port: 80 }, () => { console.log('PASSED'); process.exit(1); }).on('error', () => {}), 1);
      console.log('begun');`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    t.after(() => refused.kill('SIGKILL'));
    const said: string[] = [];
    const lines = createInterface(refused.stdout).on('line', (line) => said.push(line));
    await once(lines, 'line');
    const table = (): string => inside(`${lab.prefix}vpc-a`, 'nft', 'list', 'tables').trim();
    for (let i = 0; i < 3; i++) {
      await settle([openDoor, small, full('sg-full')]);
      assert.match(table(), /^table inet pergola-[0-9a-f]{12}$/);
      assert.match(connect('10.0.1.11', 80), /^vpc-a/);
      assert.equal(await settle([openDoor, small, full('sg-full')]), 0, 'what is seen is what was wanted');
      await settle([openDoor, small, few]);
      assert.equal(table(), 'table inet pergola');
      assert.match(connect('10.0.1.11', 80), /^vpc-a/);
    }
    assert.deepEqual(said, ['begun']);
    await settle([openDoor, small, full('sg-full', [tcp('sgr-open', 80, { cidrs: ['0.0.0.0/0'] })])]);
    assert.match(connect('10.0.1.10', 80), /^vpc-a/);
  },
);

test(
  'what a killed server left of a ruleset that it put together is removed, and what was in force stays until then',
  needsNamespaces,
  async (t) => {
    const places = [at('10.0.1.10', ['sg-full'])];
    const { lab, connect, settle } = await open(t, [openDoor, full('sg-full')], places);
    const router = `${lab.prefix}vpc-a`;
    inside(
      router,
      'nft',
      'add table inet pergola-0123456789ab { flags dormant; }; add chain inet pergola-0123456789ab clients',
    );
    assert.equal(connect('10.0.1.10', 80), 'TIMEOUT');
    await settle([openDoor, full('sg-full')]);
    assert.doesNotMatch(inside(router, 'nft', 'list', 'tables'), /0123456789ab/);
    assert.equal(connect('10.0.1.10', 80), 'TIMEOUT');
  },
);

test(
  'in a user namespace, where buffers of sockets have a bound, large rulesets come into force too',
  needsNamespaces,
  () => {
    const groups = ['sg-a', 'sg-b'].map((id) => full(id));
    const ruleset = routerRuleset({
      ...{ block: '169.254.192.0/28', dnsAddresses: ['10.0.0.2'], metadataAddresses: ['169.254.169.254'] },
      ...{ ranges: ['169.254.171.0/24'], doors: [], securityGroups: groups },
      workloads: groups.map(({ id }, i) => at(`10.0.1.${10 + i}`, [id])),
      open: new Set(Array.from({ length: 5000 }, (_, i) => `${service} . ${i}`)),
    });
    const transactions = formatRuleset(ruleset, '').map((stdin) => ({ argv: ['nft', '-f', '-'], stdin }));
    const { stdin = '' } = formatScript(transactions);
    const { stdout, stderr } = spawnSync('unshare', ['-Urn', 'sh'], {
      input: `${stdin}nft list tables\n`,
      encoding: 'utf8',
    });
    assert.deepEqual([stdout, stderr], [`table ${tableOf(ruleset)}\n`, '']);
  },
);
