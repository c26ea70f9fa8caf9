// The stable surface of `pergola audit`.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { CreateServiceCommand, GetServiceCommand, VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';
import { readAdminFile } from '../../src/cli/server-file.ts';
import { ownCheckout, runPergola, startPergola, TestServer, type Finished } from '../server.ts';

let server: TestServer;
let lattice: VPCLatticeClient;
before(async () => {
  server = await TestServer.start({ attach: 'loopback', workers: 1 });
  const admin = readAdminFile(server.data);
  assert.ok(admin !== undefined);
  lattice = new VPCLatticeClient({
    region: 'us-east-1',
    endpoint: server.api,
    credentials: { ...admin },
    maxAttempts: 1,
  });
});
after(async () => {
  lattice.destroy();
  await server[Symbol.asyncDispose]();
});

const audit = (...args: readonly string[]): Promise<Finished> =>
  runPergola(ownCheckout, ['audit', '--data', server.data, ...args]);

test('audit prints what was called, oldest first, for people and as JSON lines, and finds by name, user, resource and time', async () => {
  const { id = '' } = await lattice.send(new CreateServiceCommand({ name: 'shop' }));
  await assert.rejects(lattice.send(new CreateServiceCommand({ name: 'shop' })));
  await lattice.send(new GetServiceCommand({ serviceIdentifier: id }));
  const people = await audit();
  assert.equal(people.status, 0, people.stderr);
  const [created = '', refused = '', read = '', ...others] = people.stdout.trimEnd().split('\n');
  assert.deepEqual(others, []);
  assert.match(created, new RegExp(`^\\d{4}-\\S+Z {2}CreateService {2}\\S+ {2}127\\.0\\.0\\.1 {2}${id}$`));
  assert.match(refused, / {2}CreateService {2}.* {2}ConflictException: .*already exists/);
  assert.match(read, new RegExp(` {2}GetService {2}.* {2}${id}$`));
  const lines = async (...args: readonly string[]) => {
    const { status, stdout, stderr } = await audit('--json', ...args);
    assert.equal(status, 0, stderr);
    const records = stdout.split('\n').slice(0, -1);
    return records.map(
      (line) =>
        JSON.parse(line) as { readonly eventName: string; readonly userIdentity: { readonly userName?: string } },
    );
  };
  const names = async (...args: readonly string[]) => (await lines(...args)).map(({ eventName }) => eventName);
  assert.deepEqual(await names(), ['CreateService', 'CreateService', 'GetService']);
  assert.deepEqual(await names('--resource', id), ['CreateService', 'GetService']);
  assert.deepEqual(await names('--resource', id, '--name', 'GetService', '--since', '10m'), ['GetService']);
  const user = (await lines('--name', 'GetService'))[0]?.userIdentity.userName ?? 'root';
  assert.equal((await names('--user', user)).length, 3);
  assert.deepEqual(await names('--user', 'nobody'), []);
  assert.deepEqual(await names('--resource', id, '--user', 'nobody'), []);
  assert.deepEqual(await names('--since', '2h', '--until', '1h'), []);
  assert.ok((await names('--name', 'LookupEvents')).length > 5);
});

test('audit --follow prints each event once, as it comes', { timeout: 60_000 }, async () => {
  const child = startPergola(ownCheckout, [
    'audit',
    '--data',
    server.data,
    '--follow',
    '--name',
    'CreateService',
    '--json',
  ]);
  try {
    assert.ok(child.stdout !== null);
    const names: unknown[] = [];
    let created = 0;
    for await (const line of createInterface(child.stdout)) {
      names.push(
        (JSON.parse(line) as { readonly requestParameters: { readonly name: unknown } }).requestParameters.name,
      );
      if (names.length >= 2 && created < 3)
        await lattice.send(new CreateServiceCommand({ name: `later-${created++}` }));
      if (names.length === 5) break;
    }
    assert.deepEqual(names, ['shop', 'shop', 'later-0', 'later-1', 'later-2']);
  } finally {
    child.kill();
  }
});

test('audit ends with 2 when a time is none or has no sense, and with 1 when the server refuses', async () => {
  for (const args of [['--since', 'soon'], ['--until', '7'], ['--until', '1h', '--follow'], ['--bad']]) {
    const { status, stderr } = await audit(...args);
    assert.equal(status, 2, args.join(' '));
    assert.match(stderr, /usage: npx pergola audit/);
  }
  const refused = await audit('--resource', 'x'.repeat(2001));
  assert.deepEqual([refused.status, /2000 characters.*HTTP 400/.test(refused.stderr)], [1, true], refused.stderr);
  const reversed = await audit('--since', '1h', '--until', '2h');
  assert.deepEqual([reversed.status, /start time is after/.test(reversed.stderr)], [1, true], reversed.stderr);
  const missing = await runPergola(ownCheckout, ['audit', '--data', join(server.data, 'nothing')]);
  assert.equal(missing.status, 1);
});

test('limits.auditRetention says how long events are kept', async () => {
  const configuration = 'limits: { auditRetention: 1 }\n';
  await using brief = await TestServer.start({ attach: 'loopback', workers: 1, configuration });
  assert.equal((await runPergola(ownCheckout, ['status', '--data', brief.data])).status, 0);
  for (const name of ['LookupEvents', 'LookupEvents']) {
    const { status, stdout } = await runPergola(ownCheckout, ['audit', '--data', brief.data, '--name', name]);
    assert.deepEqual([status, stdout], [0, '']);
  }
});
