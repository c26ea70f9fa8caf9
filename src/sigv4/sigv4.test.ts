// Signatures: AWS's published examples, the SDK's own signer against our verifier, and every way to fail.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  GetServiceCommand,
  ListServicesCommand,
  TagResourceCommand,
  VPCLatticeClient,
} from '@aws-sdk/client-vpc-lattice';
import fc from 'fast-check';
import {
  collectHeaders,
  deriveSigningKey,
  parseAuthorization,
  sha256,
  signHeaders,
  signQuery,
  unsignedPayload,
  verifySignature,
  type SignableRequest,
  type SignatureFailure,
  type Signer,
  type VerifyOptions,
} from './index.ts';

const empty = sha256('');
const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const now = Date.UTC(2015, 7, 30, 12, 36, 0);
const signer: Signer = { accessKeyId: 'AKIDEXAMPLE', secret, region: 'us-east-1', service: 'service' };
const plain: SignableRequest = {
  method: 'GET',
  path: '/',
  query: '',
  headers: new Map([['host', 'example.amazonaws.com']]),
};

function withHeaders(request: SignableRequest, added: Readonly<Record<string, string>>): SignableRequest {
  return { ...request, headers: new Map([...request.headers, ...Object.entries(added)]) };
}

function verify(
  request: SignableRequest,
  changes: Partial<VerifyOptions> & { readonly secret?: string } = {},
): { readonly ok: true } | SignatureFailure {
  const parsed = parseAuthorization(request);
  if (!parsed.ok) return parsed;
  return verifySignature(request, parsed.authorization, {
    signingKey: deriveSigningKey(changes.secret ?? secret, parsed.authorization.scope),
    services: [parsed.authorization.scope.service],
    now,
    bodyHash: empty,
    pathForms: ['double'],
    ...changes,
  });
}

function codeOf(result: { readonly ok: true } | SignatureFailure): string {
  return result.ok ? 'ok' : result.code;
}

test('deriveSigningKey() gives the key of the AWS General Reference', () => {
  const key = deriveSigningKey(secret, { date: '20150830', region: 'us-east-1', service: 'iam' });
  assert.equal(key.toString('hex'), 'c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9');
});

test('signHeaders() gives the signature of AWS’s test case get-vanilla', () => {
  const { authorization } = signHeaders(plain, signer, { now, bodyHash: empty });
  assert.equal(
    authorization,
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  );
});

test('verifySignature() accepts the signed IAM ListUsers example of the AWS General Reference', () => {
  const request: SignableRequest = {
    method: 'GET',
    path: '/',
    query: 'Action=ListUsers&Version=2010-05-08',
    headers: collectHeaders([
      'Host',
      'iam.amazonaws.com',
      'Content-Type',
      'application/x-www-form-urlencoded; charset=utf-8',
      'X-Amz-Date',
      '20150830T123600Z',
      'Authorization',
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    ]),
  };
  assert.equal(codeOf(verify(request)), 'ok');
  assert.equal(codeOf(verify({ ...request, query: 'Action=ListRoles&Version=2010-05-08' })), 'SignatureDoesNotMatch');
});

async function capture(run: (client: VPCLatticeClient) => Promise<unknown>, sessionToken?: string) {
  interface Sent {
    method: string;
    path: string;
    query: Record<string, string | string[]>;
    headers: Record<string, string>;
    body?: string;
  }
  let sent: Sent | undefined;
  const client = new VPCLatticeClient({
    region: 'eu-west-1',
    endpoint: 'http://127.0.0.1:7171',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: secret, ...(sessionToken ? { sessionToken } : {}) },
    requestHandler: {
      handle: (request: Sent) => {
        sent = request;
        return Promise.reject(Object.assign(new Error('captured'), { $retryable: undefined }));
      },
    },
    maxAttempts: 1,
  });
  await assert.rejects(run(client), /captured/);
  assert.ok(sent !== undefined);
  const pairs = Object.entries(sent.query).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
  );
  const request: SignableRequest = {
    method: sent.method,
    path: sent.path,
    query: pairs.join('&'),
    headers: collectHeaders(Object.entries(sent.headers).flat()),
  };
  return { request, bodyHash: sha256(sent.body ?? ''), client };
}

test('verifySignature() accepts what the SDK signs: encoded ARNs, queries, bodies, session tokens', async () => {
  const arn = 'arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-0123456789abcdef0';
  const calls = [
    await capture((client) => client.send(new GetServiceCommand({ serviceIdentifier: arn }))),
    await capture((client) => client.send(new ListServicesCommand({ maxResults: 7, nextToken: 'a+b/c= ~*' })), 'token'),
    await capture((client) => client.send(new TagResourceCommand({ resourceArn: arn, tags: { 'käse !': "o'k" } }))),
  ];
  for (const { request, bodyHash } of calls) {
    assert.equal(codeOf(verify(request, { now: Date.now(), bodyHash })), 'ok', request.path);
    assert.equal(codeOf(verify(request, { now: Date.now(), bodyHash, secret: 'other' })), 'SignatureDoesNotMatch');
    assert.equal(codeOf(verify(request, { now: Date.now(), bodyHash: sha256('x') })), 'SignatureDoesNotMatch');
    assert.equal(codeOf(verify(request, { now: Date.now() + 400_000, bodyHash })), 'ClockSkew');
  }
  const token = parseAuthorization(calls[1]?.request ?? plain);
  assert.ok(
    token.ok && token.authorization.sessionToken === 'token' && token.authorization.scope.region === 'eu-west-1',
  );
});

