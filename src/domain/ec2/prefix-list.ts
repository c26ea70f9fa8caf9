// The prefix lists that AWS manages and every VPC knows: the addresses of VPC Lattice (User Guide: Control traffic using security groups).

import { createHash } from 'node:crypto';
import { managedRanges } from '../../base/managed-ranges.ts';
import type { Caller } from '../identifiers.ts';
import { listOf, type RecordList } from '../page.ts';
import type { BaseRecord } from '../records/base.ts';
import { describeDerived, type DescribeInput } from './describe.ts';
import type { FilterTable } from './filter.ts';

/** A list of ranges. Stored nowhere; its id follows from its name, the same on every machine. */
export interface PrefixList extends BaseRecord {
  readonly name: string;
  readonly arn: string;
  readonly addressFamily: 'IPv4' | 'IPv6';
  readonly cidrs: readonly string[];
}

/** A range of a list; its id is the range. */
export type PrefixListEntry = BaseRecord;

const { services, services6, sources, sources6, resources } = managedRanges;

function listsOf({ account, region }: Caller): readonly PrefixList[] {
  const make = (name: string, addressFamily: PrefixList['addressFamily'], cidrs: readonly string[]): PrefixList => {
    const id = `pl-0${createHash('sha256').update(`${region} ${name}`).digest('hex').slice(0, 16)}`;
    const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
    const arn = `arn:${partition}:ec2:${region}:aws:prefix-list/${id}`;
    return { account, region, createdAt: 0, lastUpdatedAt: 0, tags: {}, id, name, arn, addressFamily, cidrs };
  };
  return [
    make(`com.amazonaws.${region}.vpc-lattice`, 'IPv4', [...services, sources, resources]),
    make(`com.amazonaws.${region}.ipv6.vpc-lattice`, 'IPv6', [services6, sources6]),
  ];
}

const unknown = {
  code: 'InvalidPrefixListID.NotFound',
  message: (id: string) => `The prefix list ID '${id}' does not exist`,
};

/** EC2 API: DescribeManagedPrefixLists and DescribePrefixLists. */
const filters: FilterTable<PrefixList> = {
  'owner-id': () => ['AWS'],
  'prefix-list-id': ({ id }) => [id],
  'prefix-list-name': ({ name }) => [name],
};

/** The lists of the caller's region, by id and filter. */
export function describePrefixLists(caller: Caller, input: DescribeInput): RecordList<PrefixList> {
  return describeDerived(listsOf(caller), { scope: 'prefix lists', table: filters, unknown }, input);
}

/** The ranges of the list with `id`; refused with `InvalidPrefixListID.NotFound` when there is none. */
export function prefixListEntries(caller: Caller, id: string): RecordList<PrefixListEntry> {
  const entries = [...describePrefixLists(caller, { ids: [id] }).read()].flatMap(({ cidrs, ...list }) =>
    cidrs.map((cidr): PrefixListEntry => ({ ...list, id: cidr })),
  );
  return listOf(`entries of ${id}`, entries);
}
