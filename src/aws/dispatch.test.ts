// Whole requests without sockets: SDK clients of three protocols talk to the dispatcher, and raw requests try its edges.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateVpcCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  CreateRuleCommand,
  GetServiceCommand,
  ListServicesCommand,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  ThrottlingException,
  UntagResourceCommand,
  ValidationException,
  VPCLatticeClient,
} from '@aws-sdk/client-vpc-lattice';
import { account, clientOptions, failureOf, keys, makeDispatcher } from '../../test/api/sdk-loop.ts';
import { sha256, signHeaders } from '../sigv4/index.ts';
import type { WireResponse } from './codec.ts';
import type { Call, Dispatcher, OperationHandler } from './dispatch.ts';
import { ServiceError } from './service-error.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const arn = `arn:aws:vpc-lattice:us-east-1:${account}:service/svc-0123456789abcdef0`;

interface Seen {
  input?: unknown;
  call?: Call;
}

function latticeOf(handlers: Readonly<Record<string, OperationHandler>>, more: object = {}): VPCLatticeClient {
  return new VPCLatticeClient(clientOptions(makeDispatcher(handlers), more));
}

async function raw(
  dispatcher: Dispatcher,
  method: string,
  target: string,
  body = '',
  more: Readonly<Record<string, string>> = {},
): Promise<WireResponse & { readonly json: Record<string, unknown> }> {
  const [path = '', query = ''] = target.split('?');
  const headers = new Map(Object.entries({ host: '127.0.0.1:7171', ...more }));
  const request = { method, path, query, headers };
  const signer = {
    accessKeyId: keys.accessKeyId,
    secret: keys.secretAccessKey,
    region: 'us-east-1',
    service: 'vpc-lattice',
  };
  const added = signHeaders(request, signer, { now: Date.now(), bodyHash: sha256(body) });
  const signed = { ...request, headers: new Map([...headers, ...Object.entries(added)]), body: Buffer.from(body) };
  const response = await dispatcher.dispatch(signed, { requestId: 'r-2', sourceIp: '::1' });
  const json: unknown = response.body.startsWith('{') ? JSON.parse(response.body) : {};
  return { ...response, json: json as Record<string, unknown> };
}

test('what is wrong with an input is told a hundred times at most, and never larger than the input', async () => {
  const dispatcher = makeDispatcher({ CreateRule: () => Promise.reject(new Error('must not be called')) });
  const rules = `/services/svc-0123456789abcdef0/listeners/listener-0123456789abcdef0/rules`;
  for (const one of ['{}', '1', 'null', '{"match":{"exact":1}}']) {
    const list = Array.from({ length: 10_000 }, () => one).join();
    const body = `{"name":"first","priority":1,"match":{"httpMatch":{"headerMatches":[${list}]}},"action":{}}`;
    const { status, json, body: text } = await raw(dispatcher, 'POST', rules, body);
    assert.equal(status, 400);
    assert.ok(Array.isArray(json['fieldList']) && json['fieldList'].length === 100);
    assert.ok(text.length < 100_000, `${text.length} bytes`);
  }
});

test('dispatch() carries a lattice call both ways: ARN in a label, answer with times, who called', async () => {
  const seen: Seen = {};
  const client = latticeOf({
    GetService: (input, call) => {
      Object.assign(seen, { input, call });
      return Promise.resolve({ output: { arn, createdAt: new Date(now), name: 'käse', secret: 'x' } });
    },
  });
  const output = await client.send(new GetServiceCommand({ serviceIdentifier: arn }));
  assert.deepEqual(seen.input, { serviceIdentifier: arn });
  assert.equal(output.arn, arn);
  assert.equal(output.name, 'käse');
  assert.equal(output.createdAt?.getTime(), now);
  assert.equal('secret' in output, false);
  assert.equal(seen.call?.account, account);
  assert.equal(seen.call?.region, 'us-east-1');
  assert.equal(seen.call?.principalArn, `arn:aws:iam::${account}:user/admin`);
});

