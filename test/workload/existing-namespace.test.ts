// Which namespaces of the machine may join a VPC, and when they are members no more.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { namespacePath } from '../../src/network/index.ts';
import { createExistingNamespaces, systemProcesses } from '../../src/workload/index.ts';
import { openBox } from '../network/box.ts';
import { needsNamespaces } from '../network/lab.ts';

const own = 'pg0000000a-';
const namespaces = createExistingNamespaces(own, systemProcesses);

test(
  'find() finds a namespace by its path and by a process in it, and sees when either is gone',
  needsNamespaces,
  async (t) => {
    const box = await openBox(t);
    const byPath = namespaces.find({ by: { path: box.path }, inode: statSync(box.path).ino });
    const byPid = namespaces.find({ by: { pid: box.pid } });
    assert.ok('identity' in byPath && 'identity' in byPid);
    assert.equal(byPath.identity, byPid.identity);
    assert.equal(byPid.path, `/proc/${box.pid}/ns/net`);
    assert.deepEqual([namespaces.whyLeft(byPath), namespaces.whyLeft(byPid)], [undefined, undefined]);
    spawnSync('ip', ['netns', 'del', box.name]);
    assert.match(namespaces.whyLeft(byPath) ?? '', /is not there any more/);
    assert.equal(namespaces.whyLeft(byPid), undefined);
    const ended = new Promise((resolve) => box.process.once('exit', resolve));
    box.process.kill('SIGKILL');
    await ended;
    assert.match(namespaces.whyLeft(byPid) ?? '', /process \d+ has ended/);
  },
);

test('find() says why a namespace cannot join', needsNamespaces, async (t) => {
  const box = await openBox(t);
  const name = (text: string): void => {
    assert.equal(spawnSync('ip', ['netns', 'attach', text, String(box.pid)]).status, 0);
    t.after(() => spawnSync('ip', ['netns', 'del', text]));
  };
  const reason = (wish: Parameters<typeof namespaces.find>[0]): string => {
    const found = namespaces.find(wish);
    return 'reason' in found ? found.reason : 'found';
  };
  assert.match(reason({ by: { path: '/run/netns/nowhere' } }), /nowhere is not there/);
  assert.match(reason({ by: { pid: 4_194_304 + 7 } }), /there is no process 4194311 here/);
  assert.match(reason({ by: { path: '/etc/passwd' } }), /is no namespace/);
  assert.match(reason({ by: { pid: process.pid } }), /the host's own network/);
  assert.match(reason({ by: { path: box.path }, inode: 7 }), /is another one for this server.*pid: host/);
  // Of this server, as a member: known otherwise.
  name(`${own}vpc-a-10.0.1.10-joined-7`);
  assert.equal(reason({ by: { path: box.path } }), 'found');
  name('pg0000000b-vpc-a-10.0.1.10-joined-7');
  assert.match(reason({ by: { path: box.path } }), /joined a VPC of another Pergola server/);
  spawnSync('ip', ['netns', 'del', 'pg0000000b-vpc-a-10.0.1.10-joined-7']);
  name('pg0000000b-vpc-a');
  assert.match(reason({ by: { path: namespacePath('pg0000000b-vpc-a') } }), /is one that a Pergola server made/);
});
