// The default VPC: none by itself; CreateDefaultVpc makes one as AWS lays it out.

import type { Context, Decided } from '../decision.ts';
import { formatArn, newId, type Caller } from '../identifiers.ts';
import { keyOfRecord } from '../records/base.ts';
import type { Subnet, Vpc } from '../records/ec2.ts';
import type { InternetGateway } from '../records/vpc-part.ts';
import { ec2Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { put, recordsBy, type Change, type State } from '../state.ts';
import { createVpc, type AttachmentInput } from './vpc.ts';

/** The caller's default VPC. */
export function findDefaultVpc(state: State, caller: Caller): Vpc | undefined {
  return recordsBy(state, 'vpc', 'owned', ownedIndexValue('vpc', caller)).find(({ isDefault }) => isDefault === true);
}

/** The subnet of the default VPC in `zone` (a name), or its first one. */
export function findDefaultSubnet(state: State, caller: Caller, zone?: string): Subnet | undefined {
  const vpc = findDefaultVpc(state, caller);
  const subnets = vpc === undefined ? [] : recordsBy(state, 'subnet', 'subnetsByVpc', keyOfRecord(vpc));
  return subnets.find((one) => one.isDefault === true && (zone === undefined || one.zone === zone));
}

/**
 * CreateDefaultVpc: 172.31.0.0/16 with a /20 in each of three zones, an internet gateway and a route to it (VPC User Guide: Default VPCs);
 * `DefaultVpcAlreadyExists`.
 */
export function createDefaultVpc(
  state: State,
  { attachment }: { readonly attachment: AttachmentInput },
  context: Context,
): Decided<Vpc> {
  if (findDefaultVpc(state, context) !== undefined)
    throw ec2Refusal('DefaultVpcAlreadyExists', 'A default VPC already exists for this account in this region.');
  const { account, region, now } = context;
  const made = createVpc(state, { cidrBlock: '172.31.0.0/16', attachment }, context);
  const vpc: Vpc = { ...made.result, isDefault: true, enableDnsHostnames: true };
  const own = { account, region, createdAt: now, lastUpdatedAt: now, tags: {} };
  const place = { vpcKey: keyOfRecord(vpc), vpcId: vpc.id };
  const subnets = ['a', 'b', 'c'].map((letter, index): Change => {
    const id = newId('subnet', context.random);
    const subnet: Subnet = {
      ...{ ...own, id, arn: formatArn('ec2', context, `subnet/${id}`), ...place },
      ...{ cidr: `172.31.${index * 16}.0/20`, zone: `${region}${letter}`, isDefault: true },
      attributes: { mapPublicIpOnLaunch: true },
    };
    return put('subnet', subnet);
  });
  const gateway: InternetGateway = { ...own, id: newId('igw', context.random), type: 'internetGateway', ...place };
  const changes = made.changes.map((change): Change => {
    if (change.kind === 'vpc') return put('vpc', vpc);
    if (change.kind !== 'vpcPart' || change.record?.type !== 'routeTable') return change;
    const route = { destination: '0.0.0.0/0', target: { kind: 'gateway' as const, id: gateway.id } };
    return put('vpcPart', { ...change.record, routes: [route] });
  });
  return { changes: [...changes, ...subnets, put('vpcPart', gateway)], result: vpc };
}
