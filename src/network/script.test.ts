import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { formatScript } from './script.ts';
import type { Command } from './state.ts';

function runScript(commands: readonly Command[]) {
  const { argv, stdin } = formatScript(commands);
  return spawnSync(argv[0] ?? '', argv.slice(1), { input: stdin ?? '', encoding: 'utf8' });
}

test('formatScript() runs each command with its own words and its own input', () => {
  const { stdout, status } = runScript([
    { argv: ['printf', '%s|', "it's", '$HOME', 'a b', ''] },
    { argv: ['cat'], stdin: "one $HOME `x`\n'two'" },
    { argv: ['sh', '-c', 'echo three && cat'], stdin: 'four\n' },
  ]);
  assert.equal(stdout, "it's|$HOME|a b||one $HOME `x`\n'two'\nthree\nfour\n");
  assert.equal(status, 0);
});

test('formatScript() stops at the first failure and names the command', () => {
  const { stdout, stderr, status } = runScript([
    { argv: ['echo', 'before'] },
    { argv: ['sh', '-c', 'echo why >&2; exit 7'] },
    { argv: ['echo', 'after'] },
  ]);
  assert.equal(stdout, 'before\n');
  assert.equal(stderr, 'why\nin: sh -c echo why >&2; exit 7\n');
  assert.notEqual(status, 0);
});