test('verifySignature() accepts a query that the SDK presigned', async () => {
  const { client } = await capture((one) => one.send(new ListServicesCommand({})));
  const sdkSigner = await client.config.signer({
    name: 'sigv4',
    signingName: 'vpc-lattice-svcs',
    signingRegion: 'eu-west-1',
    properties: {},
  });
  assert.ok('presign' in sdkSigner && typeof sdkSigner.presign === 'function');
  const presigned: { query: Record<string, string> } = await sdkSigner.presign(
    {
      method: 'GET',
      protocol: 'http:',
      hostname: 'svc.example',
      path: '/a',
      query: { q: 'x y' },
      headers: { host: 'svc.example' },
    },
    { expiresIn: 60, signingService: 'vpc-lattice-svcs', signingRegion: 'eu-west-1' },
  );
  const query = Object.entries(presigned.query)
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&');
  const request = { method: 'GET', path: '/a', query, headers: new Map([['host', 'svc.example']]) };
  assert.equal(codeOf(verify(request, { now: Date.now() })), 'ok');
  assert.equal(codeOf(verify(request, { now: Date.now() + 61_000 })), 'RequestExpired');
  assert.equal(codeOf(verify({ ...request, query: `${query}&more=1` }, { now: Date.now() })), 'SignatureDoesNotMatch');
});

test('verifySignature() and signQuery() agree, session token included', () => {
  const query = signQuery(
    { ...plain, query: 'b=2&a=%20' },
    { ...signer, sessionToken: 't/=' },
    { now, bodyHash: empty, expires: 30 },
  );
  assert.equal(codeOf(verify({ ...plain, query })), 'ok');
  assert.equal(codeOf(verify({ ...plain, query }, { now: now + 31_000 })), 'RequestExpired');
});

test('verifySignature() and signHeaders() agree on any path, query and header', () => {
  fc.assert(
    fc.property(fc.webPath(), fc.webQueryParameters(), fc.string(), (path, query, value) => {
      const request = withHeaders({ ...plain, path: path || '/', query }, { 'x-amz-meta': value });
      const signed = withHeaders(request, signHeaders(request, signer, { now, bodyHash: empty }));
      assert.equal(codeOf(verify(signed)), 'ok');
    }),
    { numRuns: 30 },
  );
});

test('verifySignature() accepts both path forms only where both are asked for', () => {
  const request = { ...plain, path: '/a%20b//c/../d' };
  for (const pathForm of ['single', 'double'] as const) {
    const signed = withHeaders(request, signHeaders(request, signer, { now, bodyHash: unsignedPayload, pathForm }));
    assert.equal(codeOf(verify(signed, { bodyHash: unsignedPayload, pathForms: ['double', 'single'] })), 'ok');
    const only = verify(signed, { bodyHash: unsignedPayload, pathForms: ['double'] });
    assert.equal(codeOf(only), pathForm === 'double' ? 'ok' : 'SignatureDoesNotMatch');
  }
});

test('verifySignature() refuses another service, an uncovered host or x-amz header, and a future or past time', () => {
  const added = signHeaders(plain, signer, { now, bodyHash: empty });
  const signed = withHeaders(plain, added);
  assert.equal(codeOf(verify(signed, { services: ['vpc-lattice'] })), 'SignatureDoesNotMatch');
  assert.equal(codeOf(verify(withHeaders(signed, { 'x-amz-target': 'X' }))), 'SignatureDoesNotMatch');
  const uncovered = (added['authorization'] ?? '').replace('host;', '');
  assert.match(JSON.stringify(verify(withHeaders(signed, { authorization: uncovered }))), /'Host' or ':authority'/);
  assert.equal(codeOf(verify(signed, { now: now - 301_000 })), 'ClockSkew');
  assert.equal(codeOf(verify(signed, { now: now + 301_000 })), 'ClockSkew');
  assert.equal(codeOf(verify(signed, { now: now + 299_000 })), 'ok');
});

test('parseAuthorization() names what is missing or malformed', () => {
  const good = signHeaders(plain, signer, { now, bodyHash: empty });
  const authorization = good['authorization'] ?? '';
  const cases: readonly (readonly [Record<string, string>, string])[] = [
    [{}, 'MissingAuthenticationToken'],
    [{ authorization: 'Basic x' }, 'IncompleteSignature'],
    [{ authorization: 'AWS4-HMAC-SHA256' }, 'IncompleteSignature'],
    [{ authorization }, 'IncompleteSignature'],
    [{ ...good, 'x-amz-date': 'yesterday' }, 'IncompleteSignature'],
    [{ ...good, authorization: authorization.replace('/aws4_request', '') }, 'IncompleteSignature'],
    [{ ...good, authorization: authorization.replace(/Signature=.*/, 'Signature=zz') }, 'IncompleteSignature'],
    [{ ...good, authorization: authorization.replace(/SignedHeaders=[^,]*,/, '') }, 'IncompleteSignature'],
  ];
  for (const [headers, code] of cases)
    assert.equal(codeOf(parseAuthorization(withHeaders(plain, headers))), code, JSON.stringify(headers));
  for (const query of ['X-Amz-Signature=1', 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=x'])
    assert.equal(codeOf(parseAuthorization({ ...plain, query })), 'IncompleteSignature');
});
