// Availability zones, those that subnets can be in, with the ids that AWS gives them; and regions.

import type { Caller } from '../identifiers.ts';
import type { BaseRecord } from '../records/base.ts';
import { recordsBy, type State } from '../state.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { ec2Filter, type Ec2Filter, type FilterTable } from './filter.ts';

/** The zones that every region shows; subnets may name others, `a` to `z`. */
const usual = ['a', 'b', 'c'] as const;

const directions: Readonly<Record<string, string>> = {
  ...{ east: 'e', west: 'w', north: 'n', south: 's', central: 'c' },
  ...{ northeast: 'ne', northwest: 'nw', southeast: 'se', southwest: 'sw' },
};

/** EC2 API: DescribeAvailabilityZones, by the zone's record, whose id is its name. */
const zoneFilters: FilterTable<BaseRecord> = {
  'group-name': ({ region }) => [region],
  message: () => [],
  'opt-in-status': () => ['opt-in-not-required'],
  'parent-zone-id': () => [],
  'parent-zone-name': () => [],
  'region-name': ({ region }) => [region],
  state: () => ['available'],
  'zone-id': ({ id }) => [zoneId(id)],
  'zone-name': ({ id }) => [id],
  'zone-type': () => ['availability-zone'],
};

/** The names of the zones of the caller's region that pass the filters: the usual ones and those of the caller's subnets. */
export function describeZones(
  state: State,
  caller: Caller,
  { filters = [] }: { readonly filters?: readonly Ec2Filter[] },
): readonly string[] {
  const subnets = recordsBy(state, 'subnet', 'owned', ownedIndexValue('subnet', caller));
  const names = new Set([...usual.map((letter) => `${caller.region}${letter}`), ...subnets.map(({ zone }) => zone)]);
  const filter = ec2Filter(zoneFilters, filters);
  const records = [...names].sort().map((id) => derived(caller, id));
  return (filter === undefined ? records : records.filter(filter.passes)).map(({ id }) => id);
}

/** A region as DescribeRegions shows it; its id is its name. */
export interface RegionRecord extends BaseRecord {
  readonly endpoint: string;
}

/** EC2 API: DescribeRegions. */
const regionFilters: FilterTable<RegionRecord> = {
  endpoint: ({ endpoint }) => [endpoint],
  'opt-in-status': () => ['opt-in-not-required'],
  'region-name': ({ id }) => [id],
};

/** Those of `regions` that pass the filters. */
export function describeRegions(
  regions: readonly string[],
  caller: Caller,
  { filters = [] }: { readonly filters?: readonly Ec2Filter[] },
): readonly RegionRecord[] {
  const filter = ec2Filter(regionFilters, filters);
  const records = regions.map((id) => ({ ...derived(caller, id), endpoint: `ec2.${id}.amazonaws.com` }));
  return filter === undefined ? records : records.filter(filter.passes);
}

function derived({ account, region }: Caller, id: string): BaseRecord {
  return { account, region, id, createdAt: 0, lastUpdatedAt: 0, tags: {} };
}

/** The id of the zone `name`: `use1-az1` of us-east-1a (AWS maps names to ids by account; here `a` is the first). */
export function zoneId(name: string): string {
  const [region, letter = ''] = [name.slice(0, -1), name.at(-1)];
  const parts = region.split('-');
  const short = parts.map((part, i) => (i === 0 ? part : (directions[part] ?? part.slice(0, 1))));
  return `${short.join('')}-az${letter.charCodeAt(0) - 'a'.charCodeAt(0) + 1}`;
}
