// Customers' prefix lists: create, modify with versions, restore, delete. Those of AWS cannot be changed.

import { formatCidr, parseAddress } from '../../base/cidr.ts';
import type { Context, Decided } from '../decision.ts';
import { getPrefixList } from '../ec2/prefix-list.ts';
import { formatArn, newId } from '../identifiers.ts';
import { keyOfRecord, type Tags } from '../records/base.ts';
import type { ManagedPrefixList, PrefixListEntry } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { put, remove, type State } from '../state.ts';

/** The most entries of a list (VPC User Guide: Quotas). */
const MOST_ENTRIES = 1000;
/** How many earlier versions are kept. */
const MOST_VERSIONS = 100;

export interface CreatePrefixListInput {
  readonly name: string;
  readonly addressFamily: string;
  readonly maxEntries: number;
  readonly entries: readonly PrefixListEntry[];
  readonly tags?: Tags;
}

/** CreateManagedPrefixList. */
export function createPrefixList(
  state: State,
  input: CreatePrefixListInput,
  context: Context,
): Decided<ManagedPrefixList> {
  const { name, addressFamily, maxEntries } = input;
  if (addressFamily !== 'IPv4' && addressFamily !== 'IPv6')
    throw ec2Refusal(
      'InvalidParameterValue',
      `Value (${addressFamily.slice(0, 64)}) for parameter AddressFamily is invalid.`,
    );
  checkName(name);
  const { account, region, now } = context;
  const id = newId('pl', context.random);
  const list: ManagedPrefixList = {
    ...{ account, region, id, createdAt: now, lastUpdatedAt: now, tags: input.tags ?? {} },
    arn: formatArn('ec2', context, `prefix-list/${id}`),
    ...{ name, addressFamily, maxEntries, lastChange: 'create', version: 1, earlier: [] },
    entries: mergeEntries([], input.entries, addressFamily),
  };
  return putList(list);
}

function putList(list: ManagedPrefixList): Decided<ManagedPrefixList> {
  const { maxEntries, entries } = list;
  if (maxEntries < 1 || maxEntries > MOST_ENTRIES)
    throw ec2Refusal(
      'InvalidParameterValue',
      `Value (${maxEntries}) for parameter MaxEntries is invalid. It is between 1 and ${MOST_ENTRIES}.`,
    );
  if (entries.length > maxEntries)
    throw ec2Refusal(
      'PrefixListMaxEntriesExceeded',
      `The list can have ${maxEntries} entries, and it would have ${entries.length}.`,
    );
  return { changes: [put('prefixList', list)], result: list };
}

function checkName(name: string): void {
  if (name === '' || name.length > 255 || name.startsWith('com.amazonaws'))
    throw ec2Refusal('InvalidParameterValue', `Value (${name.slice(0, 255)}) for parameter PrefixListName is invalid.`);
}

/** An entry of the same range takes the place of one that is there. */
function mergeEntries(
  before: readonly PrefixListEntry[],
  added: readonly PrefixListEntry[],
  family: ManagedPrefixList['addressFamily'],
): readonly PrefixListEntry[] {
  const entries = new Map(before.map((entry) => [entry.cidr, entry]));
  const seen = new Set<string>();
  for (const { cidr: text, description } of added) {
    const cidr = readRange(text, family);
    if (seen.has(cidr)) throw ec2Refusal('InvalidParameterValue', `The range ${cidr} is given twice.`);
    seen.add(cidr);
    if (description !== undefined && description.length > 255)
      throw ec2Refusal('InvalidParameterValue', 'The description of an entry has at most 255 characters.');
    entries.set(cidr, { cidr, ...(description === undefined || description === '' ? {} : { description }) });
  }
  return [...entries.values()];
}

function readRange(text: string, family: ManagedPrefixList['addressFamily']): string {
  const [address = '', prefix = ''] = text.split('/');
  const parsed = parseAddress(address);
  const bits = family === 'IPv4' ? 32 : 128;
  if (
    parsed === undefined ||
    (parsed.family === 4) !== (bits === 32) ||
    !/^\d{1,3}$/.test(prefix) ||
    Number(prefix) > bits
  )
    throw ec2Refusal('InvalidParameterValue', `The range ${text.slice(0, 64)} is no CIDR block of ${family}.`);
  const host = BigInt(bits - Number(prefix));
  return formatCidr({ family: parsed.family, base: (parsed.value >> host) << host, prefix: Number(prefix) });
}

