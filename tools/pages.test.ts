// What the pages say can be typed as it stands: commands are spelled in one way, links lead to files.

import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
/** Decisions and the changelog tell of other times. */
const pages = globSync(['*.md', 'docs/*.md'], { cwd: root }).filter((page) => page !== 'CHANGELOG.md');
const main = readFileSync(join(root, 'src', 'cli', 'main.ts'), 'utf8');
const commands = [...main.matchAll(/^ {2}(\w+): \{ usage: /gm)].map(([, name = '']) => name);

/** The lines in which a command stands as it works nowhere but where Pergola is installed. */
function misspelt(text: string): readonly string[] {
  const bare = new RegExp(`(?<!npx )(?<![\\w./-])pergola (${commands.join('|')})\\b`);
  return text.split('\n').filter((line) => bare.test(line));
}

test('pages spell every command `npx pergola`, which works in a checkout', () => {
  assert.ok(pages.length >= 8, `only ${pages.length} pages were read`);
  assert.ok(commands.length >= 13, `only ${commands.length} commands are known`);
  assert.deepEqual(misspelt('run pergola status\nnpx pergola status; `pergola env`\nnpx pergola env'), [
    'run pergola status',
    'npx pergola status; `pergola env`',
  ]);
  for (const page of pages) assert.deepEqual(misspelt(readFileSync(join(root, page), 'utf8')), [], page);
});

test('links of pages lead to files', () => {
  let links = 0;
  for (const page of pages)
    for (const [, to = ''] of readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^https?:/.test(to)) continue;
      links++;
      assert.ok(existsSync(join(root, dirname(page), to)), `${page} links to ${to}`);
    }
  assert.ok(links >= 8, `only ${links} links were seen`);
});
