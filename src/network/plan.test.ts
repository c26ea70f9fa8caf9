import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { desiredNetwork } from './desired.ts';
import { KernelModel } from './kernel-model.ts';
import { plan } from './plan.ts';
import { sampleSnapshot } from './snapshot-sample.ts';
import type { Command, DesiredNetwork } from './state.ts';
import type { WorkloadPlace } from './workload-namespace.ts';

const core = 'pg-core';
const at = (vpcId: string, address: string, securityGroups: readonly string[] = []): WorkloadPlace => {
  return { vpcId, address, securityGroups };
};
const places = [at('vpc-a', '10.0.1.10'), at('vpc-b', '10.0.1.10'), at('vpc-a', '10.0.9.9', ['sg-1'])];

function desire(vpcs: readonly string[], workloads: readonly WorkloadPlace[], open: readonly string[]): DesiredNetwork {
  return desiredNetwork(sampleSnapshot({ vpcs }), {
    attach: 'netns',
    prefix: 'pg-',
    blocks: new Map(),
    workloads,
    open: new Map([['vpc-a', new Set(open)]]),
  }).network;
}

function settle(desired: DesiredNetwork, model: KernelModel): readonly Command[] {
  const commands = plan(desired, model.observed, core).flat();
  for (const command of commands) model.run(command);
  return commands;
}

test('plan() brings up a VPC with one workload by these commands', () => {
  const commands = plan(desire(['vpc-a'], [at('vpc-a', '10.0.1.10')], []), new Map(), core).flat();
  const text = commands.map(({ argv, stdin = '' }) => {
    const input = argv.includes('nft') ? '  …\n' : stdin.replaceAll(/^(?=.)/gm, '  ');
    return `${argv.join(' ')}\n${input}`;
  });
  assert.equal(
    text.join(''),
    `ip -batch -
  netns add pg-core
  netns add pg-vpc-a
  netns add pg-vpc-a-10.0.1.10
nsenter --net=/run/netns/pg-core sh -c echo 1024 65535 >/proc/sys/net/ipv4/ip_local_port_range
nsenter --net=/run/netns/pg-vpc-a nft -f -
  …
nsenter --net=/run/netns/pg-vpc-a sh -c echo 1 >/proc/sys/net/ipv4/ip_forward && echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
ip -batch -
  link add u0 netns pg-core type veth peer name core0 netns pg-vpc-a
  link add w0a00010a netns pg-vpc-a type veth peer name eth0 netns pg-vpc-a-10.0.1.10
ip -n pg-core -batch -
  link set lo up
  link set u0 up
  route replace local 169.254.192.0/28 dev lo table local
  route replace 10.0.0.0/16 via 10.0.0.1 dev u0 onlink table 7100
  route replace unreachable default table 7100
  rule add from 169.254.192.0/28 lookup 7100 pref 7100
ip -n pg-vpc-a -batch -
  link set lo up
  link set core0 up
  link set w0a00010a up
  addr add 10.0.0.1/32 dev lo
  addr add 10.0.1.1/32 dev lo
  addr add 10.0.0.2/32 dev lo
  addr add 169.254.169.253/32 dev lo
  addr add 169.254.169.254/32 dev lo
  addr add 169.254.170.2/32 dev lo
  addr add 169.254.170.9/32 dev lo
  route replace local 169.254.171.0/24 dev lo table local
  route replace local 169.254.176.0/20 dev lo table local
  route replace 169.254.192.0/28 dev core0
  route replace 10.0.1.10 dev w0a00010a
ip -n pg-vpc-a-10.0.1.10 -batch -
  link set lo up
  link set eth0 up
  addr add 10.0.1.10/32 dev eth0
  route replace 10.0.1.1 dev eth0
  route replace default via 10.0.1.1 dev eth0
`,
  );
});

test('plan() opens and closes a door without touching anything else', () => {
  const model = new KernelModel();
  settle(desire(['vpc-a'], [], ['169.254.171.7 . 80']), model);
  const commands = settle(desire(['vpc-a'], [], ['169.254.171.7 . 443']), model);
  assert.deepEqual(
    commands.map(({ stdin }) => stdin),
    [
      'delete element inet pergola doors { 169.254.171.7 . 80 }\nadd element inet pergola doors { 169.254.171.7 . 443 }\n',
    ],
  );
});

test('plan() ends the processes of a namespace that goes, but not those of the core', () => {
  const model = new KernelModel();
  settle(desire(['vpc-a'], [at('vpc-a', '10.0.1.10')], []), model);
  const { argv = [] } = settle(new Map(), model)[0] ?? {};
  assert.deepEqual(argv.slice(4), ['/run/netns/pg-vpc-a', '/run/netns/pg-vpc-a-10.0.1.10']);
  assert.equal(model.namespaces.size, 0);
});

