import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleSnapshot } from '../network/snapshot-sample.ts';
import type { InstanceSpec } from '../snapshot/index.ts';
import { noNamespaces, type ExistingNamespaces } from './existing-namespace.ts';
import { placeInstances } from './place-instances.ts';

/** A machine that has the namespace `/run/netns/N` of identity `4:N`. */
const machine: ExistingNamespaces = {
  find: ({ by }) =>
    'path' in by && by.path.startsWith('/run/netns/')
      ? { path: by.path, identity: `4:${by.path.slice(11)}` }
      : { reason: 'there is none' },
  whyLeft: () => undefined,
};

function place(
  instances: Readonly<Record<string, readonly Partial<InstanceSpec>[]>>,
  namespaces: ExistingNamespaces = machine,
  held: Readonly<Record<string, string>> = {},
) {
  const { vpcs } = sampleSnapshot();
  const complete = (id: string): readonly InstanceSpec[] =>
    (instances[id] ?? []).map((one, i) => {
      return { id: `i-${i}`, name: `n${i}`, address: `10.0.1.${10 + i}`, securityGroups: [], ...one };
    });
  const { placed, problems } = placeInstances(
    { vpcs: new Map([...vpcs].map(([id, vpc]) => [id, { ...vpc, instances: complete(id) }])) },
    { attach: 'netns', namespaces, roles: { problem: () => undefined }, memberOf: (identity) => held[identity] },
  );
  const places = placed.map(({ vpc, spec, command, joined }) => [vpc.id, spec.id, command ?? joined?.identity]);
  return { places, problems };
}

test('placeInstances() places those with a command and those whose namespace is there, and no others', () => {
  const { places, problems } = place({
    'vpc-a': [{ command: ['x'] }, { namespace: '/run/netns/7' }, {}, { namespace: '/elsewhere' }],
    'vpc-b': [{ namespace: '/run/netns/8' }],
  });
  assert.deepEqual(places, [
    ['vpc-a', 'i-0', ['x']],
    ['vpc-a', 'i-1', '4:7'],
    ['vpc-b', 'i-0', '4:8'],
  ]);
  assert.deepEqual(problems, ['instance i-3 is not in its VPC: there is none']);
});

test('placeInstances() places one namespace once', () => {
  const { places, problems } = place({
    'vpc-a': [{ namespace: '/run/netns/7' }],
    'vpc-b': [{ namespace: '/run/netns/7' }],
  });
  assert.deepEqual(places, [['vpc-a', 'i-0', '4:7']]);
  assert.match(problems.join(), /^instance i-0 is not in its VPC: \/run\/netns\/7 is in VPC vpc-a already/);
  const held = place({ 'vpc-b': [{ namespace: '/run/netns/7' }] }, machine, { '4:7': 'vpc-a' });
  assert.deepEqual(held.places, []);
  assert.match(held.problems.join(), /is in VPC vpc-a already/);
});

test('placeInstances() says why no namespace can join', () => {
  const { problems } = place({ 'vpc-a': [{ namespace: '/run/netns/7' }] }, noNamespaces('it cannot be'));
  assert.deepEqual(problems, ['instance i-0 is not in its VPC: it cannot be']);
});
