// Who may call: every way to fail in the words of each protocol, the forms of a signature, and the open mode.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ListServicesCommand, VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';
import { account, clientOptions, failureOf, keys, makeDispatcher, temporaryKeys } from '../../test/api/sdk-loop.ts';
import { sha256, signHeaders, signQuery, type Signer } from '../sigv4/index.ts';
import type { WireRequest } from './codec.ts';
import type { Call, Dispatcher, OperationHandler } from './dispatch.ts';

const admin = { accessKeyId: keys.accessKeyId, secret: keys.secretAccessKey, region: 'us-east-1' };
const temporary = { accessKeyId: temporaryKeys.accessKeyId, secret: temporaryKeys.secretAccessKey };
const { sessionToken } = temporaryKeys;

/** A call of each service, not signed yet. */
const calls: Readonly<Record<string, { readonly plain: WireRequest; readonly operation: string }>> = {
  'vpc-lattice': { operation: 'ListServices', plain: requestTo('GET', '/services', '') },
  ec2: { operation: 'DescribeVpcs', plain: requestTo('POST', '/', 'Action=DescribeVpcs&Version=2016-11-15') },
  sts: { operation: 'GetCallerIdentity', plain: requestTo('POST', '/', 'Action=GetCallerIdentity&Version=2011-06-15') },
};

function requestTo(method: string, path: string, query: string): WireRequest {
  return { method, path, query, headers: new Map([['host', '127.0.0.1:7171']]), body: Buffer.alloc(0) };
}

interface Signing {
  readonly signer?: Partial<Signer>;
  /** Milliseconds by which the signer's clock is off. */
  readonly skew?: number;
  /** Seconds that a presigned query is good for; absent: signed by header. */
  readonly expires?: number;
}

function signed(service: string, { signer = {}, skew = 0, expires }: Signing): WireRequest {
  const plain = calls[service]?.plain ?? assert.fail(service);
  const who: Signer = { ...admin, service, ...signer };
  const options = { now: Date.now() + skew, bodyHash: sha256(plain.body) };
  if (expires !== undefined) return { ...plain, query: signQuery(plain, who, { ...options, expires }) };
  return { ...plain, headers: new Map([...plain.headers, ...Object.entries(signHeaders(plain, who, options))]) };
}

function withHeader(request: WireRequest, name: string, change: (value: string) => string): WireRequest {
  return { ...request, headers: new Map([...request.headers, [name, change(request.headers.get(name) ?? '')]]) };
}

async function ask(dispatcher: Dispatcher, request: WireRequest): Promise<readonly [code: string, status: number]> {
  const { status, headers, body } = await dispatcher.dispatch(request, { requestId: 'r', sourceIp: '::1' });
  return [headers['x-amzn-errortype'] ?? /<Code>(.*)<\/Code>/.exec(body)?.[1] ?? '', status];
}

const lattice = 'vpc-lattice';
/** Each way to fail: how the request comes about, and what each protocol answers. */
const failures: Readonly<
  Record<
    string,
    {
      readonly make: (service: string) => WireRequest;
      readonly answers: Readonly<Record<string, readonly [code: string, status: number]>>;
    }
  >
> = {
  'no signature': {
    // Without a scope only Action and Version tell which service is meant.
    make: (service) => calls[service]?.plain ?? assert.fail(service),
    answers: {
      [lattice]: ['MissingAuthenticationTokenException', 403],
      ec2: ['MissingAuthenticationToken', 403],
      sts: ['MissingAuthenticationToken', 403],
    },
  },
  'a header without its signature': {
    make: (service) => withHeader(signed(service, {}), 'authorization', (value) => value.replace(/, Signature=.*/, '')),
    answers: incomplete(),
  },
  'another algorithm': {
    make: (service) => withHeader(signed(service, {}), 'authorization', (value) => value.replace('AWS4-', 'AWS3-')),
    answers: incomplete(),
  },
  'a presigned query without its date': {
    make(service) {
      const request = signed(service, { expires: 60 });
      return { ...request, query: request.query.replace(/&X-Amz-Date=[^&]*/, '') };
    },
    answers: incomplete(),
  },
  'a key that nobody has': {
    make: (service) => signed(service, { signer: { accessKeyId: 'NOBODY' } }),
    answers: unrecognized(),
  },
  'temporary keys without their token': {
    make: (service) => signed(service, { signer: temporary }),
    answers: unrecognized(),
  },
  'temporary keys with another token, in a query': {
    make: (service) => signed(service, { signer: { ...temporary, sessionToken: 'x' }, expires: 60 }),
    answers: unrecognized(),
  },
  'lasting keys with a token': {
    make: (service) => signed(service, { signer: { sessionToken } }),
    answers: unrecognized(),
  },
  'another secret': {
    make: (service) => signed(service, { signer: { secret: 'wrong' } }),
    answers: mismatch(),
  },
  'another secret, in a query': {
    make: (service) => signed(service, { signer: { secret: 'wrong' }, expires: 60 }),
    answers: mismatch(),
  },
  'a region that is not served': {
    make: (service) => signed(service, { signer: { region: 'eu-west-9' } }),
    answers: mismatch(),
  },
  'a header that was added after signing': {
    make: (service) => withHeader(signed(service, {}), 'x-amz-target', () => 'Other.Operation'),
    answers: mismatch(),
  },
  'a clock that is six minutes slow': { make: (service) => signed(service, { skew: -360_000 }), answers: skewed() },
  'a clock that is six minutes fast': { make: (service) => signed(service, { skew: 360_000 }), answers: skewed() },
  'a presigned query that is no longer good': {
    make: (service) => signed(service, { skew: -70_000, expires: 60 }),
    answers: {
      [lattice]: ['RequestExpired', 400],
      ec2: ['RequestExpired', 400],
      sts: ['SignatureDoesNotMatch', 403],
    },
  },
};