test('plan() removes no link by itself that goes with its namespace, though nobody knows where its other end is', () => {
  const model = new KernelModel();
  const vpcs = ['vpc-a', 'vpc-b'];
  settle(desire(vpcs, places, []), model);
  const blind = new Map(
    [...model.observed].map(([name, state]) => {
      const links = [...state.links].map(([link, { up }]) => [link, { up }] as const);
      return [name, { ...state, links: new Map(links) }];
    }),
  );
  const lines = plan(new Map(), blind, core).flatMap((stage) => stage.map(({ stdin = '' }) => stdin));
  assert.doesNotMatch(lines.join(''), /link del/);
  for (const command of plan(new Map(), blind, core).flat()) model.run(command);
  assert.equal(model.namespaces.size, 0);
});

type Damage = (model: KernelModel, pick: <T>(from: Iterable<T>) => T | undefined) => void;

const damages: readonly Damage[] = [
  (model, pick) => {
    const name = pick(model.namespaces.keys());
    if (name !== undefined) model.deleteNamespace(name);
  },
  (model, pick) => {
    const [name, state] = pick(model.namespaces) ?? [];
    const link = pick([...(state?.links.keys() ?? [])].filter((one) => one !== 'lo'));
    if (name !== undefined && link !== undefined) model.deleteLink(name, link);
  },
  (model, pick) => {
    const [name, state] = pick(model.namespaces) ?? [];
    const link = pick(state?.links.keys() ?? []);
    if (name !== undefined && link !== undefined) model.takeDown(name, link);
  },
  (model, pick) => {
    const state = pick(model.namespaces.values());
    const set = pick([state?.addresses, state?.routes, state?.rules]);
    const one = pick(set ?? []);
    if (one !== undefined) set?.delete(one);
  },
  (model, pick) => {
    const state = pick(model.namespaces.values());
    const link = pick(state?.links.keys() ?? []);
    if (link === undefined) return;
    state?.addresses.add(`${link} 10.77.0.1/24`);
    state?.rules.add('from 10.77.0.0/24 lookup 77 pref 77');
    if (state?.links.get(link)?.up === true) state.routes.add(`10.78.0.0/16 dev ${link}`);
  },
  (model, pick) => {
    const [name, state] = pick(model.namespaces) ?? [];
    const [other, beside] = pick(model.namespaces) ?? [];
    if (name === other || state?.links.has('alien') === true || beside?.links.has('alien') === true) return;
    state?.links.set('alien', { up: true, peer: `${other}/alien` });
    beside?.links.set('alien', { up: false, peer: `${name}/alien` });
  },
  (model, pick) => {
    const state = pick(model.namespaces.values());
    if (state === undefined) return;
    const { shape } = state.filter;
    state.filter = { ...state.filter, table: 'inet pergola', shape: `${shape}x`, foreign: ['ip nat'] };
    state.sysctls.clear();
  },
  (model, pick) => {
    const state = pick([...model.namespaces.values()].filter(({ filter }) => filter.sets.has('doors')));
    if (state === undefined) return;
    state.filter = { ...state.filter, sets: new Map([['doors', new Set(['1.2.3.4 . 5'])]]) };
  },
];

test('plan() converges from any damaged state of any other network, and then has nothing to do', () => {
  const network = fc
    .record({
      vpcs: fc.uniqueArray(fc.constantFrom('vpc-a', 'vpc-b', 'vpc-c')),
      places: fc.subarray(places),
      open: fc.subarray(['169.254.171.7 . 80', '169.254.171.7 . 443']),
    })
    .map((one) => desire(one.vpcs, one.places, one.open));
  const blows = fc.array(fc.tuple(fc.constantFrom(...damages), fc.array(fc.nat(), { minLength: 6, maxLength: 6 })), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(network, network, blows, (before, after, list) => {
      const model = new KernelModel();
      settle(before, model);
      assert.deepEqual(plan(before, model.observed, core), []);
      for (const [damage, numbers] of list) {
        const rest = [...numbers];
        damage(model, (from) => {
          const all = [...from];
          return all[(rest.shift() ?? 0) % Math.max(all.length, 1)];
        });
      }
      settle(after, model);
      assert.deepEqual(plan(after, model.observed, core), []);
      assert.deepEqual([...model.namespaces.keys()].sort(), [...after.keys()].sort());
    }),
    { numRuns: 150 },
  );
});
