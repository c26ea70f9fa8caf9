import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { desiredNetwork } from './desired.ts';
import { KernelModel, type ModelNamespace } from './kernel-model.ts';
import { plan } from './plan.ts';
import { emptyRuleset } from './ruleset.ts';
import { sampleSnapshot } from './snapshot-sample.ts';
import { kernelRules, type Command, type DesiredNetwork } from './state.ts';
import { findBlocked, type WorkloadPlace } from './workload-namespace.ts';

const core = 'pg-core';
const name = 'pg-vpc-a-10.0.1.10-joined-77';
const joined: WorkloadPlace = {
  ...{ vpcId: 'vpc-a', address: '10.0.1.10', securityGroups: [] },
  joined: { path: '/proc/12/ns/net', identity: '4:77' },
};

function desire(vpcs: readonly string[], workloads: readonly WorkloadPlace[]): DesiredNetwork {
  const options = { attach: 'netns', prefix: 'pg-', blocks: new Map(), open: new Map() } as const;
  return desiredNetwork(sampleSnapshot({ vpcs }), { ...options, workloads }).network;
}

function settle(desired: DesiredNetwork, model: KernelModel): readonly Command[] {
  const commands = plan(desired, model.observed, core).flat();
  for (const command of commands) model.run(command);
  return commands;
}

/** A container as its maker left it. */
function foreign(): ModelNamespace {
  return {
    links: new Map([
      ['lo', { up: false }],
      ['eth0', { up: true }],
      ['down0', { up: false }],
      ['tap0', { up: true, peer: `${name}/tap1` }],
      ['tap1', { up: true, peer: `${name}/tap0` }],
      ['far0', { up: true, peer: 'pg-vpc-b-10.0.1.10-joined-78/far0' }],
    ]),
    addresses: new Set(['lo 10.9.9.9/32', 'eth0 172.17.0.2/16', 'eth0 10.0.1.10/32']),
    routes: new Set([
      'default via 172.17.0.1 dev eth0',
      '10.0.0.0/16 dev eth0',
      '169.254.171.0/24 via 172.17.0.9 dev eth0 metric 7100',
      'unreachable 10.8.0.0/16',
      '10.7.0.0/16 dev tap0 table 7100',
    ]),
    rules: new Set([...kernelRules, 'from 10.7.0.0/16 lookup 7100 pref 7100']),
    sysctls: new Map([['net/ipv4/ip_forward', '1']]),
    filter: {
      table: 'inet pergola',
      shape: 'chain x',
      sets: new Map([['doors', new Set(['1.2.3.4 . 5'])]]),
      foreign: ['ip nat'],
    },
  };
}

test('plan() joins a namespace by a link with routes of its own, and takes the link and the name away when it leaves', () => {
  const model = new KernelModel();
  settle(desire(['vpc-a'], []), model);
  model.namespaces.set(name, foreign());
  const text = (commands: readonly Command[]): string =>
    commands.map(({ argv, stdin }) => `${argv.join(' ')}\n${argv.includes('nft') ? '' : stdin}`).join('');
  const joining = text(settle(desire(['vpc-a'], [joined]), model));
  assert.equal(
    joining,
    `nsenter --net=/run/netns/pg-vpc-a nft -f -
ip -batch -
link add w0a00010a netns pg-vpc-a type veth peer name pergola0 netns ${name}
ip -n pg-vpc-a -batch -
link set w0a00010a up
route replace 10.0.1.10 dev w0a00010a
ip -n ${name} -batch -
link set pergola0 up
addr add 10.0.1.10/32 dev pergola0
route append 10.0.0.0/16 via 10.0.1.1 dev pergola0 onlink metric 7100
route append 169.254.171.0/24 via 10.0.1.1 dev pergola0 onlink metric 7100
route append 169.254.176.0/20 via 10.0.1.1 dev pergola0 onlink metric 7100
route append 169.254.192.0/19 via 10.0.1.1 dev pergola0 onlink metric 7100
route append 129.224.0.0/17 via 10.0.1.1 dev pergola0 onlink metric 7100
route append 169.254.169.253 via 10.0.1.1 dev pergola0 onlink metric 7100
route append 169.254.169.254 via 10.0.1.1 dev pergola0 onlink metric 7100
route append 169.254.170.2 via 10.0.1.1 dev pergola0 onlink metric 7100
route append 169.254.170.9 via 10.0.1.1 dev pergola0 onlink metric 7100
route append default via 10.0.1.1 dev pergola0 onlink metric 4000000000
`,
  );
  const leaving = text(settle(desire(['vpc-a'], []), model));
  assert.equal(
    leaving,
    `ip -n pg-vpc-a -batch -
link del w0a00010a
ip -batch -
netns del ${name}
nsenter --net=/run/netns/pg-vpc-a nft -f -

`.replace(/\n\n$/, '\n'),
  );
});

