// Runs every unit test (src and tools) in one process; tests that need processes, namespaces or minutes live under test/.

import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const wanted = process.argv.slice(2);
const files = wanted.length > 0 ? wanted : globSync('{src,tools}/**/*.test.ts', { cwd: root }).sort();
if (files.length === 0) throw new Error('no unit test was found');
const run = spawnSync(process.execPath, ['--test', '--test-isolation=none', '--test-reporter=dot', ...files], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = run.status ?? 1;
