// The sealed snapshot on disk: whole or not at all.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { emptySnapshot, type DoorRecord, type Snapshot } from '../snapshot/index.ts';
import { readSnapshotFile, writeSnapshotFile } from './snapshot-file.ts';

const key = Buffer.alloc(32, 7);

function place(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pergola-sealed-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'snapshot.sealed');
}

function snapshot(count: number): Snapshot {
  const doors = Array.from({ length: count }, (_, i): DoorRecord => {
    return { id: `snva-${i}`, revision: i, vpcId: 'vpc-1', serviceNetworkId: 'sn-1', securityGroups: ['sg-secret'] };
  });
  return { ...emptySnapshot, revision: count, day: '20261122', doors: new Map(doors.map((door) => [door.id, door])) };
}

test('readSnapshotFile() gives what writeSnapshotFile() took', async (t) => {
  const path = place(t);
  for (const count of [0, 1, 1201]) {
    const dated = { epoch: 'durable', snapshot: snapshot(count) };
    await writeSnapshotFile(path, dated, key);
    assert.deepEqual(await readSnapshotFile(path, key), dated);
  }
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(path, '..')), ['snapshot.sealed']);
  assert.equal(readFileSync(path).includes('sg-secret'), false);
});

test('readSnapshotFile() gives nothing when there is no file, and refuses one of another key, changed or cut', async (t) => {
  const path = place(t);
  assert.equal(await readSnapshotFile(path, key), undefined);
  await writeSnapshotFile(path, { epoch: 'durable', snapshot: snapshot(3) }, key);
  const bytes = readFileSync(path);
  await assert.rejects(readSnapshotFile(path, Buffer.alloc(32, 8)));
  for (const at of [0, 11, 12, 100, bytes.length - 17, bytes.length - 16, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    writeFileSync(path, changed);
    await assert.rejects(readSnapshotFile(path, key), Error, `byte ${at}`);
  }
  for (const length of [0, 5, 12, 28, 100, bytes.length - 1]) {
    writeFileSync(path, bytes.subarray(0, length));
    await assert.rejects(readSnapshotFile(path, key), Error, `${length} bytes`);
  }
});
