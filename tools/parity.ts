// Writes docs/parity.md: every operation of VPC Lattice and how far it is, as tests show it; with `--check` it only says whether the page is right.

import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatParity, handWritten, type Calls } from './parity-table.ts';

const root = join(import.meta.dirname, '..');
const file = join(root, 'docs', 'parity.md');

/** What the passed tests of `folder` called. */
function readCalls(folder: string): Calls {
  const lines = readFileSync(join(folder, 'calls.txt'), 'utf8').trim().split('\n');
  const of = (mark: string): Set<string> =>
    new Set(lines.filter((line) => line.startsWith(`${mark} `)).map((line) => line.slice(mark.length + 1)));
  return { tested: of('tested'), enforced: of('enforced') };
}

/** Runs the tests with recording on; fails when one fails, for then nothing is shown. */
function recordCalls(): Calls {
  const folder = mkdtempSync(join(tmpdir(), 'pergola-parity-'));
  try {
    const tests = globSync('test/{api,e2e}/**/*.test.ts', { cwd: root }).sort();
    if (tests.length === 0) throw new Error('no test was found');
    const run = spawnSync(process.execPath, ['--test', '--test-reporter=tap', '--test-concurrency=2', ...tests], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, PERGOLA_RECORD_CALLS: folder },
    });
    if (run.status !== 0) throw new Error('tests failed, so nothing is known to work');
    return readCalls(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// Whoever has just run them all with recording on (`.ci/run`) names the folder.
const { PERGOLA_RECORDED_CALLS: recorded } = process.env;
const calls = recorded === undefined ? recordCalls() : readCalls(recorded);
const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
const page = formatParity(calls, handWritten(before));
if (!process.argv.includes('--check')) writeFileSync(file, page);
else if (page !== before) {
  process.stderr.write('docs/parity.md is behind the code: npm run parity\n');
  process.exitCode = 1;
}
process.stdout.write(`docs/parity.md: ${calls.tested.size} tested, ${calls.enforced.size} enforced\n`);
