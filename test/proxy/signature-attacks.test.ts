// What the verifier saw is what the target gets: signed requests that somebody changed on the way, over real sockets.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HOST } from '../../src/proxy/snapshot-sample.ts';
import { signer, signerArn, signRequest, withSigner, type Asked } from '../../src/proxy/identity/signer-sample.ts';
import { openPlane, type Plane } from './plane.ts';
import { eventually, openRawClient, openRawTarget, type RawTarget } from './raw-ends.ts';

/** What comes of a request: the refusal's status, or what the target got beside the identity of the signer. */
type Outcome = 400 | 403 | RegExp;

type Row = readonly [what: string, asked: Asked, change: (text: string) => string, outcome: Outcome];

const same = (text: string): string => text;
const path = (to: string) => (text: string) => text.replace(/ \/[^ ]* HTTP/, () => ` ${to} HTTP`);
const line =
  (...lines: readonly string[]) =>
  (text: string) =>
    text.replace('\r\n\r\n', () => `\r\n${lines.join('\r\n')}\r\n\r\n`);
const swap = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);

const paths: readonly Row[] = [
  ['an encoded slash in the place of a slash', { path: '/a/b' }, path('/a%2Fb'), 403],
  ['a slash in the place of an encoded one', { path: '/a%2Fb' }, path('/a/b'), 403],
  ['an encoded slash as it was signed', { path: '/a%2Fb' }, same, /^GET \/a%2Fb HTTP/],
  ['an encoded slash, signed as it stands', { path: '/a%2Fb', pathForm: 'single' }, same, /^GET \/a%2Fb HTTP/],
  ['dot segments put in', { path: '/b' }, path('/a/../b'), 403],
  ['a dot put in', { path: '/a/b' }, path('/a/./b'), 403],
  ['dot segments that the signer left out', { path: '/a/../b' }, same, 403],
  ['dot segments, signed as they stand', { path: '/a/../b', pathForm: 'single' }, same, /^GET \/a\/\.\.\/b HTTP/],
  ['encoded dots put in', { path: '/b' }, path('/a/%2e%2e/b'), 403],
  ['a letter encoded', { path: '/ab' }, path('/%61b'), 403],
  ['an encoded letter decoded', { path: '/%61b' }, path('/ab'), 403],
  // Escaped twice is what most signers write of a path that is escaped once.
  ['encoded twice', { path: '/a%20b' }, path('/a%2520b'), 403],
  ['encoded twice as it was signed', { path: '/a%2520b' }, same, /^GET \/a%2520b HTTP/],
  ['an encoded percent sign, signed as it stands', { path: '/a%25', pathForm: 'single' }, same, /^GET \/a%25 HTTP/],
  // botocore and the JavaScript SDK join slashes when they sign, and send them as they are.
  ['empty segments that the signer joined', { path: '/a//b' }, same, /^GET \/a\/\/b HTTP/],
  ['empty segments taken out of what is signed as it stands', { path: '/a//b', pathForm: 'single' }, path('/a/b'), 403],
  ['a slash at the end', { path: '/a' }, path('/a/'), 403],
  ['bytes that are no UTF-8', { path: '/%ff' }, same, /^GET \/%ff HTTP/],
  ['other bytes that are no UTF-8', { path: '/%ff' }, path('/%fe'), 403],
  ['another method', { path: '/a' }, swap(/^GET/, 'DELETE'), 403],
  ['another method’s case', { path: '/a' }, swap(/^GET/, 'get'), 403],
];

