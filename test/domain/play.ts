// Plays a sequence of calls on the state alone, and says what must hold after each of them.

import assert from 'node:assert/strict';
import { decideOnce, type Replayable } from '../../src/domain/idempotency.ts';
import type { BaseRecord, Key } from '../../src/domain/records/index.ts';
import { keysAfter } from '../../src/domain/ordered-keys.ts';
import { Refusal } from '../../src/domain/refusal.ts';
import { applyChanges, emptyState, recordKinds, type Change, type State } from '../../src/domain/state.ts';
import type { IndexName } from '../../src/domain/state-indexes.ts';
import { defaultSweep, failOverdue, sweep } from '../../src/domain/upkeep/index.ts';
import { dismantle } from './dismantle.ts';
import { callOf, type Call } from './hand.ts';
import { obeyCall } from './place-words.ts';
import { allSteps, createPlayer, type Player, type Sequence, type Turn } from './player.ts';
import { largestCount, quotaNames } from './recounts.ts';
import { danglingReferences } from './references.ts';
import { brokenLaws } from './uniqueness.ts';

/** What a played step came to, by operation. */
export interface Tally {
  readonly decided: Map<string, number>;
  readonly refused: Map<string, number>;
  replayed: number;
}

/** Plays a sequence on the state alone; throws what it finds wrong. */
export function play(sequence: Sequence, tally: Tally): State {
  const player = createPlayer(sequence.most);
  let state = emptyState;
  for (const step of allSteps(sequence)) {
    const turn = player.turn(state, step);
    state = take(state, player, turn, sequence.most, tally);
    assert.deepEqual([...danglingReferences(state), ...brokenLaws(state)], [], turn.call.operation);
    for (const quota of quotaNames)
      assert.ok(largestCount(state, quota) <= sequence.most, `more than allowed: ${quota}`);
  }
  checkIndexes(state);
  checkEnds(state, player);
  return state;
}

function count(counts: Map<string, number>, operation: string): void {
  counts.set(operation, (counts.get(operation) ?? 0) + 1);
}

function take(state: State, player: Player, turn: Turn, most: number, tally: Tally): State {
  const { call, context, idempotency, repeats } = turn;
  let decided;
  try {
    decided =
      idempotency === undefined
        ? call.decision(state, null, context)
        : decideOnce(call.decision, idempotency)(state, null, context);
  } catch (error) {
    // What a decision could have changed before it refused is frozen: it would have thrown another error.
    if (!(error instanceof Refusal)) throw error;
    count(tally.refused, call.operation);
    assert.equal(repeats, undefined, `an answered token is refused: ${error.message}`);
    if (error.detail.kind === 'ServiceQuotaExceeded')
      assert.ok(
        quotaNames.some((quota) => largestCount(state, quota) === most),
        'a quota is refused that is not spent',
      );
    return state;
  }
  count(tally.decided, call.operation);
  for (const { record } of decided.changes) checkPlain(record);
  const result = idempotency === undefined ? decided.result : (decided.result as Replayable<unknown>).result;
  if (idempotency !== undefined) {
    const { replayOf } = decided.result as Replayable<unknown>;
    if (replayOf !== undefined) tally.replayed++;
    if (repeats !== undefined) assert.notEqual(replayOf, undefined, 'an answered token is decided again');
    if (repeats !== undefined) assert.deepEqual([decided.changes, result], [[], repeats.result]);
    if (replayOf !== undefined) return state;
  }
  player.learn(turn, decided.changes, result);
  return decided.changes.length === 0 ? state : applyChanges(state, decided.changes, state.revision + 1);
}

/** Records are plain JSON; here they are frozen too, so that whoever changes one is found. */
function checkPlain(record: BaseRecord | undefined): void {
  if (record === undefined) return;
  assert.deepEqual(JSON.parse(JSON.stringify(record)), record, 'a record is not plain JSON');
  freeze(record);
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const member of Object.values(value)) freeze(member);
}

/** The state that its records alone give, in another order than they came in. */
function rebuild(state: State): State {
  const changes: Change[] = [];
  for (const kind of recordKinds)
    state.tables[kind].forEach((record: BaseRecord, key: Key) => {
      changes.push({ kind, key, record } as unknown as Change);
    });
  return applyChanges(emptyState, changes.reverse(), state.revision);
}

/** Every index is what its records alone give, and counts right. */
export function checkIndexes(state: State): void {
  const rebuilt = rebuild(state);
  const content = (one: State, name: IndexName) =>
    new Map([...one.indexes[name]].map(([value, keys]) => [value, [...keysAfter(keys)]]));
  for (const name of Object.keys(state.indexes) as IndexName[]) {
    const found = content(state, name);
    assert.deepEqual(found, content(rebuilt, name), `the index ${name} differs`);
    for (const [value, keys] of found)
      assert.equal(state.indexes[name].get(value)?.size, keys.length, `the index ${name} counts wrong`);
  }
}

/** Whatever the state is, nothing in it stays on the way for ever. */
function checkEnds(state: State, player: Player): void {
  const idle = { word: 0, caller: 0, numbers: [0, 0, 0], token: 15, wait: 1_000_000_000 } as const;
  const run = (from: State, call: Call): State => {
    const { context } = player.turn(from, idle);
    const { changes } = call.decision(from, null, context);
    return applyChanges(from, changes, from.revision + 1);
  };
  const obeyed = run(state, obeyCall(state.revision, 0));
  assert.deepEqual([...obeyed.indexes.waiting.keys()], [], 'what a data plane obeyed waits on');
  assert.deepEqual([...danglingReferences(obeyed), ...brokenLaws(obeyed)], []);
  assert.deepEqual(dismantle(obeyed, player.turn(obeyed, idle).context), [], 'what nobody can delete');
  const overdue = run(
    run(state, callOf(failOverdue, { timeout: 60_000, countedFrom: 0 })),
    callOf(sweep, defaultSweep),
  );
  for (const index of ['drainingTargets', 'restingAddresses', 'tokens', 'pendingVerifications', 'zoneChanges'] as const)
    assert.ok(overdue.indexes[index].isEmpty(), `${index} stay for ever`);
  assert.deepEqual(dismantle(overdue, player.turn(overdue, idle).context), [], 'what nobody can delete once it failed');
  for (const kind of recordKinds)
    overdue.tables[kind].forEach((record: BaseRecord & { readonly status?: string }) =>
      assert.doesNotMatch(record.status ?? '', /_IN_PROGRESS$/, `${record.id} waits for ever`),
    );
}
