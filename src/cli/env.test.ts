// What `pergola env` prints, for a server named by its address.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandIo } from './command-io.ts';
import { env } from './env.ts';

function record(environment: CommandIo['environment']) {
  const written = { out: '', err: '' };
  const io: CommandIo = {
    environment,
    now: () => 0,
    out: (text) => (written.out += text),
    err: (text) => (written.err += text),
  };
  return { written, io };
}

const keys = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: "a'b c" };

test('env() prints lines that a shell can evaluate', async () => {
  const { written, io } = record({ ...keys, AWS_REGION: 'eu-west-1', PERGOLA_API: '127.0.0.1:7171' });
  assert.equal(await env([], io), 0);
  assert.deepEqual(written.out.trimEnd().split('\n'), [
    'export AWS_ENDPOINT_URL=http://127.0.0.1:7171',
    'export AWS_REGION=eu-west-1',
    'export AWS_DEFAULT_REGION=eu-west-1',
    'export AWS_ACCESS_KEY_ID=AKIATEST',
    `export AWS_SECRET_ACCESS_KEY='a'\\''b c'`,
  ]);
});

test('env() says that a server named by its address needs keys', async () => {
  const { written, io } = record({});
  assert.equal(await env(['--api', '127.0.0.1:7171'], io), 1);
  assert.match(written.err, /needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/);
  assert.equal(written.out, '');
});

test('env() ends with 2 at an option that it does not know', async () => {
  const { written, io } = record(keys);
  assert.equal(await env(['--apis', 'x'], io), 2);
  assert.match(written.err, /usage: npx pergola env/);
});
