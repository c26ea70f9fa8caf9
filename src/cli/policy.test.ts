// `pergola policy check`: places, exit statuses.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { policy } from './policy.ts';

test('policy check says where what is wrong or odd, and ends with 0, 1 or 2', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pergola-policy-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'policy.json');
  const check = async (document: unknown, ...more: readonly string[]): Promise<readonly [number, string]> => {
    writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document, undefined, 2));
    let said = '';
    const say = (text: string): void => void (said += text.replaceAll(file, 'FILE'));
    return [await policy(['check', file, ...more], { out: say, err: say }), said];
  };
  const statement = { Effect: 'Allow', Principal: '*', Action: 'vpc-lattice-svcs:Invoke', Resource: '*' };
  assert.deepEqual(await check({ Statement: statement }), [0, '']);
  assert.deepEqual(await check({ Statement: { ...statement, Action: 'vpc-lattice-svcs:Call' } }), [
    0,
    'FILE:2:16: warning: /Statement: vpc-lattice-svcs:Call is no action of VPC Lattice.\n',
  ]);
  const odd = { Statement: { ...statement, Action: 'vpc-lattice-svcs:Call' } };
  assert.deepEqual([(await check(odd))[0], (await check(odd, '--strict'))[0]], [0, 1]);
  assert.deepEqual(await check({ Statement: statement }, '--strict'), [0, '']);
  assert.deepEqual(await check({ Statement: { ...statement, Effect: 'Yes' } }), [
    1,
    'FILE:3:15: error: /Statement/Effect: Allow or Deny was expected.\n',
  ]);
  assert.equal((await check({ Statement: statement }, '--for', 'identity'))[0], 1);
  const long = { Statement: Array.from({ length: 500 }, () => statement) };
  assert.match((await check(long))[1], /error: The document has \d{5} characters .* 36864/);
  assert.equal((await check({ Statement: [] }, '--for', 'all'))[0], 2);
  assert.equal((await check({ Statement: [] }, '--fro', 'auth'))[0], 2);
  assert.equal((await check('{}', 'more'))[0], 2);
  const nothing = { out: () => undefined, err: () => undefined };
  assert.equal(await policy(['check', join(folder, 'absent')], nothing), 1);
  assert.equal(await policy([], nothing), 2);
});
