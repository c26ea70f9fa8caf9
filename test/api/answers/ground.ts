// What answers are asked about beside the resources of VPC Lattice: a VPC with subnets and a security group, and hands on the store.

import { systemRandom } from '../../../src/base/random.ts';
import { applyConfiguredVpcs, configuredId } from '../../../src/domain/ec2/index.ts';
import type { Change, Context } from '../../../src/domain/index.ts';
import { keyOf } from '../../../src/domain/records/index.ts';
import type { RunningApi } from '../running-api.ts';

/** The account of `RunningApi`'s clients. */
export const caller = { account: '111122223333', region: 'us-east-1' } as const;

/** A VPC, 10.0.0.0/16, and what stands in it. */
export interface Ground {
  readonly account: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly securityGroupId: string;
}

const context = (): Context => ({
  ...{ ...caller, operation: 'Test', now: Date.now(), random: systemRandom, quotas: 'none' },
  principalArn: `arn:aws:iam::${caller.account}:root`,
});

/** Makes the VPC as a configuration file does: EC2 has no call yet that makes security groups. */
export async function makeGround({ store }: RunningApi): Promise<Ground> {
  const cidr = '10.0.1.0/24';
  const vpc = {
    ...{ ...caller, name: 'ground', cidrs: ['10.0.0.0/16'], attachment: { kind: 'loopback' } as const },
    subnets: [{ cidr, zone: 'us-east-1a' }],
    securityGroups: [{ name: 'web', ingress: [], egress: [] }],
    instances: [],
  };
  await store.commit(applyConfiguredVpcs, { vpcs: [vpc] }, context());
  return {
    account: caller.account,
    vpcId: configuredId('vpc', caller, 'ground'),
    subnetId: configuredId('subnet', caller, 'ground', cidr),
    securityGroupId: configuredId('sg', caller, 'ground', 'web'),
  };
}

/** Writes records as a decision would. */
export async function writeRecords({ store }: RunningApi, ...changes: readonly Change[]): Promise<void> {
  await store.commit(() => ({ changes, result: null }), null, context());
}

type Failing =
  | 'service'
  | 'targetGroup'
  | 'resourceConfiguration'
  | 'serviceAssociation'
  | 'vpcAssociation'
  | 'resourceAssociation';

/** Lets the record end as a data plane that cannot would. */
export async function fail(api: RunningApi, kind: Failing, id: string): Promise<void> {
  const failure = { failureCode: 'TooBad', failureMessage: 'it did not work' };
  await rewrite(api, kind, id, { ...failure, status: 'CREATE_FAILED' });
}

/** Takes `fail` back. */
export async function mend(api: RunningApi, kind: Failing, id: string): Promise<void> {
  await rewrite(api, kind, id, { failureCode: undefined, failureMessage: undefined, status: 'ACTIVE' });
}

async function rewrite(api: RunningApi, kind: Failing, id: string, changes: object): Promise<void> {
  const key = keyOf(caller.account, caller.region, id);
  const before = api.store.state.value.tables[kind].get(key);
  if (before === undefined) throw new Error(`there is no ${kind} ${id}`);
  const record = JSON.parse(JSON.stringify({ ...before, ...changes })) as never;
  await writeRecords(api, { kind, key, record });
}
