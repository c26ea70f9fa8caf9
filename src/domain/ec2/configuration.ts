// The VPCs of pergola.yaml: what the file says becomes records, what it no longer says goes.

import { createHash } from 'node:crypto';
import { cidrContains, cidrIncludes, cidrOverlaps, formatCidr, parseCidr, type Cidr } from '../../base/cidr.ts';
import type { Context, Decided } from '../decision.ts';
import { formatArn, type Caller } from '../identifiers.ts';
import { idOfKey, keyOf, keyOfRecord, type BaseRecord, type Key } from '../records/base.ts';
import type {
  Instance,
  IpProtocol,
  NetworkInterface,
  RulePeer,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Vpc,
} from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { addressIndexValue } from '../state-indexes.ts';
import { applyChanges, put, recordsBy, remove, type Change, type RecordTypes, type State } from '../state.ts';
import { parseEc2Cidr } from './cidr.ts';
import { getPrefixList } from './prefix-list.ts';
import { DEFAULT_GROUP, furnishVpc } from './furnish-vpc.ts';
import { checkGroupUnused, leaveSubnet, leaveVpc } from './leave-configuration.ts';
import { decideAttachment, type AttachmentInput } from './vpc.ts';

/** A rule of a security group as the configuration describes it: as many of EC2's rules as it has peers. */
export interface ConfiguredRule {
  readonly protocol: IpProtocol;
  /** As of `SecurityGroupRule`. */
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidrs: readonly string[];
  /** Names of security groups of the same VPC. */
  readonly groups: readonly string[];
  /** Names or ids of prefix lists. */
  readonly prefixLists?: readonly string[];
  readonly description?: string;
}

/** A VPC as the configuration describes it. Names are unique: of VPCs in account and region, of the rest in their VPC. */
export interface ConfiguredVpc {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly cidrs: readonly string[];
  readonly attachment: AttachmentInput;
  readonly subnets: readonly { readonly cidr: string; readonly zone: string }[];
  readonly securityGroups: readonly {
    readonly name: string;
    readonly description?: string;
    readonly ingress: readonly ConfiguredRule[];
    readonly egress: readonly ConfiguredRule[];
  }[];
  readonly instances: readonly {
    readonly name: string;
    readonly address: string;
    /** Names of security groups of the VPC. */
    readonly securityGroups: readonly string[];
    readonly command?: readonly string[];
    readonly directory?: string;
    readonly environment?: Readonly<Record<string, string>>;
    /** The ARN of a role, which need not be there. */
    readonly role?: string;
    /** The absolute path of an existing network namespace; there is no command then. */
    readonly namespace?: string;
  }[];
}

const configuredKinds = [
  ...(['vpc', 'subnet', 'securityGroup', 'securityGroupRule', 'instance', 'networkInterface', 'vpcPart'] as const),
];
type ConfiguredKind = (typeof configuredKinds)[number];

/**
 * Makes the records of the configured VPCs what `input` says. Ids follow from the names, so they are the same on every
 * start and on every machine. Refused (EC2 codes): ranges and addresses that do not fit, unknown security groups, and the
 * removal of a VPC, subnet or security group that something uses which the API made. Result: how many records changed.
 */
