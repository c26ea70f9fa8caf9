// A policy document as data, after parsing (IAM User Guide: "IAM JSON policy elements reference").

import type { Operator } from './operators.ts';

/** Where in a document something stands. */
export interface Place {
  /** JSON pointer (RFC 6901); empty for the document itself. */
  readonly pointer: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** What is wrong with a document, or odd about it, and where. */
export interface Remark extends Place {
  /** A sentence that says what was expected. */
  readonly message: string;
}

/** A document. Version 2008-10-17 has no policy variables. */
export interface PolicyDocument {
  readonly version: '2012-10-17' | '2008-10-17';
  readonly id?: string;
  readonly statements: readonly Statement[];
}

/** One statement. */
export interface Statement extends Place {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /** Absent in identity policies. */
  readonly principal?: Principals;
  readonly action: Patterns;
  /** Absent in trust policies. */
  readonly resource?: Patterns;
  readonly conditions: readonly Condition[];
}

/** Texts with `*` and `?`; `negated` for NotAction and NotResource. */
export interface Patterns {
  readonly negated: boolean;
  readonly patterns: readonly string[];
}

/** Who is meant; `negated` for NotPrincipal. */
export interface Principals {
  readonly negated: boolean;
  /** Everyone, anonymous callers included: `"*"` or `{ "AWS": "*" }`. */
  readonly everyone: boolean;
  /** Account ids, ARNs and unique ids of principals. */
  readonly aws: readonly string[];
  readonly services: readonly string[];
  readonly federated: readonly string[];
  readonly canonicalUsers: readonly string[];
}

/** One key of a Condition: fulfilled when one of the values is (of a negated operator: when none is). */
export interface Condition extends Place {
  readonly operator: Operator;
  /** For keys with several values. */
  readonly set?: 'ForAnyValue' | 'ForAllValues';
  readonly ifExists: boolean;
  /** As written; keys have no case. */
  readonly key: string;
  readonly values: readonly string[];
}
