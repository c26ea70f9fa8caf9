// What was answered is there after kill -9 at any moment: records, tokens, addresses, the events of changes; and the lock is free.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog } from '../../src/base/log.ts';
import { ADDRESS_PLACES } from '../../src/domain/association/address.ts';
import { createService } from '../../src/domain/service/index.ts';
import {
  keyOfRecord,
  type ComponentAddress,
  type Service,
  type ServiceAssociation,
} from '../../src/domain/records/index.ts';
import { acquireLock, isLockHeld, openStore } from '../../src/store/index.ts';
import { contextOf } from './calls.ts';
import { findEvents } from './events.ts';

interface Answer {
  readonly call: { readonly name: string };
  readonly token: { readonly token: string; readonly parameters: unknown };
  readonly service: Service;
  readonly association: ServiceAssociation;
  readonly address: ComponentAddress;
}

const directory = mkdtempSync(join(tmpdir(), 'pergola-kill-'));
after(() => rmSync(directory, { recursive: true, force: true }));
const rounds = Number(process.env['PERGOLA_KILLS'] ?? 10);

/** Starts a writer, kills it at a random moment, and gives what it had answered. */
async function writeAndKill(round: number): Promise<readonly Answer[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), directory, String(round)]);
  let output = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const closed = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), closed]);
  assert.equal(child.exitCode, null, errors);
  assert.equal(isLockHeld(join(directory, 'lock')), true);
  await sleep(Math.random() * 120);
  child.kill('SIGKILL');
  await closed;
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Answer);
}

test(`What ${rounds} killed processes had answered is there, with one event each, and each token gives its first answer`, async () => {
  const answers: Answer[] = [];
  for (let round = 0; round < rounds; round++) {
    answers.push(...(await writeAndKill(round)));
    const lock = acquireLock(join(directory, 'lock'));
    assert.ok(lock !== undefined, 'the lock outlived its holder');
    lock[Symbol.dispose]();
    await using store = await openStore({ file: join(directory, 'state.db') }, { log: silentLog });
    const { tables, revision } = store.state.value;
    for (const { service, association, address } of answers) {
      assert.deepEqual(tables.service.get(keyOfRecord(service)), service);
      assert.deepEqual(tables.serviceAssociation.get(keyOfRecord(association)), association);
      assert.deepEqual(tables.componentAddress.get(keyOfRecord(address)), address);
    }
    const { events } = await findEvents(store, { limit: 1_000_000 });
    const kept = new Map<string, number>();
    for (const { id } of events) kept.set(id, (kept.get(id) ?? 0) + 1);
    for (const { token } of answers) assert.equal(kept.get(token.token), 1, `events of ${token.token}`);
    assert.deepEqual(
      [...kept.values()].filter((n) => n !== 1),
      [],
    );
    // Also a change that was kept and never answered has its event.
    const changed = events.filter(({ isRead }) => !isRead).length;
    assert.equal(changed, tables.service.size);
    const places = new Set(tables.componentAddress.map((one) => one.index).values());
    // Only when the pool is spent do components share places.
    const different = Math.min(tables.componentAddress.size, ADDRESS_PLACES);
    assert.equal(places.size, different, 'two components have one address');
    for (const { call, token, service } of answers.slice(-20)) {
      const replay = await store.commit(createService, call, contextOf('CreateService'), token);
      assert.deepEqual([replay.replayed, replay.result], [true, service]);
    }
    assert.equal(store.state.value.revision, revision);
  }
  assert.ok(answers.length > rounds * 4, `only ${answers.length} answers`);
});
