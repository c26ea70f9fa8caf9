// A store over SQLite beside a plain model, under random calls in groups, failing writes, restarts, kills and folding: they agree.

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import {
  decideOnce,
  Refusal,
  type Replayable,
  type Change,
  type Decision,
  type State,
} from '../../src/domain/index.ts';
import { defaultEventRetention, openStoreOn, type Store } from '../../src/store/index.ts';
import { SqliteBackend } from '../../src/store/sqlite-backend.ts';
import { checkProperty } from '../domain/check-property.ts';
import { checkIndexes } from '../domain/play.ts';
import { allSteps, createPlayer, steps, type Player, type Step, type Turn } from '../domain/player.ts';
import { plainRecords } from './calls.ts';
import { createFaultyBackend, type Fault } from './faulty-backend.ts';

const directory = mkdtempSync(join(tmpdir(), 'pergola-model-'));
after(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;

/** Calls that are made at once, or one after the other, and what happens to the process then. */
interface Round {
  readonly steps: readonly Step[];
  readonly together: boolean;
  readonly end: 'nothing' | 'restart' | 'kill';
}

interface Plan {
  /** Something of everything is made first. */
  readonly furnished: boolean;
  readonly rounds: readonly Round[];
  /** How each write fails; the first one is that of write 1. */
  readonly faults: readonly (Fault | undefined)[];
}

const faults = fc.constantFrom<(Fault | undefined)[]>('lost', 'kept', 'lost in doubt', 'kept in doubt');
const plans: fc.Arbitrary<Plan> = fc.record({
  furnished: fc.boolean(),
  rounds: fc.array(
    fc.record({
      steps: fc.array(steps, { minLength: 1, maxLength: 12 }),
      together: fc.boolean(),
      end: fc.oneof(
        { arbitrary: fc.constant('nothing' as const), weight: 4 },
        { arbitrary: fc.constantFrom('restart' as const, 'kill' as const), weight: 1 },
      ),
    }),
    { minLength: 1, maxLength: 14, size: 'max' },
  ),
  faults: fc.array(fc.oneof({ arbitrary: fc.constant(undefined), weight: 5 }, { arbitrary: faults, weight: 1 }), {
    maxLength: 60,
    size: 'max',
  }),
});

/** A decision that was made and what came of its commit; in doubt: nobody could say whether it is kept. */
interface Attempt {
  readonly turn: Turn;
  readonly revision: number;
  readonly changes: readonly Change[];
  readonly result: unknown;
  outcome: 'answered' | 'failed' | 'in doubt';
}

/** What a call with a token comes to. */
type Once = Replayable<unknown>;

/** What the store should have: maps of JSON texts, for every revision that there was. */
class Model {
  #revision = 0;
  readonly #records = new Map<string, string>();
  readonly #history: string[] = ['[]'];

  get revision(): number {
    return this.#revision;
  }

  /** Takes in the changes of the next revision. */
  apply(changes: readonly Change[]): void {
    for (const { kind, key, record } of changes)
      if (record === undefined) this.#records.delete(`${kind} ${key}`);
      else this.#records.set(`${kind} ${key}`, JSON.stringify(record));
    this.#history[++this.#revision] = JSON.stringify([...this.#records].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  at(revision: number): string | undefined {
    return this.#history[revision];
  }
}

/** A state in the model's words. */
function inModelWords(state: State): string {
  const records: [string, string][] = [];
  for (const [kind, entries] of plainRecords(state) as readonly [string, readonly (readonly [string, unknown])[]][])
    for (const [key, record] of entries) records.push([`${kind} ${key}`, JSON.stringify(record)]);
  return JSON.stringify(records.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What the runs came to, so that they can be seen to have seen something. */
const seen = { answered: 0, failed: 0, doubted: 0, keptInDoubt: 0, replayed: 0, restarts: 0, folded: 0 };

async function follow({ furnished, rounds, faults: planned }: Plan): Promise<void> {
  let writes = 0;
  let faulty = 0;
  let isTroubled = false;
  let file = join(directory, `${++files}.db`);
  const open = (path: string): Promise<Store> => {
    // Everything older than an hour is folded as soon as there is a little of it.
    const backend = new SqliteBackend(path, { age: 3_600_000, bytes: 2000 }, defaultEventRetention, silentLog);
    const faultOf = (): Fault | undefined => {
      const fault = planned[writes++];
      if (fault !== undefined) faulty++;
      return fault;
    };
    return openStoreOn(createFaultyBackend(backend, faultOf), { log: silentLog, clock: systemClock });
  };
  let store = await open(file);
  const player = createPlayer(1000);
  const model = new Model();
  const doubtful: Attempt[] = [];
  try {
    const first: Round = { steps: allSteps({ furnished, steps: [], most: 0 }), together: true, end: 'nothing' };
    for (const round of [first, ...rounds]) {
      const before = faulty;
      const attempts = await playRound(store, player, round);
      // A write that failed fails its own round, and the next one that writes when nobody knew what was kept.
      if (faulty === before && !isTroubled)
        assert.deepEqual(
          [...new Set(attempts.map(({ outcome }) => outcome))].join(),
          attempts.length > 0 ? 'answered' : '',
        );
      const wrote = attempts.some(({ changes }) => changes.length > 0);
      isTroubled = faulty > before || (isTroubled && !wrote);
      learn(attempts, doubtful, player, model, store.state.value.revision);
      await compare(store, model);
      if (round.end === 'nothing') continue;
      seen.restarts++;
      const next = round.end === 'kill' ? copyOf(file) : file;
      await store[Symbol.asyncDispose]();
      file = next;
      store = await open(file);
      learn([], doubtful, player, model, store.state.value.revision);
      await compare(store, model);
    }
    await compareHistory(store, model);
    checkIndexes(store.state.value);
  } finally {
    await store[Symbol.asyncDispose]();
  }
}

/** The files of a database as they are at this moment: what a process finds that comes after one that was killed. */
function copyOf(file: string): string {
  const copy = join(directory, `${++files}.db`);
  for (const suffix of ['', '-wal'])
    if (existsSync(`${file}${suffix}`)) copyFileSync(`${file}${suffix}`, `${copy}${suffix}`);
  return copy;
}

async function playRound(store: Store, player: Player, round: Round): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  const commits: Promise<void>[] = [];
  for (const step of round.steps) {
    const turn = player.turn(store.state.value, step);
    const commit = settle(store, turn, attempts);
    commits.push(commit);
    if (!round.together) await commit;
    else if (step.numbers[0] % 3 === 0) await nextTurn();
  }
  await Promise.all(commits);
  return attempts;
}

async function settle(store: Store, turn: Turn, attempts: Attempt[]): Promise<void> {
  const { call, context, idempotency } = turn;
  const decision: Decision<null, unknown> =
    idempotency === undefined ? call.decision : decideOnce(call.decision, idempotency);
  let attempt: Attempt | undefined;
  const noted: Decision<null, unknown> = (state, input, given) => {
    const decided = decision(state, input, given);
    const { changes, result } = decided;
    const revision = state.revision + (changes.length === 0 ? 0 : 1);
    attempt = { turn, revision, changes, result, outcome: 'in doubt' };
    attempts.push(attempt);
    return decided;
  };
  try {
    const { result, revision } = await store.commit(noted, null, context);
    assert.ok(attempt !== undefined && revision === attempt.revision);
    assert.equal(result, attempt.result);
    attempt.outcome = 'answered';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Refused by the decision, or by the store because it could not write.
    if (error.kind !== 'InternalServer') return;
    if (attempt !== undefined && !/for sure/.test(error.message)) attempt.outcome = 'failed';
  }
}

/** Brings the model to `revision`: by what was answered, else by what nobody could say, never by what was said to have failed. */
function learn(
  attempts: readonly Attempt[],
  doubtful: Attempt[],
  player: Player,
  model: Model,
  revision: number,
): void {
  const changing = attempts.filter(({ changes }) => changes.length > 0);
  const answered = new Map<number, Attempt>();
  for (const one of changing) {
    seen[one.outcome === 'in doubt' ? 'doubted' : one.outcome]++;
    if (one.outcome === 'in doubt') doubtful.push(one);
    if (one.outcome !== 'answered') continue;
    assert.equal(answered.has(one.revision), false, `revision ${one.revision} was answered twice`);
    answered.set(one.revision, one);
  }
  for (const { turn, changes, result, outcome } of attempts) {
    if (turn.repeats === undefined || changes.length > 0 || outcome !== 'answered') continue;
    seen.replayed++;
    assert.deepEqual((result as Once).result, (turn.repeats.result as Once).result, 'a token has another answer');
  }
  for (const one of answered.keys())
    assert.ok(one > model.revision && one <= revision, `revision ${one} was answered and is not there`);
  while (model.revision < revision) {
    const next = model.revision + 1;
    const attempt = answered.get(next) ?? doubtful.findLast((one) => one.revision === next);
    assert.ok(attempt !== undefined, `revision ${next} is there, and nobody made it`);
    if (attempt.outcome === 'in doubt') seen.keptInDoubt++;
    model.apply(attempt.changes);
    const { result } = attempt;
    const isReplayable = attempt.turn.idempotency !== undefined && attempt.outcome === 'answered';
    player.learn(isReplayable ? attempt.turn : { ...attempt.turn, idempotency: undefined }, attempt.changes, result);
  }
}

async function compare(store: Store, model: Model): Promise<void> {
  const state = store.state.value;
  assert.equal(state.revision, model.revision);
  assert.equal(inModelWords(state), model.at(model.revision));
  for (const revision of new Set([0, Math.floor(model.revision / 2), model.revision - 1, model.revision]))
    if (revision >= 0) await compareAt(store, model, revision);
}

/** Whether the log still reaches to `revision`; if so it agrees. */
async function compareAt(store: Store, model: Model, revision: number): Promise<boolean> {
  const state = await store.at(revision);
  if (state === undefined) return false;
  assert.deepEqual([state.revision, inModelWords(state)], [revision, model.at(revision)]);
  return true;
}

async function compareHistory(store: Store, model: Model): Promise<void> {
  let isReached = false;
  for (let revision = 0; revision <= model.revision; revision++) {
    const reaches = await compareAt(store, model, revision);
    assert.ok(reaches || !isReached, `the log has a hole at revision ${revision}`);
    isReached ||= reaches;
    if (!reaches) seen.folded++;
  }
  assert.ok(isReached, 'the log does not reach to the newest revision');
}

test('States agree with a plain model after every round and restart, and at() with its history', async () => {
  const file = relative(join(import.meta.dirname, '../..'), import.meta.filename);
  let failedAt: number | undefined;
  const property = fc.asyncProperty(plans, async (plan) => {
    // To make a failure smaller takes for ever where every try opens databases.
    if (failedAt !== undefined && performance.now() - failedAt > 20_000) return;
    await follow(plan).catch((error: unknown) => {
      failedAt ??= performance.now();
      throw error;
    });
  });
  await checkProperty(file, 40, property);
  if (process.env['PERGOLA_PATH'] !== undefined) return;
  if (process.env['PERGOLA_TALLY'] !== undefined) console.log(seen);
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 0, `nothing was ${what}`);
});