test('dispatch() carries nested unions, query lists and numbers', async () => {
  const inputs: unknown[] = [];
  const keep: OperationHandler = (input) => {
    inputs.push(input);
    return Promise.resolve({ output: {}, revision: 7 });
  };
  const client = latticeOf({ CreateRule: keep, UntagResource: keep, ListServices: keep });
  const rule = {
    serviceIdentifier: 'svc-0123456789abcdef0',
    listenerIdentifier: 'listener-0123456789abcdef0',
    name: 'v2-users',
    priority: 10,
    match: { httpMatch: { method: 'GET', pathMatch: { match: { prefix: '/users' } } } },
    action: { forward: { targetGroups: [{ targetGroupIdentifier: 'tg-0123456789abcdef0', weight: 0 }] } },
    clientToken: 'token',
    tags: JSON.parse('{"__proto__":"x","a":""}') as Record<string, string>,
  };
  await client.send(new CreateRuleCommand(rule));
  await client.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['a b', 'c&d'] }));
  await client.send(new ListServicesCommand({ maxResults: 5, nextToken: 'a+/=' }));
  assert.deepEqual(inputs[0], rule);
  assert.deepEqual(inputs[1], { resourceArn: arn, tagKeys: ['a b', 'c&d'] });
  assert.deepEqual(inputs[2], { maxResults: 5, nextToken: 'a+/=' });
});

test('dispatch() answers a ServiceError as the SDK’s exception with its fields', async () => {
  const fail =
    (error: Error): OperationHandler =>
    () =>
      Promise.reject(error);
  const client = latticeOf({
    GetService: fail(
      new ServiceError('ResourceNotFoundException', 'gone', {
        fields: { resourceId: 'svc-1', resourceType: 'SERVICE' },
      }),
    ),
    CreateRule: fail(
      new ServiceError('ServiceQuotaExceededException', 'full', {
        fields: { resourceType: 'RULE', serviceCode: 'vpc-lattice', quotaCode: 'L-1' },
      }),
    ),
    ListServices: fail(new ServiceError('ThrottlingException', 'slow', { fields: { retryAfterSeconds: 3 } })),
  });
  const gone = await failureOf(client.send(new GetServiceCommand({ serviceIdentifier: arn })));
  assert.ok(gone instanceof ResourceNotFoundException);
  assert.deepEqual(
    [gone.message, gone.resourceId, gone.resourceType, gone.$metadata.httpStatusCode],
    ['gone', 'svc-1', 'SERVICE', 404],
  );
  const full = await failureOf(
    client.send(
      new CreateRuleCommand({
        serviceIdentifier: 'svc-0123456789abcdef0',
        listenerIdentifier: 'listener-0123456789abcdef0',
        name: 'abc',
        priority: 1,
        match: { httpMatch: {} },
        action: { fixedResponse: { statusCode: 404 } },
      }),
    ),
  );
  assert.ok(full instanceof ServiceQuotaExceededException && full.$metadata.httpStatusCode === 402);
  const slow = await failureOf(client.send(new ListServicesCommand({})));
  assert.ok(slow instanceof ThrottlingException && slow.retryAfterSeconds === 3);
});

test('dispatch() answers 501 and the name for an operation without a handler, after it judged the input', async () => {
  const client = latticeOf({});
  const failure = await failureOf(client.send(new GetServiceCommand({ serviceIdentifier: arn })));
  assert.equal(failure.name, 'NotImplementedException');
  assert.match(failure.message, /GetService/);
  const invalid = await failureOf(client.send(new GetServiceCommand({ serviceIdentifier: 'x' })));
  assert.ok(invalid instanceof ValidationException);
});

test('dispatch() answers an unexpected throw with 500 and keeps its message to itself', async () => {
  const client = latticeOf({ ListServices: () => Promise.reject(new Error('password')) });
  const failure = await failureOf(client.send(new ListServicesCommand({})));
  assert.equal(failure.name, 'InternalServerException');
  assert.doesNotMatch(failure.message, /password/);
});

