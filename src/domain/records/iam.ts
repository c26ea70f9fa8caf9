// The records of who may call: users, roles, their policies and access keys; and what an idempotency token was answered with.

import type { BaseRecord } from './base.ts';

/** An access key; its record id is the access key id, its region `global`. */
export interface Credential extends BaseRecord {
  /** The secret access key, sealed for this access key id. */
  readonly sealedSecret: string;
  readonly principalArn: string;
  /** `admin` is the pair that a first start makes, `principal` one of pergola.yaml, `user` one of an IAM user. */
  readonly role: 'admin' | 'principal' | 'user';
  /** Only an IAM user's key can be inactive. */
  readonly status: 'Active' | 'Inactive';
  /** Of an IAM user's key: the id of its user. */
  readonly userId?: string;
  /** Identity policies, parsed JSON documents; of an IAM user's key none, for the user has them. */
  readonly policies: readonly unknown[];
}

/** What users, roles, managed policies and instance profiles have; the record id is the unique id (`AIDA…`), the region `global`. */
export interface IamRecord extends BaseRecord {
  readonly arn: string;
  /** As it was given; no two of a kind have names that differ in case alone. */
  readonly name: string;
  /** `/`, or `/a/b/`. */
  readonly path: string;
}

/** What users and roles have: policies that say what they may do. */
export interface IamEntity extends IamRecord {
  /** Inline policies, the documents as they were given, by name. */
  readonly inlinePolicies: Readonly<Record<string, string>>;
  /** ARNs of managed policies, AWS's own too, in the order in which they were attached. */
  readonly attachedPolicies: readonly string[];
  /** The ARN of the managed policy that bounds what the others allow. */
  readonly permissionsBoundary?: string;
}

/** An IAM user (`AIDA…`). */
export type IamUser = IamEntity;

/** An IAM role (`AROA…`). */
export interface IamRole extends IamEntity {
  readonly description?: string;
  /** Seconds. */
  readonly maxSessionDuration: number;
  /** Who may assume it: the document as it was given. */
  readonly trustPolicy: string;
}

/** One version of a managed policy. */
export interface IamPolicyVersion {
  /** `v1`, `v2`, …; never given twice. */
  readonly id: string;
  /** As it was given. */
  readonly document: string;
  readonly createdAt: number;
}

/** A managed policy (`ANPA…`). */
export interface IamPolicy extends IamRecord {
  readonly description?: string;
  /** In the order of creation; at least one. */
  readonly versions: readonly IamPolicyVersion[];
  readonly defaultVersionId: string;
  /** The number of the version that is made next. */
  readonly nextVersion: number;
}

/** An instance profile (`AIPA…`). */
export interface IamInstanceProfile extends IamRecord {
  /** The id of its role. */
  readonly roleId?: string;
}

/** An OpenID Connect provider; its record id is the URL without its scheme. */
export interface OidcProvider extends BaseRecord {
  readonly arn: string;
  /** The issuer, without `https://`. */
  readonly url: string;
  /** Audiences. */
  readonly clientIds: readonly string[];
  /** SHA-1 hashes of certificates, hex. */
  readonly thumbprints: readonly string[];
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
