// Reads one VPC of pergola.yaml with its subnets, security groups and instances.

import { resolve } from 'node:path';
import {
  cidrAddress,
  cidrContains,
  cidrIncludes,
  cidrOverlaps,
  cidrSize,
  formatCidr,
  parseAddress,
  parseCidr,
  type Cidr,
} from '../../base/cidr.ts';
import type { AttachmentInput } from '../../domain/ec2/index.ts';
import type { DescribedVpc } from './configuration.ts';
import { readGroupNames, readSecurityGroup } from './read-security-group.ts';
import type { Place, YamlReader } from './yaml-reader.ts';

/** What a VPC may refer to. */
export interface VpcSurroundings {
  readonly regions: readonly [string, ...string[]];
  /** Account id by id and by alias. */
  readonly accounts: ReadonlyMap<string, string>;
  readonly defaultAccount: string;
  /** What relative directories start from; absolute. */
  readonly folder: string;
}

const namePattern = /^[A-Za-z0-9][\w.-]{0,126}$/;
const nameRule = 'a name: letters, digits, ".", "_" and "-"';

/** Undefined when something is wrong, which the reader then knows. */
export function readVpc(reader: YamlReader, place: Place, around: VpcSurroundings): DescribedVpc | undefined {
  const fields = reader.fields(place, [
    'name',
    'account',
    'region',
    'cidrs',
    'attachment',
    'subnets',
    'securityGroups',
    'instances',
  ]);
  if (fields === undefined) return undefined;
  const name = reader.matching(reader.need(place, fields, 'name'), namePattern, nameRule);
  const region = reader.oneOf(fields.get('region'), around.regions) ?? around.regions[0];
  const ranges = readRanges(reader, reader.need(place, fields, 'cidrs'));
  const subnets = readSubnets(reader, fields.get('subnets'), region, ranges);
  const groupPlaces = reader.list(fields.get('securityGroups'));
  reader.refuseRepeated(groupPlaces, 'name');
  const groupNames = groupPlaces.flatMap((one) => {
    const { name: groupName } = (reader.json(one) ?? {}) as { readonly name?: unknown };
    return typeof groupName === 'string' ? [groupName] : [];
  });
  const securityGroups = groupPlaces.flatMap((one) => readSecurityGroup(reader, one, groupNames) ?? []);
  const account = readAccount(reader, fields.get('account'), around);
  const taken = new Set<string>();
  const reserved = [...ranges, ...subnets].flatMap(reservedAddresses);
  const instancePlaces = reader.list(fields.get('instances'));
  reader.refuseRepeated(instancePlaces, 'name');
  const instances = instancePlaces.flatMap(
    (one) => readInstance(reader, one, { ranges, reserved, groupNames, taken, folder: around.folder, account }) ?? [],
  );
  const attachment = readAttachment(reader, fields.get('attachment'));
  if (name === undefined) return undefined;
  return {
    name,
    account,
    region,
    cidrs: ranges.map(formatCidr),
    ...(attachment === undefined ? {} : { attachment }),
    subnets: subnets.map((subnet) => ({ cidr: formatCidr(subnet), zone: subnet.zone })),
    securityGroups,
    instances,
    place: reader.locate(place),
  };
}

function readAccount(reader: YamlReader, place: Place | undefined, around: VpcSurroundings): string {
  const named = reader.text(place);
  const account = named === undefined ? around.defaultAccount : around.accounts.get(named);
  if (place !== undefined && account === undefined)
    reader.refuse(place, `${named} is neither id nor alias of an account under accounts`);
  return account ?? around.defaultAccount;
}

function readRanges(reader: YamlReader, place: Place | undefined): Cidr[] {
  const ranges: Cidr[] = [];
  for (const one of reader.list(place, 1)) {
    const range = readRange(reader, one);
    if (range === undefined) continue;
    const other = ranges.find((earlier) => cidrOverlaps(earlier, range));
    if (other !== undefined) reader.refuse(one, `${formatCidr(range)} overlaps ${formatCidr(other)}`);
    ranges.push(range);
  }
  return ranges;
}

/** An IPv4 range that EC2 admits (CreateVpc, CreateSubnet: /16 to /28). */
function readRange(reader: YamlReader, place: Place | undefined): Cidr | undefined {
  const text = reader.text(place);
  if (place === undefined || text === undefined) return undefined;
  const range = parseCidr(text);
  if (range?.family !== 4)
    return reader.refuse(place, `${text} is not an IPv4 CIDR like 10.0.0.0/16, with no bits set after its prefix`);
  if (range.prefix < 16 || range.prefix > 28)
    return reader.refuse(place, `${text} is not possible: the prefix is between /16 and /28`);
  return range;
}

function readSubnets(
  reader: YamlReader,
  place: Place | undefined,
  region: string,
  ranges: readonly Cidr[],
): (Cidr & { readonly zone: string })[] {
  const subnets: (Cidr & { readonly zone: string })[] = [];
  for (const one of reader.list(place)) {
    const fields = reader.fields(one, ['cidr', 'zone']);
    const cidr = fields && readRange(reader, reader.need(one, fields, 'cidr'));
    const zone = reader.text(fields?.get('zone')) ?? `${region}a`;
    if (!(zone.startsWith(region) && /^[a-z]$/.test(zone.slice(region.length))))
      reader.refuse(fields?.get('zone') ?? one, `${zone} is not a zone of ${region}, like ${region}a`);
    if (cidr === undefined) continue;
    if (!ranges.some((range) => cidrIncludes(range, cidr)))
      reader.refuse(one, `${formatCidr(cidr)} is not in the VPC (${ranges.map(formatCidr).join(', ')})`);
    const other = subnets.find((earlier) => cidrOverlaps(earlier, cidr));
    if (other !== undefined) reader.refuse(one, `${formatCidr(cidr)} overlaps ${formatCidr(other)}`);
    subnets.push({ ...cidr, zone });
  }
  return subnets;
}

