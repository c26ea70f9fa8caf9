// Several signers on one connection that stands: each request is its own signer's, and what ends meanwhile has ended for the next one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { sessionKeysAt } from '../../src/identity/index.ts';
import { sealSession } from '../../src/identity/session-token.ts';
import { signer, signerArn, signRequest, withSigner } from '../../src/proxy/identity/signer-sample.ts';
import { HOST } from '../../src/proxy/snapshot-sample.ts';
import { derivePublicPoint, deriveSigningKey, formatDay, type Signer } from '../../src/sigv4/index.ts';
import type { AccessKeyRecord, PrincipalRecord, Snapshot } from '../../src/snapshot/index.ts';
import { headersOf, signRequests } from '../bench/signed-requests.ts';
import { openPlane } from './plane.ts';
import { eventually, head, openRawClient, openRawTarget } from './raw-ends.ts';

const DAY = 86_400_000;
const account = '123456789012';
const bobArn = `arn:aws:iam::${account}:user/bob`;
const bob: Signer = { ...signer, accessKeyId: 'AKIATESTES', secret: 'secret of bob' };
const roleArn = `arn:aws:iam::${account}:role/orders`;

function keyOf({ accessKeyId: id, secret, region, service }: Signer, principalId: string, now: number) {
  const signingKeys = [now - DAY, now, now + DAY].map(formatDay).map((date) => ({
    ...{ date, region },
    key: deriveSigningKey(secret, { date, region, service }).toString('base64'),
  }));
  const publicKey = derivePublicPoint(id, secret).toString('base64');
  return { id, revision: 1, principalId, signingKeys, publicKey } satisfies AccessKeyRecord;
}

function principalOf(kind: 'user' | 'role', arn: string): PrincipalRecord {
  const facts = { id: arn, revision: 1, arn, issuerArn: arn, account, tags: {}, policies: [] };
  return { ...facts, kind, userId: kind === 'user' ? 'AIDABOB' : 'AROAORDERS' };
}

/** A session of the role, and how it signs. */
function begin(name: string, now: number, seconds: number) {
  const own: Signer = { ...signer, accessKeyId: `ASIA${name.toUpperCase()}`, secret: `secret of ${name}` };
  const arn = `arn:aws:sts::${account}:assumed-role/orders/${name}`;
  const principal = { kind: 'role', arn, issuerArn: roleArn, account, userId: `AROAORDERS:${name}`, tags: {} } as const;
  const key = sessionKeys(now).find(({ day }) => day === formatDay(now)) ?? assert.fail();
  const session = { accessKeyId: own.accessKeyId, secretAccessKey: own.secret, principal, issued: now };
  return { arn, by: own, token: sealSession({ ...session, expires: now + seconds * 1000 }, key) };
}

const sessionKeys = (now: number) => sessionKeysAt(Buffer.alloc(32, 3), now);

/** The signer, bob and the role; what is left out is not there. */
function withPeople(snapshot: Snapshot, now: number, { key = bob, role = true } = {}): Snapshot {
  const known = withSigner(snapshot, now);
  const principals = [principalOf('user', bobArn), ...(role ? [principalOf('role', roleArn)] : [])];
  return {
    ...known,
    accessKeys: new Map([...known.accessKeys, [key.accessKeyId, keyOf(key, bobArn, now)]]),
    principals: new Map([...known.principals, ...principals.map((one) => [one.id, one] as const)]),
    sessionKeys: new Map(
      sessionKeys(now).map((one) => [one.day, { id: one.day, revision: 1, key: one.key.toString('base64') }]),
    ),
  };
}

