// The unit tests run at least 95 of 100 lines of every parser of the engine.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const parsers = ['request-head', 'response-head', 'header-lines', 'body', 'head-reader'];

test('each parser has at least 95 % of its lines run by its unit tests', () => {
  // A test runner within a test runner reports to the outer one unless it is told that it stands alone.
  const { NODE_TEST_CONTEXT: _, ...rest } = process.env;
  // Compiled code that was kept tells lines less exactly.
  const env = { ...rest, NODE_DISABLE_COMPILE_CACHE: '1' };
  const run = spawnSync(
    process.execPath,
    [
      ...['--test', '--experimental-test-coverage', '--test-reporter=lcov'],
      ...parsers.map((name) => `--test-coverage-include=src/proxy/http1/${name}.ts`),
      ...globSync('src/proxy/http1/*.test.ts', { cwd: root }),
    ],
    { cwd: root, encoding: 'utf8', env },
  );
  assert.equal(run.status, 0, run.stderr);
  for (const name of parsers) {
    const record =
      run.stdout.split('end_of_record').find((text) => text.includes(`SF:src/proxy/http1/${name}.ts\n`)) ?? '';
    const figure = (key: string): number => Number(new RegExp(`^${key}:(\\d+)$`, 'm').exec(record)?.[1]);
    const share = figure('LH') / figure('LF');
    assert.ok(share >= 0.95, `${name}.ts: ${figure('LH')} of ${figure('LF')} lines`);
  }
});
