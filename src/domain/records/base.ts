// What every record has, and the key that finds it.

/** `account/region/id`: how every table finds a record. Made only by `keyOf`. */
export type Key = string & { readonly __brand: 'Key' };

/** The key of the record `id` of `account` in `region`. An id may itself contain slashes. */
export function keyOf(account: string, region: string, id: string): Key {
  return `${account}/${region}/${id}` as Key;
}

/** The key of `record`. */
export function keyOfRecord(record: Pick<BaseRecord, 'account' | 'region' | 'id'>): Key {
  return keyOf(record.account, record.region, record.id);
}

/** The id in `key` (what follows account and region). */
export function idOfKey(key: Key): string {
  return key.slice(key.indexOf('/', key.indexOf('/') + 1) + 1);
}

/** Tags by name. */
export type Tags = Readonly<Record<string, string>>;

/** What every record has. Records are plain JSON: they go to the log as they are. Times are milliseconds since 1970. */
export interface BaseRecord {
  /** The owner's account. */
  readonly account: string;
  /** The region; `global` for what belongs to none. */
  readonly region: string;
  readonly id: string;
  readonly createdAt: number;
  readonly lastUpdatedAt: number;
  readonly tags: Tags;
  /** Set on what pergola.yaml made, which the configuration updates and removes, and on what stands for a workload that runs. */
  readonly origin?: 'configuration' | 'workload';
}

/** The region of records that belong to none. */
export const GLOBAL_REGION = 'global';
