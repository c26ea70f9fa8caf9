// Requests that were served, explained from files and a store: whose they are, how old, and by which state.

import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { createServedExplainer, type ServedExplainer } from '../../src/cli/explain-served.ts';
import { emptyState } from '../../src/domain/index.ts';
import { defaultProxyLimits } from '../../src/proxy/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'pergola-served-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'access', 'worker-0.jsonl');
beforeEach(() => {
  mkdirSync(join(folder, 'access'), { recursive: true });
  writeFileSync(path, '');
});

const account = '123456789012';
const put = (requestId: string, more: object = {}): void =>
  appendFileSync(
    path,
    `${JSON.stringify({
      ...{ startTime: new Date().toISOString(), requestId, requestMethod: 'GET', requestPath: '/', responseCode: 404 },
      ...{ duration: 0, revision: 5, sourceVpcId: 'vpc-1', sourceVpcArn: `arn:aws:ec2:us-east-1:${account}:vpc/vpc-1` },
      ...more,
    })}\n`,
  );

/** An explainer whose store has revision 5 (without any record) since `time`. */
const explainerOf = (
  time = 0,
  at = (): Promise<void> => Promise.resolve(),
  clock: Clock = systemClock,
): ServedExplainer =>
  createServedExplainer({
    settings: { dataDirectory: folder },
    store: {
      at: (revision) => at().then(() => (revision === 5 ? { ...emptyState, revision } : undefined)),
      timeOf: (revision) => Promise.resolve(revision === 5 ? time : undefined),
    },
    limits: defaultProxyLimits,
    findName: () => ({ kind: 'absent' }),
    clock,
  });
const asked = (requestId: string, more: object = {}) => ({ requestId, account, region: 'us-east-1', ...more });
const problemOf = (told: Awaited<ReturnType<ServedExplainer>>): string | undefined =>
  'failure' in told ? told.failure : told.problem;

test('a request is explained to its own account and region alone, within an hour', async () => {
  put('own');
  put('old', { startTime: new Date(Date.now() - 3_700_000).toISOString() });
  const explain = explainerOf();
  assert.match(problemOf(await explain(asked('own'))) ?? '', /records of revision 5 are not those of then/);
  for (const request of [
    asked('own', { account: '1' }),
    asked('own', { region: 'eu-west-1' }),
    asked('old'),
    asked('x'),
  ])
    assert.equal(problemOf(await explain(request)), 'not found', JSON.stringify(request));
});

test('a record that is still on its way is waited for', async () => {
  let waits = 0;
  const after = (_delay: number, task: () => void): (() => void) => {
    if (++waits === 1) put('late');
    setImmediate(task);
    return () => {};
  };
  const explain = explainerOf(0, undefined, { ...systemClock, after });
  assert.match(problemOf(await explain(asked('late'))) ?? '', /not those of then/);
  assert.ok(waits > 0);
});

test('a revision that is not kept, or is another one since the server was restored, is told as gone', async () => {
  put('own');
  put('later', { revision: 6 });
  assert.match(problemOf(await explainerOf()(asked('later'))) ?? '', /revision 6, .* is not kept any more/);
  assert.match(problemOf(await explainerOf(Date.now() + 60_000)(asked('own'))) ?? '', /revision 5, .* is not kept/);
});

test('questions wait for each other, some at a time; one that fails keeps no other from its answer', async () => {
  put('own');
  let calls = 0;
  const explain = explainerOf(0, () =>
    ++calls === 1 ? Promise.reject(new Error('the database does not answer')) : Promise.resolve(),
  );
  const told = await Promise.allSettled(Array.from({ length: 9 }, () => explain(asked('own'))));
  assert.equal(told[0]?.status, 'rejected');
  const answers = told.slice(1).map((one) => (one.status === 'fulfilled' ? problemOf(one.value) : one.status));
  assert.match(answers[0] ?? '', /not those of then/);
  assert.deepEqual([answers.length, answers.at(-1)], [8, 'unavailable']);
});