export function applyConfiguredVpcs(
  state: State,
  input: { readonly vpcs: readonly ConfiguredVpc[] },
  context: Context,
): Decided<number> {
  const changes: Change[] = [];
  let head = state;
  const wanted = new Set<Key>();
  const want = <K extends ConfiguredKind>(kind: K, record: RecordTypes[K]): void => {
    const key = keyOfRecord(record);
    if (wanted.has(key)) throw invalid(`The configuration names ${record.id} twice.`);
    wanted.add(key);
    const before = head.tables[kind].get(key) as RecordTypes[K] | undefined;
    const merged = before === undefined ? record : { ...record, createdAt: before.createdAt };
    if (before !== undefined && sameButTime(before, merged)) return;
    const change = put(kind, merged);
    changes.push(change);
    head = applyChanges(head, [change], head.revision);
  };
  for (const configured of input.vpcs) {
    const vpc = configuredVpc(head, configured, context);
    want('vpc', vpc);
    for (const subnet of subnetsOf(head, vpc, configured, context)) want('subnet', subnet);
    for (const group of securityGroupsOf(vpc, configured, context)) want('securityGroup', group);
    for (const rule of rulesOf(state, vpc, configured, context)) want('securityGroupRule', rule);
    for (const instance of instancesOf(vpc, configured, context)) {
      want('instance', instance);
      want('networkInterface', interfaceOf(head, vpc, instance, wanted));
    }
  }
  const leaving: Change[] = [];
  for (const kind of configuredKinds)
    head.tables[kind].forEach((record: RecordTypes[ConfiguredKind], key: Key) => {
      if (record.origin !== 'configuration' || wanted.has(key) || isFurniture(input.vpcs, wanted, record)) return;
      if (kind === 'vpc') leaving.push(...leaveVpc(head, record as Vpc, wanted));
      if (kind === 'subnet') leaving.push(...leaveSubnet(head, record as Subnet, wanted));
      if (kind === 'securityGroup') checkGroupUnused(head, record as SecurityGroup, wanted);
      leaving.push(remove(kind, record));
    });
  const left = applyChanges(head, leaving, head.revision);
  // Also those of an earlier version of the server, which came with nothing.
  const furniture = [...left.tables.vpc.values()].flatMap((vpc) => furnishVpc(left, vpc, context.now));
  changes.push(...leaving, ...furniture);
  return { changes, result: changes.length };
}

/** What came with a VPC that stays, and the configuration does not speak of. */
function isFurniture(
  vpcs: readonly ConfiguredVpc[],
  wanted: ReadonlySet<Key>,
  record: RecordTypes[ConfiguredKind],
): boolean {
  if (!('vpcKey' in record) || record.vpcKey === undefined || !wanted.has(record.vpcKey)) return false;
  if ('type' in record) return true;
  const furnished = idOfKey(record.vpcKey).replace(/^vpc-/, 'sg-');
  if (record.id !== furnished && !('groupId' in record && record.groupId === furnished)) return false;
  const configured = vpcs.find((one) => configuredId('vpc', one, one.name) === idOfKey(record.vpcKey as Key));
  return configured?.securityGroups.every(({ name }) => name !== DEFAULT_GROUP) ?? true;
}

/** The id that the configuration's `kind` `name` (within `scope`) has: `i-0…`, always the same. */
export function configuredId(
  prefix: 'vpc' | 'subnet' | 'sg' | 'sgr' | 'i' | 'eni',
  caller: Caller,
  ...names: readonly string[]
): string {
  const hash = createHash('sha256').update(JSON.stringify([prefix, caller.account, caller.region, ...names]));
  return `${prefix}-0${hash.digest('hex').slice(0, 16)}`;
}

function base(caller: Caller, id: string, name: string | undefined, context: Context) {
  return {
    account: caller.account,
    region: caller.region,
    id,
    createdAt: context.now,
    lastUpdatedAt: context.now,
    tags: name === undefined ? {} : { Name: name },
    origin: 'configuration' as const,
  };
}

/** Of AWS, for customers' lists are made by API and would keep the configuration from being obeyed when they go. */
function listOfAws(state: State, vpc: Vpc, idOrName: string): string {
  const { id, stored } = getPrefixList(state, vpc, idOrName);
  if (stored !== undefined)
    throw invalid(`The prefix list ${id} is a customer's; the configuration can name those of AWS.`);
  return id;
}

