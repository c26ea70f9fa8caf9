// Signed requests over real sockets: who is believed, what targets and the access log learn of it, and that every request is verified.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Snapshot } from '../../src/snapshot/index.ts';
import { systemClock } from '../../src/base/clock.ts';
import { openPlane } from './plane.ts';
import { eventually, head, openRawClient, openRawTarget } from './raw-ends.ts';
import { signerArn, signLines, signRequest, withSigner, type Asked } from '../../src/proxy/identity/signer-sample.ts';

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** A plane that knows the signer, before a target that says ok. */
async function open(change: (snapshot: Snapshot) => Snapshot = (snapshot) => snapshot, clock = systemClock) {
  const target = await openRawTarget(({ socket }) => socket.write(ok));
  const plane = await openPlane({}, 60, { clock });
  plane.forwardTo(target.port, {}, (snapshot) => change(withSigner(snapshot, clock.now())));
  /** Status line and body of the answer to `text`, on a connection of its own. */
  const ask = async (text: string): Promise<string> => {
    const client = openRawClient(plane, text);
    await eventually('an answer', () => /\r\n\r\n(ok|.*\n)/s.test(client.got));
    client.socket.destroy();
    return `${client.got.slice(9, 12)} ${client.got.slice(client.got.indexOf('\r\n\r\n') + 4).trim()}`;
  };
  return {
    plane,
    target,
    ask,
    async [Symbol.asyncDispose]() {
      await plane[Symbol.asyncDispose]();
      await target[Symbol.asyncDispose]();
    },
  };
}

test('a signed request is answered by the target, which is told who asks, and so is the access log', async () => {
  await using one = await open((snapshot) =>
    withSigner(snapshot, Date.now(), { tags: { team: 'a;b', stadt: 'Köln' }, organizationId: 'o-example' }),
  );
  assert.equal(await one.ask(signRequest({ path: '/orders?id=7' })), '200 ok');
  const [peer] = one.target.peers;
  const seen = Buffer.from(peer?.got ?? '', 'latin1').toString('utf8');
  assert.match(
    seen,
    /\r\nx-amzn-lattice-identity: Principal=arn:aws:sts::123456789012:assumed-role\/orders\/one; PrincipalOrgID=o-example; SessionName=one; Type=AWS_IAM\r\n/,
  );
  assert.match(
    seen,
    /\r\nx-amzn-lattice-identity-tags: principal=arn:aws:sts::123456789012:assumed-role\/orders\/one;principalorgid=o-example;team=a\\;b;stadt=Köln;\r\n/,
  );
  const [line] = one.plane.log;
  assert.deepEqual(
    ['resolvedUser', 'callerPrincipal', 'callerPrincipalTags', 'callerPrincipalOrgID', 'authDeniedReason'].map(
      (name) => line?.[name],
    ),
    [signerArn, signerArn, 'team=a\\;b;stadt=Köln;', 'o-example', '-'],
  );
});

test('a request with a wrong signature is 403, whatever the auth types say, and reaches no target', async () => {
  await using one = await open();
  assert.match(
    await one.ask(signRequest({ by: { secret: 'other' } })),
    /^403 InvalidSignatureException: The request signature we calculated does not match/,
  );
  assert.match(
    await one.ask(signRequest({ by: { accessKeyId: 'AKIAUNKNOWN' } })),
    /^403 UnrecognizedClientException: The security token included in the request is invalid\.$/,
  );
  await eventually('two lines', () => one.plane.log.length === 2);
  for (const line of one.plane.log)
    assert.deepEqual(
      ['responseCode', 'resolvedUser', 'authDeniedReason', 'failureReason', 'callerPrincipal', 'targetIpPort'].map(
        (name) => line[name],
      ),
      [403, 'Unknown', 'Identity', 'ClientAccessDenied', '-', '-'],
    );
  assert.equal(one.target.peers.length, 0);
});

test('a request without a signature is anonymous; another scheme of Authorization is the target’s business', async () => {
  await using one = await open();
  assert.equal(await one.ask(head('GET /')), '200 ok');
  assert.equal(await one.ask(head('GET /', 'authorization: Bearer AWS4-HMAC-SHA256')), '200 ok');
  const presignedForOthers = '/?X-Amz-Credential=AKIA%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0';
  assert.equal(await one.ask(head(`GET ${presignedForOthers}`)), '200 ok');
  assert.match(one.target.peers.map(({ got }) => got).join(''), /\r\nauthorization: Bearer AWS4-HMAC-SHA256\r\n/);
  assert.deepEqual(
    one.plane.log.map((line) => [line['resolvedUser'], line['callerPrincipal']]),
    Array.from({ length: 3 }, () => ['-', '-']),
  );
  for (const { got } of one.target.peers) assert.doesNotMatch(got, /x-amzn-lattice-identity/i);
});