/** The list, to change it; `OperationNotPermitted` for one of AWS. */
function getOwn(state: State, context: Context, id: string): ManagedPrefixList {
  const { stored } = getPrefixList(state, context, id);
  if (stored === undefined)
    throw ec2Refusal('OperationNotPermitted', `The prefix list '${id}' is managed by AWS and cannot be changed.`);
  return stored;
}

export interface ModifyPrefixListInput {
  readonly prefixListId: string;
  /** Required where entries change. */
  readonly currentVersion?: number;
  readonly name?: string;
  readonly maxEntries?: number;
  readonly added: readonly PrefixListEntry[];
  /** Ranges. */
  readonly removed: readonly string[];
}

/** ModifyManagedPrefixList: entries change with a new version; `PrefixListVersionMismatch` when the caller knows another one. */
export function modifyPrefixList(
  state: State,
  input: ModifyPrefixListInput,
  context: Context,
): Decided<ManagedPrefixList> {
  const list = getOwn(state, context, input.prefixListId);
  const { name = list.name, maxEntries = list.maxEntries, added, removed, currentVersion } = input;
  checkName(name);
  const changesEntries = added.length + removed.length > 0;
  if (changesEntries && input.maxEntries !== undefined)
    throw ec2Refusal('InvalidParameterCombination', 'MaxEntries and entries cannot be changed in the same request.');
  if (changesEntries && currentVersion === undefined)
    throw ec2Refusal('MissingParameter', 'The request must contain the parameter CurrentVersion');
  if (currentVersion !== undefined && currentVersion !== list.version) throw otherVersion(list);
  const gone = new Set(removed.map((text) => readRange(text, list.addressFamily)));
  for (const cidr of gone)
    if (list.entries.every((entry) => entry.cidr !== cidr))
      throw ec2Refusal('InvalidParameterValue', `The prefix list '${list.id}' has no entry ${cidr}.`);
  const kept = list.entries.filter(({ cidr }) => !gone.has(cidr));
  const entries = mergeEntries(kept, added, list.addressFamily);
  const changed = { ...list, name, maxEntries, lastChange: 'modify' as const, lastUpdatedAt: context.now };
  return putList(changesEntries ? withEntries(changed, entries) : changed);
}

function otherVersion(list: ManagedPrefixList) {
  return ec2Refusal(
    'PrefixListVersionMismatch',
    `The prefix list has the incorrect version number: it is ${list.version}.`,
  );
}

function withEntries(list: ManagedPrefixList, entries: readonly PrefixListEntry[]): ManagedPrefixList {
  const earlier = [...list.earlier, { version: list.version, entries: list.entries }].slice(-MOST_VERSIONS);
  return { ...list, entries, version: list.version + 1, earlier };
}

/** RestoreManagedPrefixListVersion: the entries of an earlier version become those of a new one. */
export function restorePrefixList(
  state: State,
  input: { readonly prefixListId: string; readonly previousVersion: number; readonly currentVersion: number },
  context: Context,
): Decided<ManagedPrefixList> {
  const list = getOwn(state, context, input.prefixListId);
  if (input.currentVersion !== list.version) throw otherVersion(list);
  const entries = list.earlier.find(({ version }) => version === input.previousVersion)?.entries;
  if (entries === undefined)
    throw ec2Refusal(
      'InvalidPrefixListVersion.NotFound',
      `The prefix list '${list.id}' has no version ${input.previousVersion}.`,
    );
  return putList({ ...withEntries(list, entries), lastChange: 'restore', lastUpdatedAt: context.now });
}

/** DeleteManagedPrefixList: `DependencyViolation` while a rule or a route has it. Result: what is gone. */
export function deletePrefixList(
  state: State,
  { prefixListId }: { readonly prefixListId: string },
  context: Context,
): Decided<ManagedPrefixList> {
  const list = getOwn(state, context, prefixListId);
  if (state.indexes.ec2Users.has(keyOfRecord(list)))
    throw ec2Refusal('DependencyViolation', `The prefix list '${list.id}' has dependencies and cannot be deleted.`);
  return { changes: [remove('prefixList', list)], result: list };
}