function configuredVpc(state: State, configured: ConfiguredVpc, context: Context): Vpc {
  const id = configuredId('vpc', configured, configured.name);
  const before = state.tables.vpc.get(keyOf(configured.account, configured.region, id));
  const cidrs = configured.cidrs.map((text) => parseEc2Cidr(text, 'InvalidVpc.Range'));
  const [first] = cidrs;
  if (first === undefined) throw invalid(`The VPC ${configured.name} has no range.`);
  cidrs.forEach((cidr, i) => {
    const other = cidrs.slice(0, i).find((one) => cidrOverlaps(one, cidr));
    if (other !== undefined) throw invalid(`The VPC ${configured.name} has overlapping ranges.`);
    const sixteen: Cidr = { family: 4, base: (first.base >> 16n) << 16n, prefix: 16 };
    if (configured.attachment.kind === 'loopback' && !cidrIncludes(sixteen, cidr))
      throw invalid(
        `The VPC ${configured.name} is attached as loopback, which carries only ${formatCidr(sixteen)}: ${formatCidr(cidr)} is outside.`,
      );
  });
  return {
    ...base(configured, id, configured.name, context),
    arn: formatArn('ec2', configured, `vpc/${id}`),
    name: configured.name,
    cidrs: cidrs.map(formatCidr),
    attachment: decideAttachment(state, configured.attachment, before),
    enableDnsHostnames: true,
  };
}

function subnetsOf(state: State, vpc: Vpc, configured: ConfiguredVpc, context: Context): Subnet[] {
  const made = recordsBy(state, 'subnet', 'subnetsByVpc', keyOfRecord(vpc)).filter((one) => one.origin === undefined);
  const taken = made.flatMap((one) => parseCidr(one.cidr) ?? []);
  return configured.subnets.map((subnet) => {
    const cidr = parseEc2Cidr(subnet.cidr, 'InvalidSubnet.Range');
    if (!inVpc(vpc, (range) => cidrIncludes(range, cidr)))
      throw ec2Refusal('InvalidSubnet.Range', `The subnet ${subnet.cidr} is not in the VPC ${configured.name}.`);
    if (taken.some((other) => cidrOverlaps(other, cidr)))
      throw ec2Refusal('InvalidSubnet.Conflict', `The subnet ${subnet.cidr} overlaps another of ${configured.name}.`);
    taken.push(cidr);
    const id = configuredId('subnet', vpc, configured.name, formatCidr(cidr));
    return {
      ...base(vpc, id, `${configured.name}-${formatCidr(cidr)}`, context),
      arn: formatArn('ec2', vpc, `subnet/${id}`),
      vpcKey: keyOfRecord(vpc),
      vpcId: vpc.id,
      cidr: formatCidr(cidr),
      zone: subnet.zone,
    };
  });
}

function securityGroupsOf(vpc: Vpc, configured: ConfiguredVpc, context: Context): SecurityGroup[] {
  return configured.securityGroups.map((group) => {
    const id = configuredId('sg', vpc, configured.name, group.name);
    return {
      ...base(vpc, id, group.name, context),
      arn: formatArn('ec2', vpc, `security-group/${id}`),
      name: group.name,
      ...(group.description === undefined ? {} : { description: group.description }),
      vpcKey: keyOfRecord(vpc),
      vpcId: vpc.id,
    };
  });
}

/** What is said twice is one rule, as in EC2. */
function rulesOf(state: State, vpc: Vpc, configured: ConfiguredVpc, context: Context): Iterable<SecurityGroupRule> {
  const rules = new Map<string, SecurityGroupRule>();
  for (const group of configured.securityGroups)
    for (const [isEgress, described] of [...group.ingress.map(inward), ...group.egress.map(outward)]) {
      const { protocol, fromPort, toPort, description } = described;
      for (const peer of peersOf(state, vpc, configured, described)) {
        const what = { isEgress, protocol, fromPort, toPort, peer };
        const id = configuredId('sgr', vpc, configured.name, group.name, JSON.stringify(what));
        rules.set(id, {
          ...base(vpc, id, undefined, context),
          ...what,
          ...(description === undefined ? {} : { description }),
          vpcKey: keyOfRecord(vpc),
          groupId: groupId(vpc, configured, group.name),
        });
      }
    }
  return rules.values();
}

const inward = (rule: ConfiguredRule) => [false, rule] as const;
const outward = (rule: ConfiguredRule) => [true, rule] as const;

