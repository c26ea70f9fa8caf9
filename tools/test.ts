// `npm test`: the checks and unit tests, then every test that needs processes; with file names as arguments, only these.

import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Each file has a process of its own. Two at a time: many start servers with several processes and measure time. A failed test that leaves a server must not hold up the rest. */
const options = ['--test', '--test-concurrency=2', '--test-timeout=300000', '--test-force-exit'];

function run(name: string, ...args: readonly string[]): boolean {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  process.stdout.write(
    `${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - start) / 1000).toFixed(0)} s)\n`,
  );
  return status === 0;
}

const wanted = process.argv.slice(2);
const files =
  wanted.length > 0
    ? wanted
    : globSync('test/**/*.test.ts', { cwd: root, exclude: ['test/bench', 'test/conformance'] }).sort();
if (files.length === 0) throw new Error('no test was found');
const results = [
  wanted.length > 0 || run('check', join(root, 'tools', 'check.ts')),
  run(`tests of ${files.length} files`, ...options, ...files),
];
process.exitCode = results.every(Boolean) ? 0 : 1;
