// Environments of a function: how many, which one, how long.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../../base/clock.ts';
import { createLog } from '../../base/log.ts';
import { createFunctionPool } from './function-pool.ts';
import { failure, parseFunctionArn, type CommandFunction, type InvocationResult } from './function-spec.ts';

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:quote';
const log = createLog(
  () => {},
  () => 0,
);

interface Fake {
  readonly number: number;
  finish(result?: InvocationResult): void;
  /** Keeps the runtime from asking again after an answer, until the returned function is called. */
  linger(): () => void;
  die(): void;
  ended: boolean;
}

function open(concurrency: number) {
  const clock = createManualClock();
  const made: Fake[] = [];
  const spec: CommandFunction = {
    kind: 'command',
    arn,
    command: ['x'],
    directory: '/',
    environment: {},
    concurrency,
    timeout: 3000,
  };
  const pool = createFunctionPool(spec, {
    clock,
    log,
    idleTimeout: 1000,
    wait: 100,
    start(_spec, onEnd) {
      let settle: ((result: InvocationResult) => void) | undefined;
      const die = (): void => {
        fake.ended = true;
        settle?.(failure('Runtime.ExitError', 'gone'));
        onEnd();
      };
      let lingering: Promise<void> | undefined;
      const payload = Buffer.from(String(made.length));
      const fake: Fake = {
        number: made.length,
        ended: false,
        die,
        finish: (result = { kind: 'response', payload }) => settle?.(result),
        linger() {
          const { promise, resolve } = Promise.withResolvers<void>();
          lingering = promise;
          return resolve;
        },
      };
      made.push(fake);
      return Promise.resolve({
        invoke: () => new Promise<InvocationResult>((resolve) => (settle = resolve)),
        whenFree: () => (lingering ?? Promise.resolve()).then(() => !fake.ended),
        end: die,
      });
    },
  });
  const invoke = (gone = new AbortController().signal) => {
    let result: InvocationResult | undefined;
    void pool.invoke({ requestId: 'r', arn, payload: Buffer.alloc(0) }, gone).then((one) => (result = one));
    return () => (result === undefined ? 'runs' : result.kind === 'response' ? result.payload.toString() : result.kind);
  };
  const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  return { clock, made, pool, invoke, turn };
}

test('an environment is started when it is needed, and used again', async () => {
  const { made, invoke, turn } = open(2);
  assert.equal(made.length, 0);
  const first = invoke();
  await turn();
  made[0]?.finish();
  await turn();
  assert.equal(first(), '0');
  const second = invoke();
  await turn();
  made[0]?.finish();
  await turn();
  assert.deepEqual([second(), made.length], ['0', 1]);
});

test('concurrency N is N environments; who comes then waits, and is refused when none comes free', async () => {
  const { clock, made, invoke, turn } = open(2);
  const [first, second, third, fourth] = [invoke(), invoke(), invoke(), invoke()];
  await turn();
  assert.equal(made.length, 2);
  made[1]?.finish();
  await turn();
  assert.deepEqual([first(), second(), third(), fourth()], ['runs', '1', 'runs', 'runs']);
  clock.advance(100);
  await turn();
  assert.deepEqual([third(), fourth()], ['runs', 'throttled']);
  made[1]?.finish();
  await turn();
  assert.equal(third(), '1');
});

test('no more wait than ten for each environment', async () => {
  const { invoke, turn } = open(1);
  const calls = Array.from({ length: 12 }, invoke);
  await turn();
  assert.deepEqual([calls[10]?.(), calls[11]?.()], ['runs', 'throttled']);
});

test('an unused environment is stopped, and another one is started later', async () => {
  const { clock, made, invoke, turn } = open(1);
  invoke();
  await turn();
  made[0]?.finish();
  await turn();
  clock.advance(999);
  assert.equal(made[0]?.ended, false);
  clock.advance(1);
  assert.equal(made[0]?.ended, true);
  invoke();
  await turn();
  assert.equal(made.length, 2);
});

test('an environment that ends makes room for one who waits', async () => {
  const { made, invoke, turn } = open(1);
  const [first, second] = [invoke(), invoke()];
  await turn();
  made[0]?.die();
  await turn();
  assert.deepEqual([first(), second(), made.length], ['failure', 'runs', 2]);
  made[1]?.finish();
  await turn();
  assert.equal(second(), '1');
});

test('close() ends every environment and refuses who waits', async () => {
  const { made, pool, invoke, turn } = open(1);
  const [first, second] = [invoke(), invoke()];
  await turn();
  pool.close();
  await turn();
  assert.deepEqual([made[0]?.ended, first(), second()], [true, 'failure', 'throttled']);
});

test('parseFunctionArn() knows names, versions and aliases', () => {
  assert.deepEqual(parseFunctionArn(arn), {
    region: 'us-east-1',
    account: '123456789012',
    name: 'quote',
    qualifier: '$LATEST',
    unqualified: arn,
  });
  assert.equal(parseFunctionArn(`${arn}:live`)?.qualifier, 'live');
  assert.equal(parseFunctionArn(`${arn}:live`)?.unqualified, arn);
  for (const bad of ['', 'quote', arn.replace('function', 'layer'), `${arn}:a b`, `${arn}:a:b`])
    assert.equal(parseFunctionArn(bad), undefined);
});

test('for an environment whose runtime has answered and does not ask yet one waits a moment, then another is started', async () => {
  const { clock, made, invoke, turn } = open(2);
  const first = invoke();
  await turn();
  const asks = given(made[0]).linger();
  made[0]?.finish();
  await turn();
  assert.equal(first(), '0');
  invoke();
  await turn();
  assert.equal(made.length, 1);
  clock.advance(100);
  await turn();
  assert.equal(made.length, 2);
  asks();
  await turn();
  invoke();
  await turn();
  assert.equal(made.length, 2);
});

test('who gives up while it waits is not run', async () => {
  const { made, invoke, turn } = open(1);
  const gone = new AbortController();
  const first = invoke();
  await turn();
  const second = invoke(gone.signal);
  await turn();
  gone.abort();
  await turn();
  assert.equal(second(), 'throttled');
  made[0]?.finish();
  await turn();
  assert.equal(first(), '0');
  const third = invoke();
  await turn();
  made[0]?.finish();
  await turn();
  assert.equal(third(), '0');
});

function given<T>(value: T | undefined): T {
  assert.ok(value !== undefined);
  return value;
}