test('plan() takes its link out of a namespace that joined when the router goes too, and ends none of its processes', () => {
  const model = new KernelModel();
  model.namespaces.set(name, foreign());
  settle(desire(['vpc-a'], [joined]), model);
  const commands = plan(new Map(), model.observed, core).flat();
  assert.deepEqual(
    commands.filter(({ argv }) => argv[1] === '-n').map(({ argv, stdin }) => [argv[2], stdin]),
    [[name, 'link del pergola0\n']],
  );
  const killing = commands.filter(({ argv }) => argv[3] === 'end').flatMap(({ argv }) => argv.slice(4));
  assert.deepEqual(killing, ['/run/netns/pg-vpc-a']);
});

test('findBlocked() finds namespaces that joined in which pergola0 is of somebody else', () => {
  const mine = { up: true, peer: 'pg-vpc-a/w0a00010a' };
  const withLink = (link: { readonly up: boolean; readonly peer?: string }) =>
    new Map([[name, { ...foreign(), links: new Map([['pergola0', link]]) }]]);
  assert.deepEqual([...findBlocked(withLink(mine))], []);
  assert.deepEqual([...findBlocked(withLink({ up: true }))], [name]);
  assert.deepEqual([...findBlocked(withLink({ up: true, peer: `${name}/x` }))], [name]);
});

type Blow = (state: ModelNamespace, model: KernelModel) => void;

/** What its owner may do to our part of it, and to the rest. */
const blows: readonly Blow[] = [
  (state, model) => {
    if (state.links.has('pergola0')) model.deleteLink(name, 'pergola0');
  },
  (state, model) => {
    if (state.links.has('pergola0')) model.takeDown(name, 'pergola0');
  },
  (state) => void state.addresses.delete('pergola0 10.0.1.10/32'),
  (state) => void (state.links.has('pergola0') && state.addresses.add('pergola0 10.77.0.1/24')),
  (state) => void state.addresses.add('eth0 10.0.0.2/32'),
  (state) => void state.routes.delete('169.254.171.0/24 via 10.0.1.1 dev pergola0 onlink metric 7100'),
  (state) => void (state.links.get('pergola0')?.up === true && state.routes.add('1.2.3.0/24 dev pergola0')),
  (state) => void state.routes.add('1.2.3.0/24 dev eth0'),
  (state) => void state.routes.delete('default via 172.17.0.1 dev eth0'),
  (state) => state.rules.clear(),
  (state) => void (state.filter = emptyRuleset),
  (_, model) => model.takeDown(name, 'tap0'),
  (state, model) => {
    // Renamed, with all that is on it.
    const link = state.links.get('pergola0');
    if (link?.peer === undefined) return;
    state.links.delete('pergola0');
    state.links.set('mine', link);
    for (const set of [state.addresses, state.routes])
      for (const text of [...set]) {
        set.delete(text);
        set.add(text.replace('pergola0', 'mine'));
      }
    const [router = '', end = ''] = link.peer.split('/');
    const other = model.namespaces.get(router)?.links.get(end);
    if (other !== undefined) other.peer = `${name}/mine`;
  },
];

/** What is not on our link. */
function foreignPart(state: ModelNamespace): object {
  const ours = (text: string): boolean => /\b(pergola0|mine)\b/.test(text);
  return {
    ...structuredClone(state),
    links: [...state.links].filter(([link]) => !ours(link)),
    addresses: [...state.addresses].filter((text) => !ours(text)).sort(),
    routes: [...state.routes].filter((text) => !ours(text)).sort(),
  };
}

test('plan() never touches what is not on its link of a namespace that joined, and mends what is', () => {
  const network = fc
    .record({ vpcs: fc.uniqueArray(fc.constantFrom('vpc-a', 'vpc-b')), places: fc.subarray([joined]) })
    .map(({ vpcs, places }) => desire(vpcs, places));
  fc.assert(
    fc.property(network, network, fc.array(fc.constantFrom(...blows), { maxLength: 5 }), (before, after, list) => {
      const model = new KernelModel();
      const state = foreign();
      model.namespaces.set(name, state);
      settle(before, model);
      // Left, it lives on without our name, and may come back.
      model.namespaces.set(name, state);
      for (const blow of list) blow(state, model);
      const untouched = foreignPart(state);
      settle(after, model);
      assert.deepEqual(foreignPart(state), untouched);
      if (after.has(name)) assert.deepEqual(plan(after, model.observed, core), []);
      else assert.deepEqual([...state.links.keys()], [...foreign().links.keys()]);
      assert.equal(model.namespaces.has(name), after.has(name));
    }),
    { numRuns: 300 },
  );
});
