// What of VPCs and subnets changes after they are made: ranges and attributes.

import { cidrIncludes, cidrOverlaps, formatCidr, parseCidr, type Cidr } from '../../base/cidr.ts';
import type { Context, Decided } from '../decision.ts';
import { keyOfRecord } from '../records/base.ts';
import type { Subnet, SubnetAttributes, Vpc } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { put, recordsBy, type State } from '../state.ts';
import { parseEc2Cidr, provideIpv6 } from './cidr.ts';
import { cidrAssociationId, subnetIpv6Id } from './read.ts';
import { checkIpv6, getSubnet } from './subnet.ts';
import { getVpc } from './vpc.ts';

/** The most ranges of each family (VPC User Guide: Quotas). */
const MOST_RANGES = 5;

function getOwnVpc(state: State, context: Context, id: string): Vpc {
  const vpc = getVpc(state, context, id);
  if (vpc.origin === 'configuration')
    throw ec2Refusal('OperationNotPermitted', `The vpc '${vpc.id}' is made by the configuration. Change it there.`);
  return vpc;
}

/** A VPC, and the range of it that a call is about. */
export interface VpcRange {
  readonly vpc: Vpc;
  readonly cidr: string;
}

/** AssociateVpcCidrBlock: a further range, `ipv6`: one that is chosen here. Loopback carries only the /16 of the first one. */
export function associateVpcCidr(
  state: State,
  input: { readonly vpcId: string } & ({ readonly cidrBlock: string } | { readonly ipv6: true }),
  context: Context,
): Decided<VpcRange> {
  const vpc = getOwnVpc(state, context, input.vpcId);
  const isFull = 'ipv6' in input ? (vpc.ipv6Cidrs ?? []).length >= MOST_RANGES : vpc.cidrs.length >= MOST_RANGES;
  if (isFull)
    throw ec2Refusal(
      'CidrLimitExceeded',
      `This network '${vpc.id}' has met its maximum number of allowed CIDRs: ${MOST_RANGES}`,
    );
  if ('ipv6' in input) {
    const cidr = provideIpv6(vpc.id, vpc.ipv6Cidrs ?? []);
    const changed = { ...vpc, ipv6Cidrs: [...(vpc.ipv6Cidrs ?? []), cidr], lastUpdatedAt: context.now };
    return { changes: [put('vpc', changed)], result: { vpc: changed, cidr } };
  }
  const range = parseEc2Cidr(input.cidrBlock, 'InvalidVpc.Range');
  const ranges = vpc.cidrs.flatMap((text) => parseCidr(text) ?? []);
  if (ranges.some((other) => cidrOverlaps(other, range)))
    throw ec2Refusal('InvalidVpc.Range', `The CIDR '${formatCidr(range)}' conflicts with another CIDR of the VPC.`);
  const [first] = ranges;
  if (vpc.attachment.kind === 'loopback' && first !== undefined) {
    const carried: Cidr = { family: 4, base: (first.base >> 16n) << 16n, prefix: 16 };
    if (!cidrIncludes(carried, range))
      throw ec2Refusal(
        'InvalidVpc.Range',
        `The VPC is attached as loopback, which carries only ${formatCidr(carried)}: ${formatCidr(range)} is outside.`,
      );
  }
  const cidr = formatCidr(range);
  const changed = { ...vpc, cidrs: [...vpc.cidrs, cidr], lastUpdatedAt: context.now };
  return { changes: [put('vpc', changed)], result: { vpc: changed, cidr } };
}

/** DisassociateVpcCidrBlock: not the first range, and none that a subnet or an interface is in. Result: VPC and range as they were. */
export function disassociateVpcCidr(
  state: State,
  { associationId }: { readonly associationId: string },
  context: Context,
): Decided<VpcRange> {
  const vpcs = recordsBy(state, 'vpc', 'owned', ownedIndexValue('vpc', context));
  for (const found of vpcs)
    for (const cidr of [...found.cidrs, ...(found.ipv6Cidrs ?? [])]) {
      if (cidrAssociationId(found, cidr) !== associationId) continue;
      const vpc = getOwnVpc(state, context, found.id);
      if (cidr === vpc.cidrs[0])
        throw ec2Refusal(
          'OperationNotPermitted',
          `The vpc CIDR block with association ID ${associationId} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`,
        );
      if (isUsed(state, vpc, cidr))
        throw ec2Refusal(
          'InvalidCidrBlock.InUse',
          `The vpc CIDR block with association ID ${associationId} may not be disassociated: something is in it.`,
        );
      const { ipv6Cidrs = [], ...rest } = vpc;
      const left = ipv6Cidrs.filter((one) => one !== cidr);
      const cidrs = vpc.cidrs.filter((one) => one !== cidr);
      const changed: Vpc = {
        ...rest,
        cidrs,
        ...(left.length === 0 ? {} : { ipv6Cidrs: left }),
        lastUpdatedAt: context.now,
      };
      return { changes: [put('vpc', changed)], result: { vpc, cidr } };
    }
  throw ec2Refusal(
    'InvalidVpcCidrBlockAssociationID.NotFound',
    `The vpc CIDR block association ID '${associationId.slice(0, 255)}' does not exist`,
  );
}

