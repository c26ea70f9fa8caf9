// Requests are found in the access logs of all workers, in files that were rotated away too, and not beyond a time.

import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findLoggedRequest } from '../../src/telemetry/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'pergola-access-'));
after(() => rmSync(folder, { recursive: true }));

const now = Date.UTC(2026, 0, 2, 12);
const at = (seconds: number): string => new Date(now + seconds * 1000).toISOString().replace(/\.\d+Z/, 'Z');
const lineOf = (requestId: string, seconds: number, more: object = {}): string =>
  `${JSON.stringify({ startTime: at(seconds), requestId, responseCode: 200, duration: 0, ...more })}\n`;
const put = (name: string, ...lines: readonly string[]): void => {
  const path = join(folder, name);
  writeFileSync(path, lines.join(''));
  utimesSync(path, now / 1000, now / 1000);
};
const find = async (requestId: string, seconds = -3600): Promise<number | undefined> =>
  (await findLoggedRequest(folder, requestId, now + seconds * 1000))?.status;

test('the newest record of an id is found, whichever worker and file it is in', async () => {
  const many = (from: number): readonly string[] =>
    Array.from({ length: 3000 }, (_, i) => lineOf(`other-${i}`, from, { userAgent: 'x'.repeat(i % 700) }));
  put('worker-0.jsonl', lineOf('a', -20), ...many(-19), lineOf('b', -1, { responseCode: 201 }));
  put('worker-0.jsonl.1', lineOf('c', -40, { responseCode: 202 }), ...many(-30));
  put('worker-0.jsonl.2', lineOf('a', -60, { responseCode: 500 }), lineOf('d', -50, { responseCode: 203 }));
  put('worker-1.jsonl', lineOf('b', -3, { responseCode: 500 }), lineOf('é"\\', -2, { responseCode: 204 }));
  put('worker-1.jsonl.2', lineOf('e', -1));
  put('other.jsonl', lineOf('e', -1));
  assert.deepEqual(await Promise.all(['a', 'b', 'c', 'd', 'é"\\', 'e', 'other-2999'].map((id) => find(id))), [
    ...[200, 201, 202, 203, 204, undefined, 200],
  ]);
});

test('every line of a file is found, wherever slices begin', async () => {
  const ids = Array.from({ length: 400 }, (_, i) => `id-${i}`);
  put('worker-0.jsonl', ...ids.map((id, i) => lineOf(id, -20, { responseCode: 200 + i, userAgent: 'y'.repeat(3001) })));
  for (const [i, id] of ids.entries()) assert.equal(await find(id), 200 + i, id);
});

test('what ended before the time is not found, and what began before it and ended after is', async () => {
  put('worker-0.jsonl', lineOf('old', -4000), lineOf('long', -4000, { duration: 3_900_000 }), lineOf('new', -10));
  assert.deepEqual([await find('old'), await find('long'), await find('new')], [undefined, 200, 200]);
  assert.equal(await find('new', -5), undefined);
});

test('lines that are broken, too long or only look alike are no record and hide none', async () => {
  const alike = lineOf('x', -1, { userAgent: '"requestId":"wanted"' });
  const huge = `{"requestId":"wanted","x":"${'z'.repeat(2_000_000)}`;
  put(
    'worker-0.jsonl',
    lineOf('first', -9),
    lineOf('wanted', -8),
    '{"requestId":"wanted","start\n',
    alike,
    `${huge}\n`,
    lineOf('last', -1),
  );
  assert.deepEqual([await find('first'), await find('wanted'), await find('last')], [200, 200, 200]);
  appendFileSync(join(folder, 'worker-0.jsonl'), lineOf('torn', 0).slice(0, 40));
  assert.deepEqual([await find('torn'), await find('last')], [undefined, 200]);
  truncateSync(join(folder, 'worker-0.jsonl'));
  assert.equal(await find('last'), undefined);
});