const queries: readonly Row[] = [
  ['a parameter once more', { path: '/?a=1' }, path('/?a=1&a=2'), 403],
  ['one of two left out', { path: '/?a=1&a=2' }, path('/?a=1'), 403],
  ['a value of two changed', { path: '/?a=1&a=2' }, path('/?a=1&a=3'), 403],
  ['two of a name', { path: '/?a=2&a=1' }, same, /^GET \/\?a=2&a=1 HTTP/],
  ['a plus for an encoded plus', { path: '/?a=1%2B1' }, path('/?a=1+1'), 403],
  ['an encoded plus for a blank', { path: '/?a=1%201' }, path('/?a=1%2B1'), 403],
  ['a plus for a blank, which is the same to forms', { path: '/?a=1%201' }, path('/?a=1+1'), /^GET \/\?a=1\+1 HTTP/],
  ['an encoded ampersand decoded', { path: '/?a=1%26b=2' }, path('/?a=1&b=2'), 403],
  ['an encoded equals sign decoded', { path: '/?a%3D1=2' }, path('/?a=1=2'), 403],
  ['bytes that are no UTF-8', { path: '/?a=%ff' }, same, /^GET \/\?a=%ff HTTP/],
  ['other bytes that are no UTF-8', { path: '/?a=%ff' }, path('/?a=%fe'), 403],
  ['the query cut off', { path: '/?a=1' }, path('/'), 403],
  ['the query moved into the path', { path: '/a?b' }, path('/a%3Fb'), 403],
];

const meta: Asked = { headers: { 'x-amz-meta': 'one' } };

const headers: readonly Row[] = [
  ['a name in capitals', meta, swap('x-amz-meta:', 'X-AMZ-Meta:'), /\r\nX-AMZ-Meta: one\r\n/],
  ['another value', meta, swap('x-amz-meta: one', 'x-amz-meta: two'), 403],
  ['another case of a value', meta, swap('x-amz-meta: one', 'x-amz-meta: One'), 403],
  ['a signed header left out', meta, swap('x-amz-meta: one\r\n', ''), 403],
  ['a second line of a signed header', meta, line('x-amz-meta: two'), 403],
  ['a second line that says the same', meta, line('X-Amz-Meta: one'), 403],
  ['an x-amz header that is not signed', {}, line('x-amz-more: 1'), 403],
  ['one in capitals', {}, line('X-AMZ-MORE: 1'), 403],
  ['one with underscores', {}, line('x_amz_date: 20200101T000000Z'), 403],
  ['a second date', {}, line('x-amz-date: 20200101T000000Z'), 403],
  ['a session token', {}, line('x-amz-security-token: a'), 403],
  ['the payload’s hash twice', {}, line('x-amz-content-sha256: UNSIGNED-PAYLOAD'), 403],
  ['other blanks', { headers: { 'x-amz-meta': 'a b' } }, swap(': a b', ':\ta  b '), /\r\nx-amz-meta:\ta {2}b \r\n/],
  ['no-break space in the place of a blank', { headers: { 'x-amz-meta': 'a b' } }, swap(': a b', ': a\xa0b'), 403],
  ['an ordinary header that is not signed', {}, line('content-type: text/plain'), /\r\ncontent-type: text\/plain\r\n/],
  ['two signatures', {}, (text) => line(/^authorization: .*$/m.exec(text)?.[0].trim() ?? '')(text), 403],
  ['another scheme behind', {}, line('authorization: Bearer a'), 403],
  ['another scheme before', {}, swap('authorization:', 'authorization: Bearer a\r\nauthorization:'), 403],
  ['a signed header that Connection names', meta, line('connection: x-amz-meta'), 403],
  ['the date that Connection names', {}, line('connection: close, X-Amz-Date'), 403],
  ['a host that Connection names', {}, line('connection: host'), 400],
  ['a folded value', meta, swap('x-amz-meta: one', 'x-amz-meta:\r\n one'), 400],
  ['a second host', {}, line(`host: ${HOST}`), 400],
  ['the host with another port', {}, swap(`host: ${HOST}`, `host: ${HOST}:80`), 403],
  ['the host in capitals', {}, swap(`host: ${HOST}`, `host: ${HOST.toUpperCase()}`), 403],
  [
    'an absolute target of the signed host',
    {},
    (text) => swap(`host: ${HOST}`, 'host: elsewhere.example')(path(`http://${HOST}/`)(text)),
    /\r\nhost: shop\.example\r\n/,
  ],
  [
    'an absolute target of another host than the signed one',
    { host: 'elsewhere.example' },
    path(`http://${HOST}/`),
    403,
  ],
  ['100 KB of Authorization', {}, swap('Signature=', `Signature=${'0'.repeat(100_000)}`), 400],
  ['50 KB of Authorization', {}, swap('Signature=', `Signature=${'0'.repeat(50_000)}`), 403],
  ['50 KB of signed names', {}, swap('SignedHeaders=host', `SignedHeaders=${'a;'.repeat(25_000)}host`), 403],
];

