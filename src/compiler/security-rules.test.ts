// Security groups in a snapshot: every rule with its id, prefix lists written out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { managedRanges } from '../base/managed-ranges.ts';
import { applyConfiguredVpcs, configuredId } from '../domain/ec2/index.ts';
import { createScenario, scenarioCaller } from '../domain/scenario.ts';
import { compile, nothingCompiled } from './compile.ts';
import type { KeySource } from './identity.ts';

const source: KeySource = {
  day: '20261122',
  regions: ['us-east-1'],
  secretOf: ({ sealedSecret }) => sealedSecret,
  sessionKeys: () => [],
};

test('compile() writes the ranges of a prefix list out and names the list', () => {
  const scenario = createScenario();
  const lattice = 'com.amazonaws.us-east-1.vpc-lattice';
  scenario.run(applyConfiguredVpcs, {
    vpcs: [
      {
        ...{ ...scenarioCaller, name: 'shop', cidrs: ['10.0.0.0/16'], attachment: { kind: 'netns' }, subnets: [] },
        securityGroups: [
          {
            name: 'web',
            ingress: [
              { protocol: 'tcp', fromPort: 80, toPort: 80, cidrs: ['10.0.0.0/8'], groups: [], prefixLists: [lattice] },
            ],
            egress: [],
          },
        ],
        instances: [],
      },
    ],
  });
  const { snapshot } = compile(nothingCompiled, scenario.state, undefined, source);
  const [vpc] = snapshot.vpcs.values();
  assert.deepEqual(vpc?.dns, { support: true, hostnames: true });
  const group = vpc?.securityGroups.find(({ id }) => id === configuredId('sg', scenarioCaller, 'shop', 'web'));
  const ranges = group?.ingress.map(({ cidrs, prefixList }) => [cidrs, prefixList?.slice(0, 4)]);
  const { services, sources, resources } = managedRanges;
  assert.equal(ranges?.length, 2);
  assert.ok(ranges?.some(([cidrs]) => JSON.stringify(cidrs) === '["10.0.0.0/8"]'));
  assert.deepEqual(
    ranges?.find(([, list]) => list !== undefined),
    [[...services, sources, resources], 'pl-0'],
  );
  assert.ok(group?.ingress.every(({ id }) => /^sgr-0[0-9a-f]{16}$/.test(id)));
});
