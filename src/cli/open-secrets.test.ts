// Opening the box of a server's secrets: what is sealed, what is refused, and that a start goes on when old secrets cannot be scrubbed.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createLog } from '../base/log.ts';
import { createSeededRandom } from '../base/random.ts';
import { ensureAdminCredential } from '../domain/iam/index.ts';
import type { Context } from '../domain/index.ts';
import { openStore, type Store } from '../store/index.ts';
import { openSecrets } from './open-secrets.ts';

const random = createSeededRandom(1);
const context = (operation: string): Context => ({
  ...{ account: '123456789012', region: 'us-east-1', principalArn: 'pergola', operation, now: 1, random },
  quotas: 'none',
});

function surroundings(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'pergola-secrets-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const lines: string[] = [];
  const log = createLog(
    (line) => lines.push(line),
    () => 0,
  );
  return { file: join(directory, 'state.db'), key: join(directory, 'secrets.key'), lines, deps: { context, log } };
}

/** A store in memory with the admin's pair, whose secret is plain. */
async function plainStore(deps: Parameters<typeof openSecrets>[2]): Promise<Store> {
  const store = await openStore({ file: ':memory:' }, deps);
  await store.commit(
    (state, input: null, own) => {
      const secrets = { seal: (secret: string) => secret };
      const { changes, result } = ensureAdminCredential(state, { secrets }, own);
      const { sealedSecret: secretAccessKey, status: _status, ...kept } = result;
      const [change] = changes;
      assert.ok(change !== undefined);
      return { changes: [{ ...change, record: { ...kept, secretAccessKey } } as never], result: input };
    },
    null,
    context('Plain'),
  );
  return store;
}

test('openSecrets() makes a key for its owner alone, seals what is plain, and opens it with the same key ever after', async (t) => {
  const { file, key, lines, deps } = surroundings(t);
  await using store = await plainStore(deps);
  const [plain] = [...store.state.value.tables.credential.values()] as unknown as { secretAccessKey: string }[];
  assert.match(plain?.secretAccessKey ?? '', /^.{40}$/);
  const opened = await openSecrets(store, file, deps);
  assert.ok('secrets' in opened);
  assert.equal(statSync(key).mode & 0o777, 0o600);
  const [sealed] = [...store.state.value.tables.credential.values()];
  assert.ok(sealed !== undefined && !('secretAccessKey' in sealed) && sealed.status === 'Active');
  assert.equal(opened.secrets.open(sealed.sealedSecret, sealed.id), plain?.secretAccessKey);
  const again = await openSecrets(store, file, deps);
  assert.ok('secrets' in again);
  assert.equal(again.secrets.open(sealed.sealedSecret, sealed.id), plain?.secretAccessKey);
  assert.deepEqual(
    lines.map((line) => /are sealed/.test(line)),
    [true],
  );
  assert.ok(!lines.join('').includes(plain?.secretAccessKey ?? ''));
});

test('openSecrets() refuses a key that is missing, another or damaged, and makes none in its place', async (t) => {
  const { file, key, deps } = surroundings(t);
  await using store = await plainStore(deps);
  assert.ok('secrets' in (await openSecrets(store, file, deps)));
  const good = readFileSync(key);
  const problem = async (): Promise<string> => {
    const opened = await openSecrets(store, file, deps);
    return 'problem' in opened ? opened.problem : '';
  };
  rmSync(key);
  assert.match(await problem(), /secrets\.key is missing/);
  assert.ok(!existsSync(key));
  writeFileSync(key, Buffer.alloc(32));
  assert.match(await problem(), /secrets\.key is not the key/);
  writeFileSync(key, good.subarray(1));
  assert.match(await problem(), /secrets\.key is damaged/);
  writeFileSync(key, good);
  assert.equal(await problem(), '');
});

test('openSecrets() goes on and says so when the old log cannot be scrubbed', async (t) => {
  const { file, lines, deps } = surroundings(t);
  await using store = await plainStore(deps);
  const full = Object.assign(Object.create(store) as Store, {
    scrub: () => Promise.reject(new Error('database or disk is full')),
    commit: store.commit.bind(store),
  });
  Object.defineProperty(full, 'state', { value: store.state });
  assert.ok('secrets' in (await openSecrets(full, file, deps)));
  assert.match(lines.at(-1) ?? '', /"level":"error".*the next start tries again.*disk is full/);
});