function peersOf(state: State, vpc: Vpc, configured: ConfiguredVpc, rule: ConfiguredRule): readonly RulePeer[] {
  const { cidrs, groups, prefixLists = [] } = rule;
  return [
    ...cidrs.map((cidr): RulePeer => ({ kind: 'cidr', cidr })),
    ...groups.map((name): RulePeer => ({ kind: 'group', groupId: groupId(vpc, configured, name) })),
    ...prefixLists.map((list): RulePeer => ({ kind: 'prefixList', prefixListId: listOfAws(state, vpc, list) })),
  ];
}

function instancesOf(vpc: Vpc, configured: ConfiguredVpc, context: Context): Instance[] {
  const addresses = new Set<string>();
  return configured.instances.map(({ securityGroups, ...instance }) => {
    if (!inVpc(vpc, (range) => cidrContains(range, instance.address)))
      throw invalid(`The address ${instance.address} of ${instance.name} is not in the VPC ${configured.name}.`);
    if (addresses.has(instance.address))
      throw invalid(`The address ${instance.address} is given to two instances of the VPC ${configured.name}.`);
    addresses.add(instance.address);
    return {
      ...base(vpc, configuredId('i', vpc, configured.name, instance.name), instance.name, context),
      ...instance,
      vpcKey: keyOfRecord(vpc),
      vpcId: vpc.id,
      securityGroupIds: securityGroups.map((name) => groupId(vpc, configured, name)),
    };
  });
}

/** The interface of an instance. One that a call made may have the address already (`InvalidIPAddress.InUse`). */
function interfaceOf(state: State, vpc: Vpc, instance: Instance, wanted: ReadonlySet<Key>): NetworkInterface {
  const { id, address, name, lastUpdatedAt } = instance;
  const createdAt = state.tables.instance.get(keyOfRecord(instance))?.createdAt ?? instance.createdAt;
  const others = recordsBy(
    state,
    'networkInterface',
    'interfacesByAddress',
    addressIndexValue(instance.vpcKey, address),
  );
  const other = others.find(({ origin }) => origin !== 'configuration');
  if (other !== undefined)
    throw ec2Refusal('InvalidIPAddress.InUse', `The address ${address} of ${name} is that of ${other.id}.`);
  // In a subnet that a call made it would keep that from being deleted.
  const subnet = recordsBy(state, 'subnet', 'subnetsByVpc', instance.vpcKey).find((one) => {
    const cidr = wanted.has(keyOfRecord(one)) ? parseCidr(one.cidr) : undefined;
    return cidr !== undefined && cidrContains(cidr, address);
  });
  return {
    ...{ account: vpc.account, region: vpc.region, createdAt, lastUpdatedAt, tags: {}, origin: 'configuration' },
    id: configuredId('eni', vpc, id),
    ...{ vpcKey: instance.vpcKey, vpcId: vpc.id, ...(subnet === undefined ? {} : { subnetId: subnet.id }) },
    ...{ description: name, addresses: [address], ipv4Prefixes: [], securityGroupIds: instance.securityGroupIds },
    ...{ interfaceType: 'interface', requesterManaged: false, sourceDestCheck: true },
    attachment: {
      ...{ id: configuredId('eni', vpc, id).replace(/^eni-/, 'eni-attach-'), instanceId: id, deviceIndex: 0 },
      ...{ deleteOnTermination: true, attachedAt: createdAt },
    },
  };
}

function groupId(vpc: Vpc, configured: ConfiguredVpc, name: string): string {
  if (!configured.securityGroups.some((group) => group.name === name))
    throw ec2Refusal('InvalidGroup.NotFound', `The VPC ${configured.name} has no security group ${name}.`);
  return configuredId('sg', vpc, configured.name, name);
}

function inVpc(vpc: Vpc, test: (range: Cidr) => boolean): boolean {
  return vpc.cidrs.some((text) => {
    const cidr = parseCidr(text);
    return cidr !== undefined && test(cidr);
  });
}

function sameButTime(a: BaseRecord, b: BaseRecord): boolean {
  const plain = (record: BaseRecord): string =>
    JSON.stringify(Object.entries({ ...record, lastUpdatedAt: 0 }).sort(([x], [y]) => (x < y ? -1 : 1)));
  return plain(a) === plain(b);
}

function invalid(message: string): Error {
  return ec2Refusal('InvalidParameterValue', message);
}