test('dispatch() refuses malformed, mistyped and unlawful inputs with reason and field names', async () => {
  const dispatcher = makeDispatcher({});
  const rules = '/services/svc-0123456789abcdef0/listeners/listener-0123456789abcdef0/rules';
  const rule = { name: 'abc', priority: 1, match: { httpMatch: {} }, action: { fixedResponse: { statusCode: 404 } } };
  const cases: readonly (readonly [body: string, reason: string, field: string | undefined])[] = [
    ['{"name":', 'cannotParse', undefined],
    ['[]', 'cannotParse', undefined],
    ['\u00ff\ud800', 'cannotParse', undefined],
    [JSON.stringify({ ...rule, priority: 1.5 }), 'cannotParse', 'priority'],
    [JSON.stringify({ ...rule, priority: '1' }), 'cannotParse', 'priority'],
    [JSON.stringify({ ...rule, name: 7 }), 'cannotParse', 'name'],
    [JSON.stringify({ ...rule, match: [] }), 'cannotParse', 'match'],
    [JSON.stringify({ ...rule, tags: { a: null, b: 1 } }), 'cannotParse', 'tags.b'],
    [JSON.stringify({ ...rule, name: null }), 'fieldValidationFailed', 'name'],
    [JSON.stringify({ ...rule, name: 'rule-x' }), 'fieldValidationFailed', 'name'],
    [JSON.stringify({ ...rule, name: 'abc\n' }), 'fieldValidationFailed', 'name'],
    [JSON.stringify({ ...rule, priority: 0 }), 'fieldValidationFailed', 'priority'],
    [JSON.stringify({ ...rule, priority: 2001 }), 'fieldValidationFailed', 'priority'],
    [JSON.stringify({ ...rule, match: {} }), 'fieldValidationFailed', 'match'],
    [
      JSON.stringify({ ...rule, action: { forward: { targetGroups: [] } } }),
      'fieldValidationFailed',
      'action.forward.targetGroups',
    ],
    [
      JSON.stringify({
        ...rule,
        action: {
          fixedResponse: { statusCode: 404 },
          forward: { targetGroups: [{ targetGroupIdentifier: 'tg-0123456789abcdef0' }] },
        },
      }),
      'fieldValidationFailed',
      'action',
    ],
    [
      JSON.stringify({ ...rule, match: { httpMatch: { headerMatches: [{ name: 'x', match: { exact: '' } }] } } }),
      'fieldValidationFailed',
      'match.httpMatch.headerMatches[0].match.exact',
    ],
  ];
  for (const [body, reason, field] of cases) {
    const { status, headers, json } = await raw(dispatcher, 'POST', rules, body);
    assert.deepEqual([status, headers['x-amzn-errortype'], json['reason']], [400, 'ValidationException', reason], body);
    const fields = (json['fieldList'] ?? []) as readonly { readonly name: string }[];
    assert.equal(fields[0]?.name, field, body);
    assert.ok(typeof json['message'] === 'string' && json['message'] !== '');
  }
  const accepted = await raw(dispatcher, 'POST', rules, JSON.stringify({ ...rule, later: 1 }));
  assert.equal(accepted.status, 501);
});

test('dispatch() refuses unknown URIs and methods, bad percent-encoding and bad query values', async () => {
  const dispatcher = makeDispatcher({});
  for (const [method, target, reason] of [
    ['GET', '/nothing', 'unknownOperation'],
    ['PUT', '/services', 'unknownOperation'],
    ['GET', '/services/', 'unknownOperation'],
    ['GET', '//services', 'unknownOperation'],
    ['GET', '/services/%zz', 'cannotParse'],
    ['GET', '/services/svc-0123456789abcdef0%2Flisteners', 'fieldValidationFailed'],
    ['GET', '/services?maxResults=1e2', 'cannotParse'],
    ['GET', '/services?maxResults=101', 'fieldValidationFailed'],
    ['GET', '/services?maxResults=', 'cannotParse'],
  ] as const) {
    const { status, json } = await raw(dispatcher, method, target);
    assert.deepEqual([status, json['reason']], [400, reason], target);
  }
});

test('dispatch() accepts an empty body where members are all optional', async () => {
  const dispatcher = makeDispatcher({ ListTargets: (input) => Promise.resolve({ output: { items: [input] } }) });
  const { status } = await raw(dispatcher, 'POST', '/targetgroups/tg-0123456789abcdef0/listtargets');
  assert.equal(status, 200);
});

