import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { acquireLock } from '../store/index.ts';
import { findServer, lockFile, removeServerFile, writeAdminFile, writeServerFile } from './server-file.ts';

const keys = { AWS_ACCESS_KEY_ID: 'AKIA1', AWS_SECRET_ACCESS_KEY: 's' };
const server = { pid: 1, api: 'http://127.0.0.1:7171', dns: '127.0.0.1:7153', attach: 'loopback', region: 'eu-west-2' };
const admin = { accessKeyId: 'AKIAADMIN', secretAccessKey: 'secret' };

function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'pergola-server-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('findServer() takes a named server with the keys and the region of the environment', () => {
  const found = findServer({ api: 'localhost:7171' }, { ...keys, AWS_REGION: 'eu-west-1', AWS_SESSION_TOKEN: 't' });
  assert.deepEqual(found, {
    api: 'http://localhost:7171',
    region: 'eu-west-1',
    accessKeyId: 'AKIA1',
    secretAccessKey: 's',
    sessionToken: 't',
  });
});

test('findServer() prefers --api to --data, and --data to PERGOLA_API', (t) => {
  const data = directory(t);
  using lock = acquireLock(lockFile(data));
  assert.ok(lock);
  writeServerFile(data, server);
  writeAdminFile(data, admin);
  const environment = { ...keys, PERGOLA_API: 'http://127.0.0.1:1' };
  assert.equal(findServer({ api: '127.0.0.1:2', data }, environment).api, 'http://127.0.0.1:2');
  assert.equal(findServer({}, environment).api, 'http://127.0.0.1:1');
  const found = findServer({ data }, environment);
  assert.deepEqual(found, { api: server.api, region: 'eu-west-2', ...admin, file: server });
});

test('findServer() ignores the file of a server that does not run', (t) => {
  const data = directory(t);
  writeServerFile(data, server);
  writeAdminFile(data, admin);
  assert.throws(() => findServer({ data }, {}), /no server runs on/);
});

test('findServer() says what is missing or damaged', (t) => {
  const data = directory(t);
  using lock = acquireLock(lockFile(data));
  assert.ok(lock);
  assert.throws(() => findServer({ data }, {}), /no server runs on/);
  writeServerFile(data, server);
  assert.throws(() => findServer({ data }, {}), /no admin\.json/);
  writeFileSync(join(data, 'server.json'), '{"api":');
  assert.throws(() => findServer({ data }, {}), /server\.json is damaged/);
  assert.throws(() => findServer({ data: ':memory:' }, {}), /name it with --api/);
  assert.throws(() => findServer({ api: 'localhost:7171' }, {}), /needs AWS_ACCESS_KEY_ID/);
  assert.throws(() => findServer({ api: 'http://localhost:7171/x' }, keys), /not the address of a server/);
});

test('writeServerFile() keeps others from reading, and removeServerFile() may find nothing', (t) => {
  const data = directory(t);
  writeServerFile(data, server);
  assert.equal(statSync(join(data, 'server.json')).mode & 0o777, 0o600);
  removeServerFile(data);
  removeServerFile(data);
});
