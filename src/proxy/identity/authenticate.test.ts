// Who is believed: requests that other signers signed, and every way to change one of them.

import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import { SignatureV4a } from '@smithy/signature-v4a';
import fc from 'fast-check';
import { SignatureReader } from '../../sigv4/head/index.ts';
import { parseRequestHead } from '../http1/request-head.ts';
import { HOST, sampleSnapshot } from '../snapshot-sample.ts';
import { createWorldCompiler } from '../world.ts';
import { authenticate } from './authenticate.ts';
import { signer, signerArn, signRequest, withSigner, type Asked } from './signer-sample.ts';

const now = Date.UTC(2026, 10, 22, 23, 59, 30);
const world = createWorldCompiler(0).compile(withSigner(sampleSnapshot(80, [], {}, 1), now));

/** That of a client which sends all requests of all tests. */
const signatures = new SignatureReader();

/** Whose request `text` (a whole head) is: an ARN, `anonymous`, or why it is refused; undefined when it is no request. What a client sent before changes nothing. */
function callerOf(text: string, at = now, region = signer.region): string | undefined {
  const head = parseRequestHead(text.slice(0, -2));
  if ('source' in head) return undefined;
  const caller = authenticate(world, { region }, head, { now: () => at });
  assert.deepEqual(authenticate(world, { region }, head, { now: () => at, signatures }), caller, text);
  if (caller.kind === 'refused') return caller.reason;
  return caller.kind === 'principal' ? caller.principal.arn : 'anonymous';
}

class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Uint8Array | string);
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {}
}

interface Draft {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | string[]>>;
  readonly headers: Readonly<Record<string, string>>;
}

const segment = fc.string({
  unit: fc.constantFrom('a', 'Z', '0', '-', '.', '_', '~', ' ', '+', '/', '%', '=', ':', 'ä', '中'),
  maxLength: 8,
});
const drafts = fc.record<Draft>({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
  // No dot segments: the JavaScript SDK signs a path without them and sends it with them.
  path: fc.array(segment, { maxLength: 4 }).map(
    (parts) =>
      `/${parts
        .filter((part) => !/^\.\.?$/.test(part))
        .map(encodeURIComponent)
        .join('/')}`,
  ),
  query: fc.dictionary(segment, fc.oneof(segment, fc.array(segment, { minLength: 1, maxLength: 3 })), { maxKeys: 4 }),
  headers: fc.dictionary(fc.stringMatching(/^x-[a-z0-9-]{1,10}$/), fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/), {
    maxKeys: 4,
  }),
});

