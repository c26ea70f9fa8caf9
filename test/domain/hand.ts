// What a random call acts on: records that exist, that are gone, that belong to others, and that never were.

import type { Context, Decision } from '../../src/domain/decision.ts';
import { keyOf, type BaseRecord } from '../../src/domain/records/base.ts';
import type { RecordKind, RecordTypes, State } from '../../src/domain/state.ts';

/** A call that is ready to be decided. */
export interface Call {
  /** The decision's name. */
  readonly operation: string;
  /** What an idempotency token stands for. */
  readonly parameters: unknown;
  readonly decision: Decision<null, unknown>;
}

/** The call of `decision` with `input`. */
export function callOf<I, R>(decision: Decision<I, R>, input: I): Call {
  return {
    operation: decision.name,
    parameters: input,
    decision: (state: State, _input: null, context: Context) => decision(state, input, context),
  };
}

/** The largest number that chooses among things; the four largest choose what a call must not find. */
export const MOST = 31;

/** Chooses by numbers from 0 to `MOST`; the same numbers choose the same. */
export interface Hand {
  readonly caller: { readonly account: string; readonly region: string };
  /** An id or ARN of `kind`: mostly of the caller's own; else one of another owner, one that was removed, or one that never was. */
  identifier(kind: RecordKind, n: number): string;
  /** As `identifier`, never an ARN. */
  id(kind: RecordKind, n: number): string;
  /** The ARN of anything, of the caller's mostly. */
  arn(n: number): string;
  /** The same caller's hand in another region. */
  at(region: string): Hand;
  /** The caller's own with this id. */
  one<K extends RecordKind>(kind: K, id: string): RecordTypes[K] | undefined;
  /** One of the caller's own, or undefined when there is none. */
  own<K extends RecordKind>(kind: K, n: number): RecordTypes[K] | undefined;
}

/** A hand of `caller` in `state`; `removed` gives the ids of what was removed, by kind. */
export function createHand(
  state: State,
  caller: Hand['caller'],
  removed: ReadonlyMap<RecordKind, readonly string[]>,
): Hand {
  const isOwn = (record: BaseRecord): boolean => record.account === caller.account && record.region === caller.region;
  const all = (kind: RecordKind): BaseRecord[] =>
    [...(state.tables[kind].values() as Iterable<BaseRecord>)].sort((a, b) => (a.id < b.id ? -1 : 1));
  const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];
  const find = (kind: RecordKind, n: number): BaseRecord | undefined => {
    const records = all(kind);
    const own = records.filter((record) => isOwn(record) === n < MOST - 3);
    return n > MOST - 2 ? undefined : pick(own, n);
  };
  const nothing = (kind: RecordKind, n: number): string =>
    (n === MOST ? undefined : pick(removed.get(kind) ?? [], n)) ?? `none-0${'0'.repeat(16)}`;
  const id: Hand['id'] = (kind, n) => find(kind, n)?.id ?? nothing(kind, n);
  return {
    caller,
    id,
    identifier(kind, n) {
      const found = find(kind, n);
      return found !== undefined && n % 4 === 3 && 'arn' in found ? String(found.arn) : id(kind, n);
    },
    arn(n) {
      const kinds: readonly RecordKind[] = [
        'service',
        'serviceNetwork',
        'rule',
        'targetGroup',
        'vpc',
        'resourceGateway',
      ];
      const kind = kinds[n % kinds.length] ?? 'service';
      const found = find(kind, n);
      return found !== undefined && 'arn' in found
        ? String(found.arn)
        : `arn:aws:vpc-lattice:${caller.region}:${caller.account}:service/svc-00000000000000000`;
    },
    at: (region) => createHand(state, { ...caller, region }, removed),
    one<K extends RecordKind>(kind: K, id: string) {
      return state.tables[kind].get(keyOf(caller.account, caller.region, id)) as RecordTypes[K] | undefined;
    },
    own<K extends RecordKind>(kind: K, n: number) {
      const own = all(kind).filter(isOwn);
      const chosen = pick(own, n);
      return chosen === undefined
        ? undefined
        : (state.tables[kind].get(keyOf(chosen.account, chosen.region, chosen.id)) as RecordTypes[K] | undefined);
    },
  };
}

/** Makes a call from three numbers up to `MOST`. */
export type Word = (hand: Hand, a: number, b: number, c: number) => Call;
