// A full disk: a clear refusal, nothing half written, and all goes on once there is room.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { silentLog } from '../../src/base/log.ts';
import { createService } from '../../src/domain/service/index.ts';
import { openStore } from '../../src/store/index.ts';
import { contextOf, plainRecords, refusedWith } from './calls.ts';
import { mountSmallDisk } from './small-disk.ts';

const directory = mkdtempSync(join(tmpdir(), 'pergola-full-'));
const { reason, skip } = mountSmallDisk(directory, '1m');
after(() => rmSync(directory, { recursive: true, force: true }));

test(
  'A store on a full disk refuses with InternalServer, keeps what it answered, and goes on later',
  { skip },
  async () => {
    assert.equal(reason, undefined);
    const ballast = join(directory, 'ballast');
    writeFileSync(ballast, Buffer.alloc(400_000));
    const file = join(directory, 'state.db');
    const tags = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`key-${n}`, 'v'.repeat(200)]));
    const answered: string[] = [];
    const refused: string[] = [];
    let records;
    {
      await using store = await openStore({ file }, { log: silentLog });
      const call = async (name: string): Promise<void> => {
        try {
          await store.commit(createService, { name, tags }, contextOf('CreateService'));
          answered.push(name);
        } catch (error) {
          assert.ok(refusedWith('InternalServer')(error), String(error));
          assert.match((error as Error).message, /could not be stored/);
          refused.push(name);
        }
      };
      for (let n = 0; n < 300 && refused.length < 8; n += 2)
        await Promise.all([call(`service-${n}`), call(`service-${n + 1}`)]);
      assert.ok(refused.length >= 8, 'the disk was never full');
      assert.ok(answered.length > 0);
      assert.equal(store.state.value.tables.service.size, answered.length);
      rmSync(ballast);
      const before = refused.length;
      await call('after');
      assert.equal(refused.length, before, 'there is room again');
      records = plainRecords(store.state.value);
    }
    await using store = await openStore({ file }, { log: silentLog });
    assert.deepEqual(plainRecords(store.state.value), records);
    const names = store.state.value.tables.service.map((service) => service.name).toSet();
    assert.deepEqual([...names].sort(), answered.sort());
  },
);
