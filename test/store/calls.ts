// Calls that store tests make, and how their outcome is compared.

import { systemRandom } from '../../src/base/random.ts';
import { Refusal, recordKinds, type Context, type State } from '../../src/domain/index.ts';
import type { BaseRecord, Key } from '../../src/domain/records/index.ts';

/** A context for `operation`. */
export function contextOf(operation: string): Context {
  return {
    account: '123456789012',
    region: 'us-east-1',
    principalArn: 'arn:aws:iam::123456789012:user/test',
    operation,
    now: Date.now(),
    random: systemRandom,
    quotas: 'none',
  };
}

/** Every record of `state` by kind and key, as plain JSON. */
export function plainRecords(state: State): unknown {
  return recordKinds.map((kind) => {
    const entries: [Key, BaseRecord][] = [];
    state.tables[kind].forEach((record: BaseRecord, key: Key) => void entries.push([key, record]));
    return JSON.parse(JSON.stringify([kind, entries.sort(([a], [b]) => (a < b ? -1 : 1))])) as unknown;
  });
}

/** Whether a promise was refused with `kind`, for `assert.rejects`. */
export function refusedWith(kind: Refusal['kind']): (error: unknown) => boolean {
  return (error) => error instanceof Refusal && error.kind === kind;
}
