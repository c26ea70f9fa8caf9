// What stands in a VPC in its snapshot: security groups with every rule, prefix lists written out; instances while they run.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { managedRanges } from '../base/managed-ranges.ts';
import { applyConfiguredVpcs, configuredId, createSubnet, createVpc } from '../domain/ec2/index.ts';
import { runInstances, startInstances, stopInstances, terminateInstances } from '../domain/instance/index.ts';
import { createNetworkInterface } from '../domain/network-interface/index.ts';
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

test('compile() has instances of RunInstances until they end, and keeps the addresses of other interfaces from workloads', () => {
  const scenario = createScenario();
  const vpcId = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } }).id;
  const subnetId = scenario.run(createSubnet, { vpcId, cidrBlock: '10.0.1.0/24' }).id;
  const machine = {
    ...{ imageId: 'ami-00000001', instanceType: 't3.micro', disableApiTermination: false, disableApiStop: false },
    ...{ shutdownBehavior: 'stop' as const, ebsOptimized: false, monitoring: false, sourceDestCheck: true },
    ...{ httpTokens: 'optional' as const, hopLimit: 1 },
  };
  const [made] = scenario.run(runInstances, { minCount: 1, maxCount: 1, subnetId, machine });
  const own = scenario.run(createNetworkInterface, { subnetId });
  const compiled = () => compile(nothingCompiled, scenario.state, undefined, source).snapshot.vpcs.get(vpcId);
  assert.deepEqual(
    compiled()?.instances.map(({ id, address, command, securityGroups }) => [
      id,
      address,
      command,
      securityGroups.length,
    ]),
    [[made?.id, '10.0.1.4', undefined, 1]],
  );
  assert.deepEqual(compiled()?.reserved, own.addresses);
  const stopped = () => compiled()?.instances.map((one) => one.stopped ?? false);
  assert.deepEqual(stopped(), [false]);
  scenario.run(stopInstances, { instanceIds: [made?.id ?? ''] });
  assert.deepEqual(stopped(), [true]);
  scenario.run(startInstances, { instanceIds: [made?.id ?? ''] });
  assert.deepEqual(stopped(), [false]);
  scenario.run(terminateInstances, { instanceIds: [made?.id ?? ''] });
  assert.deepEqual(compiled()?.instances, []);
});