function isUsed(state: State, vpc: Vpc, cidr: string): boolean {
  const range = parseCidr(cidr);
  return recordsBy(state, 'subnet', 'subnetsByVpc', keyOfRecord(vpc)).some((subnet) =>
    [subnet.cidr, subnet.ipv6Cidr ?? ''].some((text) => {
      const inner = parseCidr(text);
      return range !== undefined && inner !== undefined && cidrIncludes(range, inner);
    }),
  );
}

type VpcAttribute = 'enableDnsSupport' | 'enableDnsHostnames' | 'enableNetworkAddressUsageMetrics';

/** ModifyVpcAttribute. */
export function modifyVpcAttribute(
  state: State,
  input: { readonly vpcId: string; readonly attributes: Readonly<Partial<Record<VpcAttribute, boolean>>> },
  context: Context,
): Decided<null> {
  const vpc = getOwnVpc(state, context, input.vpcId);
  return { changes: [put('vpc', { ...vpc, ...input.attributes, lastUpdatedAt: context.now })], result: null };
}

function getOwnSubnet(state: State, context: Context, id: string): Subnet {
  const subnet = getSubnet(state, context, id);
  if (subnet.origin === 'configuration')
    throw ec2Refusal(
      'OperationNotPermitted',
      `The subnet '${subnet.id}' is made by the configuration. Change it there.`,
    );
  return subnet;
}

/** ModifySubnetAttribute. */
export function modifySubnetAttribute(
  state: State,
  input: { readonly subnetId: string; readonly attributes: SubnetAttributes },
  context: Context,
): Decided<null> {
  const subnet = getOwnSubnet(state, context, input.subnetId);
  const attributes = { ...subnet.attributes, ...input.attributes };
  return { changes: [put('subnet', { ...subnet, attributes, lastUpdatedAt: context.now })], result: null };
}

/** AssociateSubnetCidrBlock: a range of IPv6 for a subnet that has none. */
export function associateSubnetCidr(
  state: State,
  input: { readonly subnetId: string; readonly ipv6CidrBlock: string },
  context: Context,
): Decided<Subnet> {
  const subnet = getOwnSubnet(state, context, input.subnetId);
  if (subnet.ipv6Cidr !== undefined)
    throw ec2Refusal('InvalidSubnet.Conflict', `The subnet '${subnet.id}' has the range ${subnet.ipv6Cidr}.`);
  const ipv6Cidr = checkIpv6(state, getVpc(state, context, subnet.vpcId), input.ipv6CidrBlock);
  const changed = { ...subnet, ipv6Cidr, lastUpdatedAt: context.now };
  return { changes: [put('subnet', changed)], result: changed };
}

/** DisassociateSubnetCidrBlock. Result: the subnet as it was. */
export function disassociateSubnetCidr(
  state: State,
  { associationId }: { readonly associationId: string },
  context: Context,
): Decided<Subnet> {
  const found = recordsBy(state, 'subnet', 'owned', ownedIndexValue('subnet', context)).find(
    (subnet) => subnet.ipv6Cidr !== undefined && subnetIpv6Id(subnet) === associationId,
  );
  if (found === undefined)
    throw ec2Refusal(
      'InvalidSubnetCidrBlockAssociationID.NotFound',
      `The subnet CIDR block association ID '${associationId.slice(0, 255)}' does not exist`,
    );
  const { ipv6Cidr: _gone, ...rest } = getOwnSubnet(state, context, found.id);
  return { changes: [put('subnet', { ...rest, lastUpdatedAt: context.now })], result: found };
}
