// A box with a network of its own that joins as an instance with a profile.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { openBox } from '../network/box.ts';
import { needsNamespaces } from '../network/lab.ts';
import { ownCheckout, startPergola, TestServer } from '../server.ts';
import { makeInstance, makeProfile } from './profiled-instance.ts';
import { eventually, given } from './scenario.ts';

test(
  'a box that joins as an instance finds the role of its profile, also when the server was ended and came back',
  needsNamespaces,
  async (t) => {
    const data = mkdtempSync(join(tmpdir(), 'pergola-profile-'));
    t.after(() => rmSync(data, { recursive: true, force: true }));
    let server = await TestServer.start({ attach: 'netns', workers: 1, data });
    t.after(() => server[Symbol.asyncDispose]());
    const own = await makeProfile(server, 'boxed');
    const { vpc, id } = await makeInstance(server, own.name);
    const box = await openBox(t);
    const options = ['--data', data, '--vpc', vpc, '--netns', box.path, '--instance', id];
    const child = startPergola(ownCheckout, ['join', ...options]);
    t.after(() => child.kill('SIGKILL'));
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const { value } = await createInterface({ input: given(child.stdout ?? undefined) })
      [Symbol.asyncIterator]()
      .next();
    assert.match(String(value), /^joined /, errors);
    const script = `
    const at = 'http://169.254.169.254/latest/';
    const asked = { method: 'PUT', headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' } };
    const ask = async () => {
      const headers = { 'x-aws-ec2-metadata-token': await (await fetch(at + 'api/token', asked)).text() };
      const role = await (await fetch(at + 'meta-data/iam/security-credentials/', { headers })).text();
      const got = await fetch(at + 'meta-data/iam/security-credentials/' + role, { headers });
      console.log(JSON.stringify([role, (await got.json()).Code]));
    };
    ask().catch((error) => console.log(String(error)));`;
    const found = (): string => box.run(process.execPath, '-e', script);
    assert.equal(found(), JSON.stringify([own.name, 'Success']));
    await server.killAll();
    server = await TestServer.start({ attach: 'netns', workers: 1, data });
    await eventually('it has its role again', () => Promise.resolve(found() === JSON.stringify([own.name, 'Success'])));
  },
);