const chunks = (trailer: string) => (text: string) =>
  `${line('transfer-encoding: chunked')(text)}1\r\nx\r\n0\r\n${trailer}\r\n\r\n`;
const post: Asked = { method: 'POST' };

const trailers: readonly Row[] = [
  ['a date', post, chunks('x-amz-date: 20200101T000000Z'), 400],
  ['a session token', post, chunks('X-Amz-Security-Token: a'), 400],
  ['a session token with underscores', post, chunks('x_amz_security_token: a'), 400],
  ['a signature', post, chunks('authorization: AWS4-HMAC-SHA256 a'), 400],
  ['an identity', post, chunks('x-amzn-lattice-identity: Principal=liar'), 400],
];

const scopes: readonly Row[] = [
  ['another access key', {}, swap(`Credential=${signer.accessKeyId}`, 'Credential=AKIAOTHER'), 403],
  ['another day', {}, swap(/\/\d{8}\/us-east-1/, '/20200101/us-east-1'), 403],
  ['another region', {}, swap('/us-east-1/', '/eu-west-1/'), 403],
  ['another service', {}, swap('/vpc-lattice-svcs/', '/vpc-lattice/'), 403],
  ['another algorithm', {}, swap('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'), 403],
  ['an empty signature', {}, swap(/Signature=\w+/, 'Signature='), 403],
  ['a signature of zeros', {}, swap(/Signature=\w+/, `Signature=${'0'.repeat(64)}`), 403],
  [
    'a signature in capitals',
    {},
    (text) => text.replace(/Signature=\w+/, (one) => `S${one.slice(1).toUpperCase()}`),
    403,
  ],
  ['fewer signed headers', meta, swap(';x-amz-meta', ''), 403],
  ['no signed host', {}, swap('SignedHeaders=host;', 'SignedHeaders='), 403],
];

describe('a signed request', () => {
  let target: RawTarget;
  let plane: Plane;
  before(async () => {
    target = await openRawTarget(({ socket }) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
    plane = await openPlane();
    plane.forwardTo(target.port, {}, withSigner);
  });
  after(async () => {
    await plane[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });
  for (const [group, rows] of Object.entries({ paths, queries, headers, trailers, scopes }))
    for (const [what, asked, change, outcome] of rows)
      test(`${group}: ${what}`, async () => {
        for (const peer of target.peers) peer.got = '';
        const client = openRawClient(plane, change(signRequest(asked)));
        await eventually('an answer', () => /\r\n\r\n/.test(client.got));
        const got = (): string => target.peers.map((peer) => peer.got).join('');
        if (typeof outcome === 'number') {
          assert.equal(Number(client.got.slice(9, 12)), outcome, client.got);
          // Of a body that breaks off at its end its beginning has left; nobody is named to the target without a good signature.
          if (group !== 'trailers') assert.equal(got(), '');
          assert.doesNotMatch(got(), /liar/);
        } else {
          assert.match(client.got, /^HTTP\/1\.1 200 /);
          await eventually('the request', () => got().includes('\r\n\r\n'));
          assert.match(got(), outcome);
          assert.ok(got().includes(`x-amzn-lattice-identity: Principal=${signerArn}; `));
        }
        client.socket.destroy();
      });
});
