// The records of Route 53: hosted zones, their record sets, and the changes that were made to them. Their region is `global`.

import type { BaseRecord, Key } from './base.ts';
import type { Intent } from './lattice.ts';

/** A VPC as Route 53 names it. */
export interface ZoneVpc {
  readonly vpcId: string;
  readonly region: string;
}

/** A hosted zone; its id is `Z…`. */
export interface HostedZone extends BaseRecord {
  readonly arn: string;
  /** Lower case, without final dot; what no host name has is escaped as `\052` (octal), as Route 53 writes it. */
  readonly name: string;
  readonly callerReference: string;
  readonly comment?: string;
  readonly private: boolean;
  /** Of a private zone, at least one: the VPCs that it answers, and the accounts that have them. */
  readonly vpcs: readonly (ZoneVpc & { readonly account: string })[];
  /** VPCs of other accounts that these may associate. */
  readonly authorizations: readonly ZoneVpc[];
  /** The names of its name servers, without final dot. */
  readonly nameServers: readonly string[];
}

/** The types that a record set can have. */
export type RecordSetType = 'A' | 'AAAA' | 'CAA' | 'CNAME' | 'MX' | 'NS' | 'PTR' | 'SOA' | 'SPF' | 'SRV' | 'TXT';

/**
 * What one name has of one type, or (weighted) one part of it. Its id is `ZONE/REVERSED-NAME TYPE IDENTIFIER `, so that the keys of
 * a zone's record sets are in the order in which Route 53 lists them.
 */
export interface RecordSet extends BaseRecord {
  readonly zoneKey: Key;
  readonly zoneId: string;
  /** As a zone's. */
  readonly name: string;
  readonly type: RecordSetType;
  /** Seconds; absent of an alias. */
  readonly ttl?: number;
  /** As they were given; empty of an alias. */
  readonly values: readonly string[];
  readonly alias?: RecordSetAlias;
  /** Both or none. */
  readonly setIdentifier?: string;
  readonly weight?: number;
}

/** Whose addresses a record set has: those of a generated name, or of a name in the same zone. */
export interface RecordSetAlias {
  readonly zoneId: string;
  /** As a zone's. */
  readonly name: string;
  readonly evaluateTargetHealth: boolean;
}

/** A change of a zone, `C…`: PENDING until every data plane obeys it. It is remembered for a day. */
export interface ZoneChange extends BaseRecord, Intent {
  readonly comment?: string;
  readonly status: 'PENDING' | 'INSYNC';
}
