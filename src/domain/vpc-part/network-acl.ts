// Network ACLs: entries, and which subnets they stand before. Stored and shown; not enforced.

import { createHash } from 'node:crypto';
import { formatCidr, parseCidr } from '../../base/cidr.ts';
import type { Context, Decided } from '../decision.ts';
import { findThing, getThing } from '../ec2/resource.ts';
import type { Caller } from '../identifiers.ts';
import type { NetworkAcl, NetworkAclEntry } from '../records/vpc-part.ts';
import { ec2Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { put, recordsBy, remove, type State } from '../state.ts';
import { inUse, keep, keepChanged, partBase, vpcOf, type Tagged } from './part.ts';

/** The highest number that an entry of a call can have; the last entry of all, which denies, is 32767. */
const MOST_RULES = 32_766;

/** CreateNetworkAcl: one without entries denies everything. */
export function createNetworkAcl(
  state: State,
  input: Tagged & { readonly vpcId: string },
  context: Context,
): Decided<NetworkAcl> {
  const vpc = getThing(state, context, 'vpc', input.vpcId);
  return keep({
    ...partBase('networkAcl', input, context),
    ...{ ...vpcOf(vpc), isDefault: false, entries: [], subnetIds: [] },
  });
}

/** DeleteNetworkAcl: not the default one, and none that a subnet has. */
export function deleteNetworkAcl(
  state: State,
  { networkAclId }: { readonly networkAclId: string },
  context: Context,
): Decided<null> {
  const acl = getThing(state, context, 'networkAcl', networkAclId);
  if (acl.isDefault) throw ec2Refusal('InvalidParameterValue', `cannot delete default network ACL ${acl.id}`);
  if (acl.subnetIds.length > 0) throw inUse(acl, 'networkAcl');
  return { changes: [remove('vpcPart', acl)], result: null };
}

/** An entry of a call. */
export interface AclEntryInput {
  readonly networkAclId: string;
  readonly entry: NetworkAclEntry;
}

const sameEntry =
  (a: Pick<NetworkAclEntry, 'ruleNumber' | 'egress'>) =>
  (b: NetworkAclEntry): boolean =>
    a.ruleNumber === b.ruleNumber && a.egress === b.egress;

/** CreateNetworkAclEntry: `NetworkAclEntryAlreadyExists` for a number that its direction has. */
export function createNetworkAclEntry(state: State, input: AclEntryInput, context: Context): Decided<null> {
  const acl = getThing(state, context, 'networkAcl', input.networkAclId);
  const entry = checkEntry(input.entry);
  if (acl.entries.some(sameEntry(entry)))
    throw ec2Refusal(
      'NetworkAclEntryAlreadyExists',
      `The network acl entry identified by ${entry.ruleNumber} already exists.`,
    );
  return keepChanged({ ...acl, entries: [...acl.entries, entry] }, context);
}

/** ReplaceNetworkAclEntry: `InvalidNetworkAclEntry.NotFound`. */
export function replaceNetworkAclEntry(state: State, input: AclEntryInput, context: Context): Decided<null> {
  const acl = getThing(state, context, 'networkAcl', input.networkAclId);
  const entry = checkEntry(input.entry);
  if (!acl.entries.some(sameEntry(entry))) throw unknownEntry(entry.ruleNumber);
  const entries = acl.entries.map((one) => (sameEntry(entry)(one) ? entry : one));
  return keepChanged({ ...acl, entries }, context);
}

/** DeleteNetworkAclEntry: `InvalidNetworkAclEntry.NotFound`. */
export function deleteNetworkAclEntry(
  state: State,
  input: { readonly networkAclId: string; readonly ruleNumber: number; readonly egress: boolean },
  context: Context,
): Decided<null> {
  const acl = getThing(state, context, 'networkAcl', input.networkAclId);
  const entries = acl.entries.filter((one) => !sameEntry(input)(one));
  if (entries.length === acl.entries.length) throw unknownEntry(input.ruleNumber);
  return keepChanged({ ...acl, entries }, context);
}

function unknownEntry(ruleNumber: number) {
  return ec2Refusal(
    'InvalidNetworkAclEntry.NotFound',
    `The network acl entry identified by ${ruleNumber} does not exist.`,
  );
}

function checkEntry(entry: NetworkAclEntry): NetworkAclEntry {
  const { ruleNumber, cidr, protocol, ports } = entry;
  if (ruleNumber < 1 || ruleNumber > MOST_RULES)
    throw ec2Refusal(
      'InvalidParameterValue',
      `Value (${ruleNumber}) for parameter ruleNumber is invalid. Expecting 1 to ${MOST_RULES}.`,
    );
  const range = parseCidr(cidr);
  if (range === undefined)
    throw ec2Refusal('InvalidParameterValue', `Value (${cidr.slice(0, 64)}) for parameter cidrBlock is invalid.`);
  if ((protocol === '6' || protocol === '17') && ports === undefined)
    throw ec2Refusal('MissingParameter', 'The request must contain the parameter portRange');
  if (ports !== undefined && (ports.from < 0 || ports.to > 65_535 || ports.from > ports.to))
    throw ec2Refusal('InvalidParameterValue', `The ports ${ports.from}-${ports.to} are no range of ports.`);
  return { ...entry, cidr: formatCidr(range) };
}

/** The id of the association of a subnet with an ACL, which follows from both. */
export function aclAssociationIdOf(subnetId: string, aclId: string): string {
  return `aclassoc-0${createHash('sha256').update(`${subnetId} ${aclId}`).digest('hex').slice(0, 16)}`;
}

/** The subnets that an ACL stands before: of the default one those that no other names. */
export function listSubnetsOfAcl(state: State, acl: NetworkAcl): readonly string[] {
  if (!acl.isDefault) return acl.subnetIds;
  const named = new Set(
    recordsBy(state, 'vpcPart', 'partsByVpc', acl.vpcKey).flatMap((part) =>
      part.type === 'networkAcl' ? part.subnetIds : [],
    ),
  );
  return recordsBy(state, 'subnet', 'subnetsByVpc', acl.vpcKey).flatMap(({ id }) => (named.has(id) ? [] : [id]));
}

function aclsOf(state: State, caller: Caller): readonly NetworkAcl[] {
  return recordsBy(state, 'vpcPart', 'owned', ownedIndexValue('networkAcl', caller)).filter(
    (part) => part.type === 'networkAcl',
  );
}

/** ReplaceNetworkAclAssociation: the subnet of the association gets another ACL of its VPC. Result: the new association's id. */
export function replaceNetworkAclAssociation(
  state: State,
  input: { readonly associationId: string; readonly networkAclId: string },
  context: Context,
): Decided<string> {
  const after = getThing(state, context, 'networkAcl', input.networkAclId);
  for (const before of aclsOf(state, context)) {
    const subnetId = listSubnetsOfAcl(state, before).find(
      (id) => aclAssociationIdOf(id, before.id) === input.associationId,
    );
    if (subnetId === undefined) continue;
    const subnet = findThing(state, context, 'subnet', subnetId);
    if (subnet?.vpcKey !== after.vpcKey)
      throw ec2Refusal(
        'InvalidParameterValue',
        `Network ACL ${after.id} and subnet ${subnetId} belong to different networks`,
      );
    const result = aclAssociationIdOf(subnetId, after.id);
    if (before.id === after.id) return { changes: [], result };
    const without = { ...before, subnetIds: before.subnetIds.filter((id) => id !== subnetId) };
    const withIt = after.isDefault ? after : { ...after, subnetIds: [...after.subnetIds, subnetId] };
    return { changes: [put('vpcPart', without), put('vpcPart', withIt)], result };
  }
  throw ec2Refusal(
    'InvalidAssociationID.NotFound',
    `The association ID '${input.associationId.slice(0, 255)}' does not exist`,
  );
}
