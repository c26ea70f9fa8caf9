// Session tokens: what they say comes back, for their key and access key alone.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { deriveSessionKey, openSession, sealSession, type Session } from './session-token.ts';

const master = randomBytes(32);
const today = deriveSessionKey(master, '20260102');
const yesterday = deriveSessionKey(master, '20260101');
const session: Session = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI',
  principal: {
    kind: 'role',
    arn: 'arn:aws:sts::111122223333:assumed-role/orders/s',
    issuerArn: 'arn:aws:iam::111122223333:role/orders',
    account: '111122223333',
    userId: 'AROAEXAMPLE:s',
    tags: { Team: 'blau–grün' },
  },
  policies: ['{}'],
  issued: 1,
  expires: 2,
};

test('a token gives back its session, with the key of its day', () => {
  const token = sealSession(session, today);
  assert.deepEqual(openSession(token, 'ASIAEXAMPLE', [yesterday, today]), session);
  assert.deepEqual(openSession(token, 'ASIAEXAMPLE', [deriveSessionKey(master, '20260102')]), session);
  assert.equal(openSession(token, 'ASIAEXAMPLE', [yesterday]), undefined);
  assert.equal(openSession(token, 'ASIAOTHER', [today]), undefined);
  assert.equal(openSession(token, 'ASIAEXAMPLE', [deriveSessionKey(randomBytes(32), '20260102')]), undefined);
});

test('no changed, cut or longer token opens', () => {
  const token = sealSession(session, today);
  for (let i = 0; i < token.length; i++) {
    const other = token[i] === 'A' ? 'B' : 'A';
    for (const changed of [token.slice(0, i) + other + token.slice(i + 1), token.slice(0, i)])
      assert.equal(openSession(changed, 'ASIAEXAMPLE', [yesterday, today]), undefined, `${i}`);
  }
  for (const changed of [`${token}A`, `${token}=`, `${token}.`, '', 'v1..', 'v1.20260102.'])
    assert.equal(openSession(changed, 'ASIAEXAMPLE', [today]), undefined, changed);
});

test('a token shows nothing of what it seals', () => {
  const bytes = Buffer.from(sealSession(session, today).split('.')[2] ?? '', 'base64url').toString('latin1');
  for (const secret of ['wJalr', 'orders', '111122223333']) assert.ok(!bytes.includes(secret));
});
