// Prefix lists as they are read: those that AWS manages and every VPC knows (User Guide: Control traffic using security groups), and those of customers.

import { createHash } from 'node:crypto';
import { managedRanges } from '../../base/managed-ranges.ts';
import type { Caller } from '../identifiers.ts';
import { listOf, type RecordList } from '../page.ts';
import { keyOf, type BaseRecord } from '../records/base.ts';
import type { ManagedPrefixList, PrefixListEntry } from '../records/ec2.ts';
import { ec2Refusal, type Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { recordsBy, type State } from '../state.ts';
import { describeDerived, type DescribeInput } from './describe.ts';
import type { FilterTable } from './filter.ts';
import { unknownId } from './resource.ts';

/** A list of ranges. Those of AWS are stored nowhere; their ids follow from their names, the same on every machine. */
export interface PrefixList extends BaseRecord {
  readonly name: string;
  readonly arn: string;
  readonly addressFamily: 'IPv4' | 'IPv6';
  readonly entries: readonly PrefixListEntry[];
  /** Absent: a list of AWS. */
  readonly stored?: ManagedPrefixList;
}

const { services, services6, sources, sources6, resources } = managedRanges;

function listsOfAws({ account, region }: Caller): readonly PrefixList[] {
  const make = (name: string, addressFamily: PrefixList['addressFamily'], cidrs: readonly string[]): PrefixList => {
    const id = `pl-0${createHash('sha256').update(`${region} ${name}`).digest('hex').slice(0, 16)}`;
    const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
    const arn = `arn:${partition}:ec2:${region}:aws:prefix-list/${id}`;
    const entries = cidrs.map((cidr) => ({ cidr }));
    return { account, region, createdAt: 0, lastUpdatedAt: 0, tags: {}, id, name, arn, addressFamily, entries };
  };
  return [
    make(`com.amazonaws.${region}.vpc-lattice`, 'IPv4', [...services, sources, resources]),
    make(`com.amazonaws.${region}.ipv6.vpc-lattice`, 'IPv6', [services6, sources6]),
  ];
}

const unknown = (id: string): Refusal => unknownId('prefixList', id);

/** EC2 API: DescribeManagedPrefixLists and DescribePrefixLists. */
const filters: FilterTable<PrefixList> = {
  'owner-id': ({ stored, account }) => [stored === undefined ? 'AWS' : account],
  'prefix-list-id': ({ id }) => [id],
  'prefix-list-name': ({ name }) => [name],
};

/** The lists of AWS in the caller's region and the caller's own, by id and filter. */
export function describePrefixLists(state: State, caller: Caller, input: DescribeInput): RecordList<PrefixList> {
  const own = recordsBy(state, 'prefixList', 'owned', ownedIndexValue('prefixList', caller));
  const all = [...listsOfAws(caller), ...own.map((stored): PrefixList => ({ ...stored, stored }))];
  return describeDerived(all, { scope: 'prefix lists', table: filters, unknown }, input);
}

/** A range of a list; its id is the range. */
export interface PrefixListRange extends BaseRecord {
  readonly description?: string;
}

/**
 * The ranges of the list with `id`, those of `version` when it is given; refused with `InvalidPrefixListID.NotFound` when there is
 * none, with `InvalidPrefixListVersion.NotFound` for a version that it never had, and of a list of AWS, which has none.
 */
export function listPrefixListEntries(
  state: State,
  caller: Caller,
  { id, version }: { readonly id: string; readonly version?: number },
): RecordList<PrefixListRange> {
  const { stored, entries: present, ...list } = getPrefixList(state, caller, id);
  const entries =
    version === undefined || version === stored?.version
      ? present
      : stored?.earlier.find((one) => one.version === version)?.entries;
  if (entries === undefined)
    throw ec2Refusal('InvalidPrefixListVersion.NotFound', `The prefix list '${id}' has no version ${version}.`);
  const ranges = entries.map(({ cidr, description }): PrefixListRange => ({
    ...{ account: list.account, region: list.region, createdAt: 0, lastUpdatedAt: 0, tags: {}, id: cidr },
    ...(description === undefined ? {} : { description }),
  }));
  return listOf(`entries of ${id} ${version}`, ranges);
}

/** The list with this id or (of AWS) name; refused with `InvalidPrefixListID.NotFound` when there is none. */
export function getPrefixList(state: State, caller: Caller, idOrName: string): PrefixList {
  const aws = listsOfAws(caller).find(({ id, name }) => id === idOrName || name === idOrName);
  if (aws !== undefined) return aws;
  const stored = state.tables.prefixList.get(keyOf(caller.account, caller.region, idOrName));
  if (stored === undefined) throw unknown(idOrName);
  return { ...stored, stored };
}

/** The ranges of the list with `id`, of both families; none when there is no such list. */
export function findPrefixListRanges(state: State, caller: Caller, id: string): readonly string[] {
  const stored = state.tables.prefixList.get(keyOf(caller.account, caller.region, id));
  const list = stored ?? listsOfAws(caller).find((one) => one.id === id);
  return list?.entries.map(({ cidr }) => cidr) ?? [];
}