test('dispatch() speaks ec2Query: nested flattened lists in, XML out, errors with EC2’s codes', async () => {
  const inputs: unknown[] = [];
  const dispatcher = makeDispatcher({
    CreateVpc: (input) => {
      inputs.push(input);
      return Promise.resolve({
        output: {
          Vpc: {
            VpcId: 'vpc-1',
            IsDefault: false,
            CidrBlock: '10.0.0.0/16',
            Tags: [{ Key: 'Name', Value: '<&> "x"' }],
          },
        },
      });
    },
    DescribeVpcs: (input) => {
      inputs.push(input);
      return Promise.reject(new ServiceError('InvalidVpcID.NotFound', "The vpc ID 'vpc-1' does not exist"));
    },
  });
  const client = new EC2Client(clientOptions(dispatcher));
  const specification = {
    ResourceType: 'vpc' as const,
    Tags: [
      { Key: 'Name', Value: 'a b' },
      { Key: 'k', Value: '' },
    ],
  };
  const { Vpc } = await client.send(
    new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', TagSpecifications: [specification] }),
  );
  assert.deepEqual(inputs[0], { CidrBlock: '10.0.0.0/16', TagSpecifications: [specification] });
  assert.deepEqual([Vpc?.VpcId, Vpc?.IsDefault, Vpc?.Tags], ['vpc-1', false, [{ Key: 'Name', Value: '<&> "x"' }]]);
  const filter = { Name: 'vpc-id', Values: Array.from({ length: 11 }, (_, i) => `vpc-${i}`) };
  const failure = await failureOf(
    client.send(new DescribeVpcsCommand({ Filters: [filter], MaxResults: 5, DryRun: false })),
  );
  assert.deepEqual(inputs[1], { Filters: [filter], MaxResults: 5, DryRun: false });
  assert.equal(failure.name, 'InvalidVpcID.NotFound');
  assert.match(failure.message, /does not exist/);
});

test('dispatch() speaks query: STS in, XML with a nested result out', async () => {
  const dispatcher = makeDispatcher({
    GetCallerIdentity: (_input, call) =>
      Promise.resolve({ output: { Account: call.account, Arn: call.principalArn, UserId: call.accessKeyId } }),
  });
  const identity = await new STSClient(clientOptions(dispatcher)).send(new GetCallerIdentityCommand({}));
  assert.deepEqual([identity.Account, identity.UserId], [account, keys.accessKeyId]);
});

test('dispatch() chooses codec and service for unsigned requests by target, action and version, Host, else lattice', async () => {
  const dispatcher = makeDispatcher({});
  const unsigned = async (headers: Readonly<Record<string, string>>, query = '', body = '') => {
    const request = {
      method: 'POST',
      path: '/',
      query,
      headers: new Map(Object.entries(headers)),
      body: Buffer.from(body),
    };
    const { status, body: text } = await dispatcher.dispatch(request, { requestId: 'r', sourceIp: '::1' });
    assert.equal(status, 403);
    return text;
  };
  const form = { host: '127.0.0.1', 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  assert.match(await unsigned(form, '', 'Action=DescribeVpcs&Version=2016-11-15'), /^<\?xml.*\n<Response><Errors>/);
  assert.match(await unsigned({ host: 'x' }, 'Action=GetCallerIdentity&Version=2011-06-15'), /<ErrorResponse/);
  assert.match(await unsigned({ host: 'sts.us-east-1.amazonaws.com' }), /<ErrorResponse/);
  assert.match(await unsigned({ host: '127.0.0.1' }), /^\{"message":"Missing Authentication Token"/);
});

test('dispatch() says which services it serves when the signature names another', async () => {
  const failure = await failureOf(
    latticeOf({}, { signer: undefined, signingName: 's3' }).send(new ListServicesCommand({})),
  );
  assert.equal(failure.name, 'NotImplementedException');
  assert.match(failure.message, /'s3'/);
});

test('dispatch() tells its observer what was answered', async () => {
  const events: unknown[] = [];
  const dispatcher = makeDispatcher({ ListServices: () => Promise.resolve({ output: {}, revision: 9 }) }, { events });
  const { headers } = await raw(dispatcher, 'GET', '/services');
  await raw(dispatcher, 'GET', '/targetgroups');
  assert.equal(headers['x-pergola-revision'], '9');
  assert.deepEqual(events, [
    { service: 'lattice', operation: 'ListServices', status: 200 },
    { service: 'lattice', operation: 'ListTargetGroups', status: 501 },
  ]);
});
