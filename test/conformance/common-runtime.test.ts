// Requests that the AWS Common Runtime signs, which has its own implementation of both signatures in C, before the data plane's verifier.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { HOST, sampleSnapshot } from '../../src/proxy/snapshot-sample.ts';
import { parseRequestHead } from '../../src/proxy/http1/request-head.ts';
import { authenticate } from '../../src/proxy/identity/authenticate.ts';
import { signer, signerArn, withSigner } from '../../src/proxy/identity/signer-sample.ts';
import { createWorldCompiler } from '../../src/proxy/world.ts';
import { partFolder } from '../../tools/peers.ts';

type Pairs = [name: string, value: string][];

interface CrtRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: { _flatten(): Pairs };
}

/** What is used of `aws-crt`. */
interface CommonRuntime {
  readonly http: {
    readonly HttpHeaders: new (headers: Pairs) => CrtRequest['headers'];
    readonly HttpRequest: new (method: string, path: string, headers: CrtRequest['headers']) => CrtRequest;
  };
  readonly auth: {
    readonly AwsCredentialsProvider: { newStatic(accessKeyId: string, secret: string): unknown };
    readonly AwsSigningAlgorithm: { readonly SigV4: number; readonly SigV4Asymmetric: number };
    readonly AwsSignatureType: { readonly HttpRequestViaHeaders: number };
    readonly AwsSignedBodyHeaderType: { readonly XAmzContentSha256: number };
    aws_sign_request(request: CrtRequest, config: Readonly<Record<string, unknown>>): Promise<CrtRequest>;
  };
}

const crt = createRequire(join(partFolder('aws-crt'), 'package.json'))('aws-crt') as CommonRuntime;

const algorithms = {
  SigV4: { algorithm: crt.auth.AwsSigningAlgorithm.SigV4, word: 'AWS4-HMAC-SHA256 ' },
  SigV4A: { algorithm: crt.auth.AwsSigningAlgorithm.SigV4Asymmetric, word: 'AWS4-ECDSA-P256-SHA256 ' },
} as const;
type AlgorithmName = keyof typeof algorithms;

const now = Date.UTC(2026, 10, 22, 23, 59, 30);
const world = createWorldCompiler(0).compile(withSigner(sampleSnapshot(80, [], {}, 1), now));

/** Whose request `text` (a whole head) is: an ARN, `anonymous`, or why it is refused; undefined when it is no request. */
function callerOf(text: string): string | undefined {
  const head = parseRequestHead(text.slice(0, -2));
  if ('source' in head) return undefined;
  const caller = authenticate(world, { region: signer.region }, head, { now: () => now });
  if (caller.kind === 'refused') return caller.reason;
  return caller.kind === 'principal' ? caller.principal.arn : 'anonymous';
}

interface Draft {
  readonly method: string;
  /** With the query, as it is sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds that the signer's clock is ahead. */
  readonly ahead: number;
  /** As SDKs sign for most services, or for S3. */
  readonly escaped: boolean;
}

/** The head that a client on the runtime sends. */
async function signByRuntime(name: AlgorithmName, draft: Draft): Promise<string> {
  const headers: Pairs = [['host', HOST], ...Object.entries(draft.headers)];
  const request = new crt.http.HttpRequest(draft.method, draft.target, new crt.http.HttpHeaders(headers));
  const signed = await crt.auth.aws_sign_request(request, {
    algorithm: algorithms[name].algorithm,
    signature_type: crt.auth.AwsSignatureType.HttpRequestViaHeaders,
    provider: crt.auth.AwsCredentialsProvider.newStatic(signer.accessKeyId, signer.secret),
    region: signer.region,
    service: signer.service,
    date: new Date(now + draft.ahead * 1000),
    use_double_uri_encode: draft.escaped,
    should_normalize_uri_path: draft.escaped,
    signed_body_value: 'UNSIGNED-PAYLOAD',
    signed_body_header: crt.auth.AwsSignedBodyHeaderType.XAmzContentSha256,
  });
  const lines = signed.headers._flatten().map(([header, value]) => `${header}: ${value}\r\n`);
  return `${signed.method} ${signed.path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

const segment = fc
  .string({
    unit: fc.constantFrom('a', 'Z', '0', '-', '.', '_', '~', ' ', '+', '/', '=', ':', '&', 'ä', '中'),
    maxLength: 8,
  })
  // The signer resolves dots and sends them as they are.
  .filter((text) => !/^\.{1,2}$/.test(text));
const escape = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
const drafts = fc.record<Draft>({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
  target: fc
    .tuple(fc.array(segment, { maxLength: 4 }), fc.array(fc.tuple(segment, segment), { maxLength: 4 }))
    .map(([path, query]) => {
      const pairs = query.map(([name, value]) => `${escape(name)}=${escape(value)}`);
      return `/${path.map(escape).join('/')}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
    }),
  headers: fc.dictionary(
    fc.stringMatching(/^x-[a-z0-9][a-z0-9-]{0,9}$/),
    fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/),
    { maxKeys: 4 },
  ),
  ahead: fc.integer({ min: -300, max: 300 }),
  escaped: fc.boolean(),
});

for (const name of Object.keys(algorithms) as AlgorithmName[])
  test(`random requests that the AWS Common Runtime signs by ${name} are believed`, async () => {
    await fc.assert(
      fc.asyncProperty(drafts, async (draft) => {
        const text = await signByRuntime(name, draft);
        assert.ok(text.includes(`: ${algorithms[name].word}`), text);
        assert.equal(callerOf(text), signerArn, text);
      }),
      { numRuns: 500 },
    );
  });

const draft: Draft = {
  method: 'POST',
  target: '/orders/a%20b/7?a=1&b=x%2By&c=',
  headers: { 'x-amz-meta-team': 'blue green', 'x-other': 'one' },
  ahead: 0,
  escaped: true,
};

/** Whether `changed` in the place of the byte at `at` means the same: case of header names and of a query's escapes, or it is not signed: HTTP's version. */
function meansTheSame(text: string, at: number, changed: string): boolean {
  const end = text.indexOf(' HTTP/1.1');
  if (at >= end && at < end + 11) return true;
  const inName = at > end && /\r\n[^:\r\n]*$/.test(text.slice(0, at + 1));
  const inEscape = /%[0-9a-f]?$/i.test(text.slice(0, at));
  return (inName || inEscape) && text.charAt(at).toLowerCase() === changed.toLowerCase();
}

for (const name of Object.keys(algorithms) as AlgorithmName[])
  test(`a request that the AWS Common Runtime signs by ${name} is nobody’s when any bit of any byte is another`, async () => {
    const text = await signByRuntime(name, draft);
    assert.equal(callerOf(text), signerArn);
    let tried = 0;
    for (let at = 0; at < text.length - 2; at++)
      for (let bit = 0; bit < 8; bit++) {
        const changed = String.fromCharCode(text.charCodeAt(at) ^ (1 << bit));
        if (meansTheSame(text, at, changed)) continue;
        const caller = callerOf(text.slice(0, at) + changed + text.slice(at + 1));
        assert.notEqual(caller, signerArn, `${at}: ${text.charAt(at)} is ${JSON.stringify(changed)}`);
        tried++;
      }
    assert.ok(tried > 3000, `only ${tried} were tried`);
  });
