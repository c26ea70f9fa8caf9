import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { clearShare, joinConnectionShare, openShare, type ConnectionShare } from './connection-share.ts';

interface Joined extends ConnectionShare {
  readonly pauses: number[];
  readonly failures: unknown[];
}

/** A share of `workers`, and a way to join it. */
function share(context: TestContext, workers: number) {
  const directory = mkdtempSync(join(tmpdir(), 'pergola-share-'));
  const file = openShare(directory, workers);
  assert.deepEqual(readdirSync(directory), [], 'the file has no name');
  context.after(() => {
    closeSync(file);
    rmSync(directory, { recursive: true });
  });
  const join_ = (worker: number): Joined => {
    const pauses: number[] = [];
    const failures: unknown[] = [];
    const joined = joinConnectionShare({
      ...{ file, worker, workers },
      pause: (milliseconds) => void pauses.push(milliseconds),
      failed: (error) => void failures.push(error),
    });
    return { ...joined, pauses, failures };
  };
  return { file, join: join_ };
}

const open = (joined: Joined, count: number): void => {
  for (let each = 0; each < count; each++) joined.opened();
};

test('joinConnectionShare() lets a worker wait that is more than four connections ahead', (context) => {
  const { join: enter } = share(context, 2);
  const [first, second] = [enter(0), enter(1)];
  open(first, 4);
  assert.equal(first.pauses.length, 0);
  open(first, 2);
  assert.deepEqual(
    first.pauses.map((each) => each.toFixed(2)),
    ['0.25', '0.30'],
  );
  open(second, 6);
  assert.deepEqual(second.pauses, []);
  open(first, 1);
  assert.equal(first.pauses.length, 2);
});

test('joinConnectionShare() waits no longer when the others take nothing, and again when they do', (context) => {
  const { join: enter } = share(context, 2);
  const [first, second] = [enter(0), enter(1)];
  open(first, 200);
  const { length } = first.pauses;
  assert.ok(length < 40, `${length} pauses`);
  open(second, 1);
  open(first, 1);
  assert.equal(first.pauses.length, length + 1);
  assert.equal(first.pauses.at(-1), 1);
});

test('joinConnectionShare() waits for no worker that left, ended, or never came', (context) => {
  const { file, join: enter } = share(context, 3);
  const first = enter(0);
  open(first, 10);
  assert.deepEqual(first.pauses, [], 'the others never came');
  const second = enter(1);
  open(first, 1);
  assert.equal(first.pauses.length, 1);
  second.leave();
  second.closed();
  open(first, 1);
  assert.equal(first.pauses.length, 1, 'the second left');
  enter(2);
  open(first, 1);
  assert.equal(first.pauses.length, 2);
  clearShare(file, 2);
  open(first, 1);
  assert.equal(first.pauses.length, 2, 'the third ended');
});

test('joinConnectionShare() forgets connections that closed', (context) => {
  const { join: enter } = share(context, 2);
  const [first] = [enter(0), enter(1)];
  for (let each = 0; each < 20; each++) {
    first.opened();
    first.closed();
  }
  assert.deepEqual(first.pauses, []);
});

test('joinConnectionShare() goes on without a file that fails, and says so once', (context) => {
  const { pauses, failures } = share(context, 2).join(0);
  assert.deepEqual([pauses, failures], [[], []]);
  const errors: unknown[] = [];
  const pause = (): void => assert.fail('nobody to wait for');
  const joined = joinConnectionShare({
    file: 999_999,
    worker: 0,
    workers: 2,
    pause,
    failed: (e) => void errors.push(e),
  });
  for (let each = 0; each < 10; each++) joined.opened();
  joined.leave();
  assert.equal(errors.length, 1);
});
