// docs/parity.md must not fall behind the code.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatParity, handWritten, rows, type Calls } from './parity-table.ts';

const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'parity.md'), 'utf8');

test('docs/parity.md shows what the code decides; `npm run parity` rewrites it', () => {
  const cells = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const marked = (column: number): Set<string> =>
    new Set(cells.filter((row) => row[column] === 'yes' && row[2] === 'yes').map((row) => row[1] ?? ''));
  const calls: Calls = { enforced: marked(5), tested: marked(6) };
  assert.equal(page, formatParity(calls, handWritten(page)));
});

test('docs/parity.md lists 73 operations, and each decided one is tested', () => {
  const all = rows();
  assert.equal(all.length, 73);
  const untested = all.filter(
    ({ name, decided }) => decided && !new RegExp(`^\\| ${name} \\|.*\\| yes \\|$`, 'm').test(page),
  );
  assert.deepEqual(untested, []);
});
