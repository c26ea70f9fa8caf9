// Seen from the kernel: between the write of a commit and its answer stands a sync of the database's log.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const directory = mkdtempSync(join(tmpdir(), 'pergola-sync-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const traced = spawnSync('strace', ['-V']).status === 0;
const skip = traced || process.env['CI'] === 'true' ? false : 'strace is not installed';

test('A sync follows the last write to the log before each answer', { skip }, () => {
  const output = join(directory, 'trace');
  const writer = join(import.meta.dirname, '..', 'store', 'writer.ts');
  const calls = ['-f', '-y', '-e', 'trace=fsync,fdatasync,pwrite64,write', '-o', output];
  const run = spawnSync('strace', [...calls, process.execPath, writer, directory, '0', '20', '1'], { timeout: 60_000 });
  assert.equal(run.status, 0, run.stderr.toString());
  // A call that another thread interrupts takes two lines: the first says what it is, the second that it ended.
  const open = new Map<string, string>();
  let dirty = false;
  let syncs = 0;
  let answers = 0;
  for (const line of readFileSync(output, 'utf8').split('\n')) {
    const [, thread = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const begun = /resumed>/.test(text) ? (open.get(thread) ?? '') : text;
    if (text.endsWith('<unfinished ...>')) open.set(thread, text);
    const ended = !text.endsWith('<unfinished ...>');
    if (/^pwrite64\(\d+<[^>]*state\.db-wal>/.test(begun)) dirty = true;
    else if (/^f(data)?sync\(\d+<[^>]*state\.db-wal>/.test(begun) && ended && text.endsWith('= 0')) {
      dirty = false;
      syncs++;
    } else if (/^write\(1<[^>]*>, "\{\\"call\\"/.test(begun) && !/resumed>/.test(text)) {
      answers++;
      assert.equal(dirty, false, `answer ${answers} went out before its sync`);
      assert.ok(syncs >= 2 * answers, `${syncs} syncs before answer ${answers}, which rests on two commits each`);
    }
  }
  assert.equal(answers, 20);
});