test('with auth type AWS_IAM a denial names its caller', async () => {
  await using one = await open((snapshot) => ({
    ...snapshot,
    networks: new Map([...snapshot.networks].map(([id, record]) => [id, { ...record, authType: 'AWS_IAM' }])),
  }));
  assert.match(
    await one.ask(signRequest({ path: '/a' })),
    /^403 AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role\/orders\/one is not authorized to perform: vpc-lattice-svcs:Invoke on resource: .*\/a because no network-based policy/,
  );
  assert.match(await one.ask(head('GET /a')), /^403 AccessDeniedException: User: anonymous is not/);
  await eventually('two lines', () => one.plane.log.length === 2);
  assert.deepEqual(
    one.plane.log.map((line) => [line['resolvedUser'], line['authDeniedReason']]),
    [
      [signerArn, 'Network'],
      ['Anonymous', 'Network'],
    ],
  );
});

const refused: readonly (readonly [what: string, asked: Asked | string, reason: RegExp])[] = [
  ['another service', { by: { service: 'vpc-lattice' } }, /scoped to correct service: 'vpc-lattice-svcs'/],
  ['another region', { by: { region: 'eu-west-1' } }, /scoped to a valid region: 'us-east-1'/],
  ['six minutes ago', { now: Date.now() - 360_000 }, /Signature expired/],
  ['in six minutes', { now: Date.now() + 360_000 }, /Signature not yet current/],
  ['last week', { now: Date.now() - 7 * 86_400_000 }, /Signature expired: it is of the day/],
  [
    'a signed payload',
    { headers: { 'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' } },
    /Payload signing is not supported: sign with the header 'x-amz-content-sha256: UNSIGNED-PAYLOAD'/,
  ],
  [
    'a chunk-signed payload',
    { headers: { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' } },
    /Payload signing is not supported/,
  ],
  ['a session token of nobody', { by: { sessionToken: 'token' } }, /security token included in the request is invalid/],
  [
    'a query of its own',
    head('GET /?X-Amz-Credential=AKIATESTER%2F20260101%2Fus-east-1%2Fvpc-lattice-svcs%2Faws4_request'),
    /IncompleteSignatureException: A signature in the query is not supported/,
  ],
  ['an unknown algorithm', head('GET /', 'authorization: AWS4-HMAC-SHA1 Credential=a'), /Unsupported AWS 'algorithm'/],
  ['small letters', head('GET /', 'authorization: aws4-hmac-sha256 Credential=a'), /Unsupported AWS 'algorithm'/],
  ['parts that lack', head('GET /', 'authorization: AWS4-HMAC-SHA256 Credential=a'), /'SignedHeaders' parameter once/],
];

test('what is signed in another way than services ask for is 403, and says what to change', async () => {
  await using one = await open();
  for (const [what, asked, reason] of refused) {
    const answer = await one.ask(typeof asked === 'string' ? asked : signRequest(asked));
    assert.match(answer, /^403 /, what);
    assert.match(answer, reason, what);
  }
  assert.equal(one.target.peers.length, 0);
});

test('every request of a kept connection is verified, also one that was good before', async () => {
  let ahead = 0;
  // Only the time of day: timers and idle times go on as they are.
  const clock = { ...systemClock, now: () => Date.now() + ahead };
  await using one = await open(undefined, clock);
  const client = openRawClient(one.plane);
  const send = async (text: string, answers: number): Promise<string> => {
    client.socket.write(text, 'latin1');
    await eventually('an answer', () => client.got.split('HTTP/1.1 ').length === answers + 1);
    return client.got.split('HTTP/1.1 ').at(-1)?.slice(0, 3) ?? '';
  };
  const now = clock.now();
  const good = signRequest({ path: '/same', now });
  assert.equal(await send(good, 1), '200');
  assert.equal(await send(good, 2), '200');
  assert.equal(await send(good.replace('/same', '/other'), 3), '403');
  assert.equal(await send(head('GET /same'), 4), '200');
  ahead = 5 * 60_000 + 2000;
  assert.equal(await send(good, 5), '403');
  assert.equal(await send(signRequest({ path: '/same', now: clock.now() }), 6), '200');
  assert.deepEqual(
    one.plane.log.map((line) => line['resolvedUser']),
    [signerArn, signerArn, 'Unknown', '-', 'Unknown', signerArn],
  );
  client.socket.destroy();
});

test('who asks is said by the proxy alone', async () => {
  await using one = await open();
  const lies = [
    'x-amzn-lattice-identity: Principal=liar',
    'X_Amzn_Lattice_Identity: Principal=liar',
    'X-AMZN-LATTICE-IDENTITY-TAGS: principal=liar',
    'x-amzn_lattice-identity-tags: principal=liar',
    'x-amzn-lattice-network: SourceVpcArn=liar',
    'x-amzn-lattice-target: ServiceArn=liar',
    'x-amzn-source-vpc: liar',
    'X_AMZN_SOURCE_VPC: liar',
  ];
  for (const signed of ['', signLines().replace(/^host: .*\r\n/, '')]) {
    assert.equal(await one.ask(`${head('GET /', ...lies, ...lies).slice(0, -2)}${signed}\r\n`), '200 ok');
  }
  assert.equal(one.target.peers.length > 0, true);
  const got = one.target.peers.map((peer) => peer.got).join('');
  assert.doesNotMatch(got, /liar/);
  assert.equal(got.split(/x-amzn-lattice-identity: /).length, 2);
});