/** EC2 keeps the first four addresses of a range and its last one (VPC User Guide: Subnet CIDR blocks). */
function reservedAddresses(range: Cidr): string[] {
  return [0, 1, 2, 3, Number(cidrSize(range)) - 1].map((index) => cidrAddress(range, index));
}

function readInstance(
  reader: YamlReader,
  place: Place,
  vpc: {
    readonly ranges: readonly Cidr[];
    readonly reserved: readonly string[];
    readonly groupNames: readonly string[];
    /** Addresses of instances before this one. */
    readonly taken: Set<string>;
    readonly folder: string;
    readonly account: string;
  },
): DescribedVpc['instances'][number] | undefined {
  const fields = reader.fields(place, [
    'name',
    'address',
    'securityGroups',
    'command',
    'directory',
    'environment',
    'role',
    'namespace',
  ]);
  if (fields === undefined) return undefined;
  const name = reader.matching(reader.need(place, fields, 'name'), namePattern, nameRule);
  const addressPlace = reader.need(place, fields, 'address');
  const address = reader.text(addressPlace);
  if (addressPlace !== undefined && address !== undefined) {
    if (parseAddress(address)?.family !== 4) reader.refuse(addressPlace, `${address} is not an IPv4 address`);
    else if (!vpc.ranges.some((range) => cidrContains(range, address)))
      reader.refuse(addressPlace, `${address} is not in the VPC (${vpc.ranges.map(formatCidr).join(', ')})`);
    else if (vpc.reserved.includes(address))
      reader.refuse(addressPlace, `${address} is reserved: the first four addresses of a range and its last one are`);
    else if (vpc.taken.has(address)) reader.refuse(addressPlace, `${address} is given to another instance`);
  }
  const commandPlace = fields.get('command');
  const command = reader.list(commandPlace, 1).flatMap((one) => reader.text(one) ?? []);
  const directory = reader.text(fields.get('directory'));
  const environmentPlace = fields.get('environment');
  const environment = Object.fromEntries(
    [...(reader.entries(environmentPlace) ?? [])].map(([key, one]) => [key, reader.text(one) ?? '']),
  );
  const role = readRole(reader, fields.get('role'), vpc.account);
  const securityGroups = readGroupNames(reader, fields.get('securityGroups'), vpc.groupNames);
  const namespacePlace = fields.get('namespace');
  const namespace = readNamespace(reader, namespacePlace);
  if (namespacePlace !== undefined && commandPlace !== undefined)
    reader.refuse(namespacePlace, 'an instance has a namespace or a command: what runs in the namespace is its own');
  if (commandPlace === undefined && [directory, environmentPlace].some((one) => one !== undefined))
    reader.refuse(place, 'directory and environment belong to a command, and there is none');
  if (commandPlace === undefined && namespacePlace === undefined && fields.get('role') !== undefined)
    reader.refuse(place, 'role belongs to a command or a namespace, and there is none');
  if (name === undefined || address === undefined) return undefined;
  vpc.taken.add(address);
  return {
    name,
    address,
    securityGroups,
    ...(commandPlace === undefined ? {} : { command, directory: resolve(vpc.folder, directory ?? '.') }),
    ...(environmentPlace === undefined ? {} : { environment }),
    ...(role === undefined ? {} : { role }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** `{ path: /run/netns/NAME }`. Whether it is there is seen while the server runs: it may come and go. */
function readNamespace(reader: YamlReader, place: Place | undefined): string | undefined {
  const fields = reader.fields(place, ['path']);
  if (place === undefined || fields === undefined) return undefined;
  return reader.matching(
    reader.need(place, fields, 'path'),
    /^\/[^\0]{1,4000}$/,
    'the absolute path of a network namespace, like /run/netns/web',
  );
}

/** Whether there is such a role is known only when the server runs. */
function readRole(reader: YamlReader, place: Place | undefined, account: string): string | undefined {
  const role = reader.matching(
    place,
    /^arn:aws:iam::\d{12}:role\/([!-~]{1,510}\/)?[\w+=,.@-]{1,64}$/,
    'the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME',
  );
  if (place !== undefined && role !== undefined && role.split(':')[4] !== account)
    reader.refuse(place, `${role} is of another account than the VPC (${account})`);
  return role;
}

function readAttachment(reader: YamlReader, place: Place | undefined): AttachmentInput | undefined {
  const fields = reader.fields(place, ['kind', 'path', 'n']);
  if (place === undefined || fields === undefined) return undefined;
  const kind = reader.oneOf(reader.need(place, fields, 'kind'), ['netns', 'loopback', 'remote'] as const);
  if (kind === 'remote') reader.refuse(place, 'remote attachments are not supported yet');
  const path = fields.get('path');
  if (path !== undefined) reader.refuse(path, 'attaching an existing namespace is not supported yet');
  const number = fields.get('n');
  if (number !== undefined && kind !== 'loopback') reader.refuse(number, 'n belongs to a loopback attachment');
  const n = reader.integer(number, 1, 99);
  if (kind === 'loopback') return n === undefined ? { kind } : { kind, n };
  return kind === 'netns' ? { kind } : undefined;
}