/** A request signed by SigV4A. */
function signV4A(by: Signer): string {
  const [request] = signRequests(HOST, by, 1, 'v4a');
  if (request === undefined) throw new Error('one was asked for');
  const lines = Object.entries(headersOf(request, by.region)).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${request.path} HTTP/1.1\r\nhost: ${HOST}\r\n${lines.join('')}\r\n`;
}

async function open(clock = systemClock) {
  const target = await openRawTarget(({ socket }) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
  const plane = await openPlane({}, 60, { clock });
  const obey = (people?: Parameters<typeof withPeople>[2]): void =>
    plane.forwardTo(target.port, {}, (snapshot) => withPeople(snapshot, clock.now(), people));
  obey();
  const client = openRawClient(plane);
  /** Whose each of these requests is, sent at once on the one connection. */
  const callersOf = async (...requests: readonly string[]): Promise<readonly unknown[]> => {
    const before = plane.log.length;
    client.socket.write(requests.join(''), 'latin1');
    await eventually('all answers', () => plane.log.length === before + requests.length);
    return plane.log.slice(before).map((line) => line['resolvedUser']);
  };
  return {
    ...{ callersOf, obey },
    async [Symbol.asyncDispose]() {
      client.socket.destroy();
      await plane[Symbol.asyncDispose]();
      await target[Symbol.asyncDispose]();
    },
  };
}

const tokenOf = (token: string) => ({ headers: { 'x-amz-security-token': token } });

test('requests of several signers on one connection are each its own, in whatever order they come', async () => {
  await using one = await open();
  const now = Date.now();
  const [first, second] = [begin('first', now, 900), begin('second', now, 900)];
  /** What is sent, and whose it is. */
  const kinds: readonly (readonly [request: () => string, caller: string])[] = [
    [() => signRequest(), signerArn],
    [() => signRequest({ by: bob }), bobArn],
    [() => signRequest({ by: first.by, ...tokenOf(first.token) }), first.arn],
    [() => signRequest({ by: second.by, ...tokenOf(second.token) }), second.arn],
    [() => signV4A(signer), signerArn],
    [() => signV4A(bob), bobArn],
    [() => head('GET /'), '-'],
    // Another's name before digits of one's own, and the other way round.
    [() => signRequest({ by: { ...bob, accessKeyId: signer.accessKeyId } }), 'Unknown'],
    [() => signRequest({ by: { ...signer, accessKeyId: bob.accessKeyId } }), 'Unknown'],
    [() => signRequest().replace(/Signature=[0-9a-f]{64}/, `Signature=${'0'.repeat(64)}`), 'Unknown'],
    [() => signRequest().replace(/Signature=[0-9a-f]{64}/, 'Signature='), 'Unknown'],
    [() => signRequest({ by: first.by, ...tokenOf(second.token) }), 'Unknown'],
    [() => signRequest({ by: bob, ...tokenOf(first.token) }), 'Unknown'],
    [() => signRequest({ by: first.by }), 'Unknown'],
    [() => signRequest({ by: first.by, ...tokenOf(first.token) }).replace(first.token, second.token), 'Unknown'],
  ];
  // Each after each other one, itself too.
  for (const [begins, its] of kinds) {
    const pairs = kinds.flatMap(([make, caller]) => [[begins, its] as const, [make, caller] as const]);
    assert.deepEqual(
      await one.callersOf(...pairs.map(([make]) => make())),
      pairs.map(([, caller]) => caller),
    );
  }
});

test('a key that is gone or has another secret, a role that is gone and a session that is over end on connections that stand', async () => {
  let ahead = 0;
  // Only the time of day: timers and idle times go on as they are.
  const clock = { ...systemClock, now: () => Date.now() + ahead };
  await using one = await open(clock);
  const session = begin('first', clock.now(), 900);
  const now = () => ({ now: clock.now() });
  const all = () =>
    one.callersOf(
      signRequest(now()),
      signRequest({ by: bob, ...now() }),
      signRequest({ by: session.by, ...tokenOf(session.token), ...now() }),
    );
  assert.deepEqual(await all(), [signerArn, bobArn, session.arn]);
  one.obey({ key: { ...bob, secret: 'another' } });
  assert.deepEqual(await all(), [signerArn, 'Unknown', session.arn]);
  one.obey({ key: { ...bob, accessKeyId: 'AKIAANOTHER' } });
  assert.deepEqual(await all(), [signerArn, 'Unknown', session.arn]);
  one.obey({ role: false });
  assert.deepEqual(await all(), [signerArn, bobArn, 'Unknown']);
  one.obey();
  assert.deepEqual(await all(), [signerArn, bobArn, session.arn]);
  ahead = 840_000;
  assert.deepEqual(await all(), [signerArn, bobArn, session.arn]);
  ahead = 900_000;
  assert.deepEqual(await all(), [signerArn, bobArn, 'Unknown']);
  // On another day all is as before, with its keys.
  ahead = DAY;
  one.obey();
  assert.deepEqual(await all(), [signerArn, bobArn, 'Unknown']);
});