function incomplete() {
  const answer = ['IncompleteSignature', 400] as const;
  return { [lattice]: answer, ec2: answer, sts: answer };
}

function unrecognized() {
  return {
    [lattice]: ['UnrecognizedClientException', 403],
    ec2: ['AuthFailure', 401],
    sts: ['InvalidClientTokenId', 403],
  } as const;
}

function mismatch() {
  return {
    [lattice]: ['InvalidSignatureException', 403],
    ec2: ['AuthFailure', 401],
    sts: ['SignatureDoesNotMatch', 403],
  } as const;
}

function skewed() {
  return {
    [lattice]: ['InvalidSignatureException', 403],
    ec2: ['RequestExpired', 400],
    sts: ['SignatureDoesNotMatch', 403],
  } as const;
}

for (const [name, { make, answers }] of Object.entries(failures))
  test(`dispatch() refuses ${name} in the words of each protocol`, async () => {
    const dispatcher = makeDispatcher({});
    for (const [service, answer] of Object.entries(answers))
      assert.deepEqual(await ask(dispatcher, make(service)), answer, service);
  });

test('dispatch() believes signatures by header and by query, four minutes off, and of temporary keys with their token', async () => {
  const seen: Call[] = [];
  const handler: OperationHandler = (_input, call) => {
    seen.push(call);
    return Promise.resolve({ output: {} });
  };
  for (const [service, { operation }] of Object.entries(calls)) {
    const dispatcher = makeDispatcher({ [operation]: handler });
    for (const signing of [
      {},
      { skew: -240_000 },
      { skew: 240_000 },
      { expires: 60 },
      { expires: 3600, skew: -3_000_000 },
      { signer: { ...temporary, sessionToken } },
      { signer: { ...temporary, sessionToken }, expires: 60 },
    ]) {
      assert.deepEqual(await ask(dispatcher, signed(service, signing)), ['', 200], JSON.stringify([service, signing]));
      const caller = signing.signer === undefined ? keys : temporaryKeys;
      assert.deepEqual([seen.at(-1)?.account, seen.at(-1)?.accessKeyId], [account, caller.accessKeyId]);
    }
  }
  assert.equal(seen.length, 21);
});

test('dispatch() says which regions there are to a caller of another one', async () => {
  const client = new VPCLatticeClient(clientOptions(makeDispatcher({}), { region: 'eu-west-9' }));
  assert.match((await failureOf(client.send(new ListServicesCommand({})))).message, /us-east-1/);
});

test('dispatch() lets every unknown key in when open, and still verifies known ones', async () => {
  const calls: Call[] = [];
  const handler: OperationHandler = (_input, call) => {
    calls.push(call);
    return Promise.resolve({ output: {} });
  };
  const dispatcher = makeDispatcher({ ListServices: handler }, { open: true });
  const as = (accessKeyId: string, secretAccessKey = 'x') =>
    new VPCLatticeClient(clientOptions(dispatcher, { credentials: { accessKeyId, secretAccessKey } })).send(
      new ListServicesCommand({}),
    );
  await as('555566667777');
  await as('test');
  assert.deepEqual(
    calls.map((call) => call.account),
    ['555566667777', '123456789012'],
  );
  assert.equal((await failureOf(as('AKIDADMIN', 'wrong'))).name, 'InvalidSignatureException');
});
