// Secrets on the disk: sealed, with what older versions left plain; and that they need their key.

import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CreateAccessKeyCommand, CreateUserCommand, DeleteAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { makeDirectory, ownCheckout, runPergola, TestServer } from '../server.ts';

const root = makeDirectory(ownCheckout);
after(() => rmSync(root, { recursive: true, force: true }));

/** What the fixture's admin key has, made by a version that kept it plain. */
const oldSecret = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAC';

/** The files of the database that have any of these texts. */
function filesWith(data: string, ...texts: readonly string[]): readonly string[] {
  return readdirSync(data).filter((name) => {
    if (!/^(state\.db|backup)/.test(name)) return false;
    const bytes = readFileSync(join(data, name));
    return texts.some((text) => bytes.includes(text));
  });
}

const start = (data: string): Promise<TestServer> => TestServer.start({ attach: 'loopback', workers: 1, data });

async function callerOf(api: string, credentials: { accessKeyId: string; secretAccessKey: string }): Promise<string> {
  const client = new STSClient({ region: 'us-east-1', endpoint: api, credentials, maxAttempts: 1 });
  try {
    return (await client.send(new GetCallerIdentityCommand())).Arn ?? '';
  } finally {
    client.destroy();
  }
}

test('plain secrets of an older version are sealed at the start, and no byte of the database has them then', async () => {
  const data = makeDirectory(ownCheckout);
  try {
    copyFileSync(
      join(import.meta.dirname, '..', 'store', 'formats', 'tables-2-log-1', 'state.db'),
      join(data, 'state.db'),
    );
    const plain = [oldSecret, '"secretAccessKey"'];
    assert.deepEqual(filesWith(data, ...plain), ['state.db']);
    for (let round = 0; round < 2; round++) {
      await using server = await start(data);
      // While it runs: with the log that SQLite writes beside the database.
      assert.deepEqual(filesWith(data, ...plain), [], `round ${round}`);
      assert.ok(existsSync(join(data, 'state.db-wal')), 'there is no log to look at');
      assert.doesNotMatch(server.log, new RegExp(oldSecret));
      assert.equal(/kept plain are sealed/.test(server.log), round === 0, server.log);
      const old = { accessKeyId: 'AKIAAAAAAAAAAAAAAAAB', secretAccessKey: oldSecret };
      assert.deepEqual(server.keys, old);
      assert.match(await callerOf(server.api, old), /user\/admin$/);
    }
    assert.deepEqual(filesWith(data, ...plain), []);
    assert.equal(statSync(join(data, 'secrets.key')).mode & 0o777, 0o600);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});

test('the secret of a key is nowhere but in the answer that made it; a backup brings what opens it', async () => {
  const data = join(root, 'one');
  const file = join(root, 'backup.file');
  let made = { accessKeyId: '', secretAccessKey: '' };
  {
    await using server = await start(data);
    const client = { region: 'us-east-1', endpoint: server.api, credentials: server.keys, maxAttempts: 1 };
    const iam = new IAMClient(client);
    await iam.send(new CreateUserCommand({ UserName: 'ann' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
    iam.destroy();
    made = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
    assert.match(await callerOf(server.api, made), /:user\/ann$/);
    const { status, stderr } = await runPergola(ownCheckout, ['backup', file, '--data', data]);
    assert.equal(status, 0, stderr);
    assert.ok(!server.log.includes(made.secretAccessKey));
  }
  const everywhere = readdirSync(data, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  assert.ok(everywhere.some(({ name }) => name === 'state.db'));
  for (const { parentPath, name } of everywhere)
    assert.ok(!readFileSync(join(parentPath, name)).includes(made.secretAccessKey), name);
  assert.ok(!readFileSync(file).includes(made.secretAccessKey));

  const restored = join(root, 'restored');
  const { status, stderr } = await runPergola(ownCheckout, ['restore', file, '--data', restored]);
  assert.equal(status, 0, stderr);
  assert.deepEqual(readdirSync(restored).sort(), ['lock.db', 'secrets.key', 'state.db']);
  assert.equal(statSync(join(restored, 'secrets.key')).mode & 0o777, 0o600);
  await using server = await start(restored);
  assert.match(await callerOf(server.api, made), /:user\/ann$/);
  const client = { region: 'us-east-1', endpoint: server.api, credentials: server.keys, maxAttempts: 1 };
  const iam = new IAMClient(client);
  await iam.send(new DeleteAccessKeyCommand({ UserName: 'ann', AccessKeyId: made.accessKeyId }));
  iam.destroy();
  await assert.rejects(callerOf(server.api, made), { name: 'InvalidClientTokenId' });
});

test('a server without the key of its secrets, or with another, does not start and says so', async () => {
  const data = join(root, 'two');
  await (await start(data)).stop();
  const key = join(data, 'secrets.key');
  const place = ['serve', '--data', data, '--api', '127.0.0.1:0', '--dns', '127.0.0.1:0', '--attach', 'loopback'];
  renameSync(key, `${key}.away`);
  const without = await runPergola(ownCheckout, place);
  assert.deepEqual([without.status, /secrets\.key is missing/.test(without.stderr)], [3, true], without.stderr);
  assert.ok(!existsSync(key), 'another key was made');
  writeFileSync(key, Buffer.alloc(32));
  const wrong = await runPergola(ownCheckout, place);
  assert.deepEqual([wrong.status, /is not the key/.test(wrong.stderr)], [3, true], wrong.stderr);
  renameSync(`${key}.away`, key);
  await (await start(data)).stop();
});
