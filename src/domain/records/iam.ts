// The records of who may call: access keys, and what an idempotency token was answered with.

import type { BaseRecord } from './base.ts';

/** An access key; its record id is the access key id, its region `global`. */
export interface Credential extends BaseRecord {
  readonly secretAccessKey: string;
  readonly principalArn: string;
  /** `admin` is the pair that a first start makes. */
  readonly role: 'admin' | 'principal';
  /** Identity policies, parsed JSON documents. */
  readonly policies: readonly unknown[];
}

/** An answered idempotency token; its record id is `{operation}/{token}`. */
export interface ClientToken extends BaseRecord {
  readonly operation: string;
  readonly token: string;
  /** SHA-256 of the call's parameters in canonical JSON, hex. */
  readonly parameters: string;
  /** What the first call was answered, and at which revision. */
  readonly result: unknown;
  readonly revision: number;
}