/** What a client of the JavaScript SDK sends. */
async function signByAnother(
  Signer: typeof SignatureV4 | typeof SignatureV4a,
  { method, path, query, headers }: Draft,
  region = signer.region,
  uriEscapePath = true,
): Promise<string> {
  const credentials = { accessKeyId: signer.accessKeyId, secretAccessKey: signer.secret };
  const other = new Signer({
    ...{ credentials, region, uriEscapePath, service: signer.service, sha256: Sha256, applyChecksum: false },
  });
  const signed = (await other.sign(
    {
      ...{ method, path, query: { ...query }, protocol: 'http:', hostname: HOST },
      headers: { ...headers, host: HOST, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    },
    { signingDate: new Date(now) },
  )) as { readonly headers: Readonly<Record<string, string>> };
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => `${escapeUri(name)}=${escapeUri(value)}`),
  );
  const lines = Object.entries(signed.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

function escapeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

test('authenticate() believes what the JavaScript SDK signs, with either form of the path', async () => {
  await fc.assert(
    fc.asyncProperty(drafts, fc.boolean(), async (draft, escaped) => {
      // What is escaped twice is believed only in the usual form.
      fc.pre(escaped || !/%25[\da-f]{2}/i.test(draft.path));
      assert.equal(callerOf(await signByAnother(SignatureV4, draft, signer.region, escaped)), signerArn);
    }),
    { numRuns: 150 },
  );
});

test('authenticate() believes Signature Version 4A where the region set has the service’s region', async () => {
  const draft: Draft = { method: 'POST', path: '/a%20b', query: { q: 'x y' }, headers: { 'x-team': 'blue' } };
  for (const [set, believed] of [
    ['us-east-1', true],
    ['*', true],
    ['us-*', true],
    ['eu-west-1,us-east-1', true],
    ['us-*-1', true],
    ['eu-*', false],
    ['us-east', false],
    ['us-east-1*1', false],
    ['', false],
  ] as const) {
    const caller = callerOf(await signByAnother(SignatureV4a, draft, set));
    if (believed) assert.equal(caller, signerArn, set);
    else
      assert.match(
        caller ?? '',
        /x-amz-region-set must name the service's region, 'us-east-1'|not in the request/,
        set,
      );
  }
  const signed = await signByAnother(SignatureV4a, draft, 'us-east-1');
  assert.match(callerOf(signed.replace('POST', 'PUT')) ?? '', /does not match the signature you provided/);
  assert.match(callerOf(signed.replace('x-team: blue', 'x-team: red')) ?? '', /does not match/);
  assert.match(callerOf(signed.replace('us-east-1', '*')) ?? '', /does not match/);
  assert.match(callerOf(signed.replace(/Signature=30/, 'Signature=31')) ?? '', /does not match/);
  assert.match(callerOf(signed, now + 301_000) ?? '', /Signature expired/);
});

test('authenticate() believes Signature Version 4A of random requests', async () => {
  await fc.assert(
    fc.asyncProperty(drafts, async (draft) => {
      assert.equal(callerOf(await signByAnother(SignatureV4a, draft, '*')), signerArn);
    }),
    { numRuns: 15 },
  );
});

/** A signed request with a bit of everything; its other characters cannot be changed into ones that mean the same. */
const asked: Asked = {
  method: 'POST',
  path: '/orders/a%20b/7?b=x%2By&a=1&a=2&c',
  headers: { 'x-amz-meta-team': 'blue green', 'x-amz-other': 'one' },
  now,
};

test('authenticate() believes nobody when any one byte of what is signed is another', () => {
  const text = signRequest(asked);
  assert.equal(callerOf(text), signerArn);
  const end = text.indexOf(' HTTP/1.1');
  fc.assert(
    fc.property(fc.nat(text.length - 3), fc.integer({ min: 0x20, max: 0x7e }), (at, code) => {
      const old = text.charAt(at);
      const changed = String.fromCharCode(code);
      const inName = at > end && /\r\n[^:\r\n]*$/.test(text.slice(0, at + 1));
      // What means the same by HTTP or by percent-encoding: case of header names and of digits in a query's escapes, blanks, and HTTP's minor version.
      if (old.toLowerCase() === changed.toLowerCase() && (inName || /%[0-9a-f]?$/i.test(text.slice(0, at)))) return;
      if (old === changed || /[\r\n]/.test(old) || (at >= end && at < end + 11)) return;
      assert.notEqual(callerOf(text.slice(0, at) + changed + text.slice(at + 1)), signerArn, `${at} ${old} ${changed}`);
    }),
    { numRuns: 3000 },
  );
});

test('authenticate() believes nobody when a byte of what is signed is left out or put in, blanks aside', () => {
  const text = signRequest(asked);
  const end = text.indexOf(' HTTP/1.1');
  for (let at = 0; at < text.length - 4; at++) {
    if ((at >= end && at < end + 11) || /[\r\n ]/.test(text.charAt(at))) continue;
    assert.notEqual(callerOf(text.slice(0, at) + text.slice(at + 1)), signerArn, `without ${at}`);
    const more = `${text.slice(0, at)}7${text.slice(at)}`;
    // A header's name may come to be one that nobody signed and nobody needs; then a signed one is missing.
    assert.notEqual(callerOf(more), signerArn, `with one at ${at}`);
  }
});

test('authenticate() takes ways of writing that mean the same', () => {
  const text = signRequest(asked);
  const same: readonly (readonly [what: string, text: string])[] = [
    ['header names in capitals', text.replace(/^x-amz-date:/m, 'X-AMZ-DATE:')],
    ['blanks around a value', text.replace('x-amz-other: one', 'x-amz-other:\t  one \t')],
    ['blanks inside of a value', text.replace('blue green', 'blue \t green')],
    ['digits of escapes in a query in small letters', text.replace('%2By', '%2by')],
    ['no blank behind the commas', text.replaceAll(', S', ',S')],
    ['parts in another order', text.replace(/(Credential=[^,]*), (SignedHeaders=[^,]*), (Signature=\w*)/, '$3, $1,$2')],
    ['a header that is not signed', text.replace('\r\n\r\n', '\r\nx-other: 1\r\n\r\n')],
  ];
  for (const [what, one] of same) assert.equal(callerOf(one), signerArn, what);
});

test('authenticate() takes no other blanks than those of HTTP between the parts of a signature', () => {
  const text = signRequest(asked);
  assert.equal(callerOf(text.replaceAll(', S', ', \tS')), signerArn);
  for (const blank of ['\xa0', '\x0b', '\x0c', '\x85'])
    assert.notEqual(callerOf(text.replace(', SignedHeaders', `,${blank}SignedHeaders`)), signerArn, blank);
});

test('authenticate() takes a clock that is five minutes off, across midnight, and none that is more', () => {
  const text = signRequest(asked);
  for (const [off, believed] of [
    [-301_000, false],
    [-299_000, true],
    [299_000, true],
    [301_000, false],
  ] as const)
    assert.equal(callerOf(text, now + off) === signerArn, believed, String(off));
});

test('authenticate() takes no more signed names than a request has headers', () => {
  const names = Array.from({ length: 101 }, (_, i) => `a${String(i).padStart(3, '0')}`).join(';');
  const many = signRequest(asked).replace('SignedHeaders=', `SignedHeaders=${names};`);
  assert.match(callerOf(many) ?? '', /^IncompleteSignatureException: .* at most 100\.$/);
});

test('authenticate() takes a thousand query parameters, and no more', () => {
  const asking = (count: number): string => `/?${Array.from({ length: count }, (_, i) => `p${i}`).join('&')}`;
  assert.equal(callerOf(signRequest({ path: asking(1000), now })), signerArn);
  assert.match(
    callerOf(signRequest({ path: asking(1001), now })) ?? '',
    /^IncompleteSignatureException: .* at most 1000/,
  );
});

test('authenticate() refuses what is long and malformed', () => {
  const long = 'a'.repeat(50_000);
  for (const value of [
    `AWS4-HMAC-SHA256 Credential=${long}`,
    `AWS4-HMAC-SHA256 Credential=A/20261122/us-east-1/vpc-lattice-svcs/aws4_request, SignedHeaders=${'a;'.repeat(20_000)}, Signature=${'0'.repeat(64)}`,
    `AWS4-HMAC-SHA256 ${','.repeat(50_000)}`,
    `AWS4-HMAC-SHA256 ${'='.repeat(50_000)}`,
    `AWS4-ECDSA-P256-SHA256 Credential=AKIATESTER/20261122/vpc-lattice-svcs/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(160)}`,
  ]) {
    const caller = callerOf(`GET / HTTP/1.1\r\nhost: ${HOST}\r\nauthorization: ${value}\r\n\r\n`);
    assert.match(caller ?? '', /Exception: /);
  }
});
