// Sessions on the data plane: whose they are, for how long, and that a worker opens no others.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessionKeysAt, type Session } from '../../identity/index.ts';
import { sealSession } from '../../identity/session-token.ts';
import { signHeaders, unsignedPayload } from '../../sigv4/index.ts';
import type { PrincipalRecord, Snapshot } from '../../snapshot/index.ts';
import { parseRequestHead } from '../http1/request-head.ts';
import { HOST, sampleSnapshot } from '../snapshot-sample.ts';
import { createWorldCompiler } from '../world.ts';
import { authenticate } from './authenticate.ts';

const now = Date.UTC(2026, 0, 2, 12);
const keys = sessionKeysAt(Buffer.alloc(32, 1), now);
const today = keys.find(({ day }) => day === '20260102') ?? assert.fail();

const owner: PrincipalRecord = {
  id: 'arn:aws:iam::123456789012:role/orders',
  revision: 1,
  kind: 'role',
  arn: 'arn:aws:iam::123456789012:role/orders',
  issuerArn: 'arn:aws:iam::123456789012:role/orders',
  account: '123456789012',
  userId: 'AROAORDERS',
  tags: {},
  policies: [],
};
const session: Session = {
  accessKeyId: 'ASIAORDERS',
  secretAccessKey: 'wJalrXUtnFEMI',
  principal: {
    kind: 'role',
    arn: 'arn:aws:sts::123456789012:assumed-role/orders/one',
    issuerArn: owner.arn,
    account: '123456789012',
    userId: 'AROAORDERS:one',
    tags: { Team: 'blue' },
  },
  issued: now,
  expires: now + 3_600_000,
};

function snapshotWith(role: PrincipalRecord | undefined): Snapshot {
  const sealing = keys.map(({ day, key }) => [day, { id: day, revision: 1, key: key.toString('base64') }] as const);
  const principals = new Map(role === undefined ? [] : [[role.id, role]]);
  return { ...sampleSnapshot(80, [], {}, 1), principals, sessionKeys: new Map(sealing) };
}

/** Who asks with a token, signed at `at` with `secret`; a refusal's text. */
function callerOf(
  world: ReturnType<ReturnType<typeof createWorldCompiler>['compile']>,
  token: string,
  at = now,
  by: Partial<Session> = {},
): string {
  const { accessKeyId, secretAccessKey: secret } = { ...session, ...by };
  const headers = new Map([
    ['host', HOST],
    ['x-amz-content-sha256', unsignedPayload],
    ['x-amz-security-token', token],
  ]);
  const signer = { accessKeyId, secret, region: 'us-east-1', service: 'vpc-lattice-svcs' };
  const request = { method: 'GET', path: '/', query: '', headers };
  const signed = {
    ...Object.fromEntries(headers),
    ...signHeaders(request, signer, { now: at, bodyHash: unsignedPayload }),
  };
  const lines = Object.entries(signed).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = parseRequestHead(`GET / HTTP/1.1\r\n${lines.join('')}`);
  assert.ok(!('source' in head));
  const caller = authenticate(world, { region: 'us-east-1' }, head, { now: () => at });
  if (caller.kind === 'refused') return caller.reason;
  return caller.kind === 'principal' ? caller.principal.arn : caller.kind;
}

const invalid = 'UnrecognizedClientException: The security token included in the request is invalid.';

test('a session is its role’s until its time, and of no other key', () => {
  const world = createWorldCompiler(0).compile(snapshotWith(owner));
  const token = sealSession(session, today);
  assert.equal(callerOf(world, token), session.principal.arn);
  assert.equal(callerOf(world, token, now + 3_599_000), session.principal.arn);
  assert.match(callerOf(world, token, now + 3_600_000), /^ExpiredTokenException: /);
  assert.match(callerOf(world, token, now, { secretAccessKey: 'other' }), /^InvalidSignatureException: /);
  // One that is open already does not open for another key.
  assert.equal(callerOf(world, token, now, { accessKeyId: 'ASIAOTHER' }), invalid);
  // Not the last letter, of which some bits mean nothing, and never the one that is there.
  const changed = `${token.slice(0, -5)}${token.at(-5) === 'A' ? 'B' : 'A'}${token.slice(-4)}`;
  assert.equal(callerOf(world, changed), invalid);
  assert.equal(callerOf(world, 'v1.20260102.'), invalid);
});

test('a session follows its role: its policies change, and it ends with it', () => {
  const compiler = createWorldCompiler(0);
  const token = sealSession(session, today);
  assert.equal(callerOf(compiler.compile(snapshotWith(owner)), token), session.principal.arn);
  assert.equal(callerOf(compiler.compile(snapshotWith({ ...owner, userId: 'AROAANOTHER' })), token), invalid);
  assert.equal(callerOf(compiler.compile(snapshotWith(undefined)), token), invalid);
  const allowing = {
    name: 'may',
    document: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
  };
  for (const policies of [[], [allowing]]) {
    const found = compiler.compile(snapshotWith({ ...owner, policies })).findSession(token, 'ASIAORDERS');
    assert.equal(found?.caller.policies().identity.length, policies.length);
    assert.equal(found.caller.policies().session, undefined);
  }
});

test('tokens of keys that are gone open nothing', () => {
  const compiler = createWorldCompiler(0);
  const token = sealSession(session, today);
  const snapshot = snapshotWith(owner);
  const later = { ...snapshot, sessionKeys: new Map([...snapshot.sessionKeys].filter(([day]) => day !== '20260102')) };
  assert.equal(callerOf(compiler.compile(later), token), invalid);
});
