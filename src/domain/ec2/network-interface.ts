// How a network interface is made and changed, by whatever makes one: a call, an instance, a NAT gateway, an endpoint.

import { newId } from '../identifiers.ts';
import type { Context } from '../decision.ts';
import { keyOf, keyOfRecord, type Tags } from '../records/base.ts';
import type { NetworkInterface, Subnet } from '../records/ec2.ts';
import type { ElasticIp } from '../records/vpc-part.ts';
import { ec2Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { put, recordsBy, type Change, type State } from '../state.ts';
import { checkFreeAddress, findFreeAddress } from './address.ts';
import { findDefaultGroup } from './furnish-vpc.ts';

/** The most groups of one interface (VPC User Guide: Quotas; 5, and up to 16 on request). */
const MOST_GROUPS = 16;

/** The most addresses of one interface (EC2 User Guide: IP addresses per network interface; of the largest types). */
const MOST_ADDRESSES = 50;

/** Refuses more addresses than an interface can have (`PrivateIpAddressLimitExceeded`). */
export function checkAddressCount(count: number): void {
  if (count <= MOST_ADDRESSES) return;
  throw ec2Refusal(
    'PrivateIpAddressLimitExceeded',
    `Number of private addresses will exceed limit: an interface has at most ${MOST_ADDRESSES}.`,
  );
}

/** What an interface shall be. */
export interface NewInterface {
  readonly subnet: Subnet;
  readonly description?: string;
  /** Absent: the lowest free one of the subnet. */
  readonly addresses?: readonly string[];
  /** Addresses that are chosen here come behind this one: whoever makes many need not look at all of them again. */
  readonly after?: string;
  /** How many addresses beside the primary one are chosen here. */
  readonly secondaryCount?: number;
  /** Absent: the default group of the VPC. */
  readonly securityGroupIds?: readonly string[];
  readonly interfaceType?: NetworkInterface['interfaceType'];
  readonly requesterManaged?: boolean;
  readonly sourceDestCheck?: boolean;
  readonly attachment?: NetworkInterface['attachment'];
  readonly tags?: Tags;
}

/** An interface in a subnet. Refused when an address or a group is not possible. */
export function makeInterface(state: State, wanted: NewInterface, context: Context): NetworkInterface {
  const { subnet, description = '', addresses = [], secondaryCount = 0, securityGroupIds } = wanted;
  const taken = new Set<string>();
  for (const address of addresses) {
    if (taken.has(address)) throw ec2Refusal('InvalidParameterValue', `Address ${address} is given twice.`);
    checkFreeAddress(state, subnet, address);
    taken.add(address);
  }
  const count = Math.max(1, addresses.length) + secondaryCount;
  checkAddressCount(count);
  while (taken.size < count) taken.add(findFreeAddress(state, subnet, taken, wanted.after));
  const groups = securityGroupIds ?? defaultGroupIds(state, subnet);
  checkInterfaceGroups(state, subnet, groups);
  return {
    account: subnet.account,
    region: subnet.region,
    id: newId('eni', context.random),
    createdAt: context.now,
    lastUpdatedAt: context.now,
    tags: wanted.tags ?? {},
    vpcKey: subnet.vpcKey,
    vpcId: subnet.vpcId,
    subnetId: subnet.id,
    description,
    addresses: [...taken],
    ipv4Prefixes: [],
    securityGroupIds: groups,
    interfaceType: wanted.interfaceType ?? 'interface',
    requesterManaged: wanted.requesterManaged ?? false,
    sourceDestCheck: wanted.sourceDestCheck ?? true,
    ...(wanted.attachment === undefined ? {} : { attachment: wanted.attachment }),
  };
}

/** The ids of the groups that something in the VPC has when it names none. */
export function defaultGroupIds(state: State, { vpcKey }: Pick<Subnet, 'vpcKey'>): readonly string[] {
  const group = findDefaultGroup(state, vpcKey);
  return group === undefined ? [] : [group.id];
}

/** Refuses groups that are not there (`InvalidGroup.NotFound`) or not of the VPC (`InvalidParameterValue`), none, and too many. */
export function checkInterfaceGroups(
  state: State,
  { account, region, vpcKey }: Pick<Subnet, 'account' | 'region' | 'vpcKey'>,
  ids: readonly string[],
): void {
  if (ids.length === 0) throw ec2Refusal('MissingParameter', 'An interface has at least one security group.');
  if (ids.length > MOST_GROUPS)
    throw ec2Refusal(
      'SecurityGroupsPerInterfaceLimitExceeded',
      `The maximum number of security groups per interface has been reached: ${MOST_GROUPS}.`,
    );
  for (const id of ids) {
    const group = state.tables.securityGroup.get(keyOf(account, region, id));
    if (group === undefined)
      throw ec2Refusal('InvalidGroup.NotFound', `The security group '${id.slice(0, 255)}' does not exist`);
    if (group.vpcKey !== vpcKey)
      throw ec2Refusal(
        'InvalidParameterValue',
        `The security group '${id}' and the interface are in different networks.`,
      );
  }
}

/** The changes by which an interface gets these groups, and the instance that it is the first one of. */
export function putGroups(
  state: State,
  one: NetworkInterface,
  securityGroupIds: readonly string[],
  now: number,
): readonly Change[] {
  checkInterfaceGroups(state, one, securityGroupIds);
  const { attachment } = one;
  const instance =
    attachment?.instanceId === undefined || attachment.deviceIndex > 0
      ? undefined
      : state.tables.instance.get(keyOf(one.account, one.region, attachment.instanceId));
  return [
    put('networkInterface', { ...one, securityGroupIds, lastUpdatedAt: now }),
    ...(instance === undefined ? [] : [put('instance', { ...instance, securityGroupIds, lastUpdatedAt: now })]),
  ];
}

/** The elastic IPs that an interface has. */
export function findElasticIps(state: State, one: NetworkInterface): readonly ElasticIp[] {
  return recordsBy(state, 'vpcPart', 'owned', ownedIndexValue('elasticIp', one)).flatMap((part) =>
    part.type === 'elasticIp' && part.association?.networkInterfaceId === one.id ? [part] : [],
  );
}

/** The changes by which an interface goes; elastic IPs lose their association. */
export function removeInterface(state: State, one: NetworkInterface): readonly Change[] {
  return [
    { kind: 'networkInterface', key: keyOfRecord(one), record: undefined },
    ...findElasticIps(state, one).map(({ association: _gone, ...rest }) => put('vpcPart', rest)),
  ];
}
