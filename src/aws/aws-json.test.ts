// awsJson from wire to wire without sockets: an SDK client, the other spelling of a target, and what is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloudTrailClient, LookupEventsCommand, InvalidMaxResultsException } from '@aws-sdk/client-cloudtrail';
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { clientOptions, failureOf, keys, makeDispatcher } from '../../test/api/sdk-loop.ts';
import { sha256, signHeaders } from '../sigv4/index.ts';
import { createAwsJson } from './aws-json.ts';
import type { Dispatcher, OperationHandler } from './dispatch.ts';
import { readServiceSchema } from './schema.ts';
import { ServiceError } from './service-error.ts';
import { parseTarget } from './target.ts';

const target = 'CloudTrail_20131101.LookupEvents';

async function post(
  dispatcher: Dispatcher,
  body: string | Buffer,
  more: Readonly<Record<string, string>> = { 'x-amz-target': target },
  [method, path]: readonly [string, string] = ['POST', '/'],
  service = 'cloudtrail',
) {
  const headers = new Map(
    Object.entries({ host: '127.0.0.1:7171', 'content-type': 'application/x-amz-json-1.1', ...more }),
  );
  const request = { method, path, query: '', headers };
  const signer = { accessKeyId: keys.accessKeyId, secret: keys.secretAccessKey, region: 'us-east-1', service };
  const bytes = Buffer.from(body);
  const added = signHeaders(request, signer, { now: Date.now(), bodyHash: sha256(bytes) });
  const signed = { ...request, headers: new Map([...headers, ...Object.entries(added)]), body: bytes };
  const response = await dispatcher.dispatch(signed, { requestId: 'r', sourceIp: '::1' });
  assert.equal(response.headers['content-type'], 'application/x-amz-json-1.1');
  return { status: response.status, json: JSON.parse(response.body) as Record<string, unknown> };
}

test('dispatch() speaks awsJson1.1: times in seconds both ways, nested lists, exceptions by __type', async () => {
  const inputs: unknown[] = [];
  const answers: OperationHandler[] = [
    () => Promise.resolve({ output: { Events: [{ EventId: 'e', EventTime: new Date(1_700_000_001_500) }], later: 1 } }),
    () => Promise.reject(new ServiceError('InvalidMaxResultsException', 'too many')),
  ];
  const dispatcher = makeDispatcher({
    LookupEvents: (input, call, audited) => {
      inputs.push(input);
      return answers.shift()?.(input, call, audited) ?? assert.fail();
    },
  });
  const client = new CloudTrailClient(clientOptions(dispatcher));
  const StartTime = new Date(1_600_000_000_000);
  const LookupAttributes = [{ AttributeKey: 'EventName' as const, AttributeValue: 'x' }];
  const { Events } = await client.send(new LookupEventsCommand({ StartTime, LookupAttributes }));
  assert.deepEqual(inputs, [{ StartTime, LookupAttributes }]);
  assert.deepEqual([Events?.[0]?.EventId, Events?.[0]?.EventTime?.getTime()], ['e', 1_700_000_001_500]);
  const failure = await failureOf(client.send(new LookupEventsCommand({ MaxResults: 51 })));
  assert.ok(failure instanceof InvalidMaxResultsException);
  assert.deepEqual([failure.message, failure.$metadata.httpStatusCode], ['too many', 400]);
});

test('dispatch() chooses the awsJson service by signature or by target, whatever namespace precedes it', async () => {
  const dispatcher = makeDispatcher({ LookupEvents: () => Promise.resolve({ output: {} }) });
  const long = `com.amazonaws.cloudtrail.v20131101.${target}`;
  assert.deepEqual(await post(dispatcher, '{}', { 'x-amz-target': long }), { status: 200, json: {} });
  assert.deepEqual(await post(dispatcher, '', { 'x-amz-target': target }), { status: 200, json: {} });
  const unsigned = {
    method: 'POST',
    path: '/',
    query: '',
    headers: new Map([
      ['host', 'x'],
      ['x-amz-target', long],
    ]),
    body: Buffer.from('{}'),
  };
  const { status, body } = await dispatcher.dispatch(unsigned, { requestId: 'r', sourceIp: '::1' });
  assert.equal(status, 400);
  assert.match(body, /^\{"__type":"MissingAuthenticationTokenException","message":/);
});

test('dispatch() refuses what is no call of awsJson, and stays alive', async () => {
  const dispatcher = makeDispatcher({ LookupEvents: () => Promise.resolve({ output: {} }) });
  const deep = `${'{"a":['.repeat(20_000)}1${']}'.repeat(20_000)}`;
  for (const [body, headers, type, line] of [
    ['{}', {}, 'UnknownOperationException', undefined],
    ['{}', { 'x-amz-target': '' }, 'UnknownOperationException', undefined],
    ['{}', { 'x-amz-target': 'LookupEvents' }, 'UnknownOperationException', undefined],
    ['{}', { 'x-amz-target': 'Other_1.LookupEvents' }, 'UnknownOperationException', undefined],
    ['{}', { 'x-amz-target': 'CloudTrail_20131101.Nothing' }, 'UnknownOperationException', undefined],
    ['{}', { 'x-amz-target': 'CloudTrail_20131101.constructor' }, 'UnknownOperationException', undefined],
    ['{}', { 'x-amz-target': `${'x.'.repeat(4000)}y` }, 'UnknownOperationException', undefined],
    ['{}', { 'x-amz-target': target }, 'UnknownOperationException', ['GET', '/']],
    ['{}', { 'x-amz-target': target }, 'UnknownOperationException', ['POST', '/LookupEvents']],
    ['{', { 'x-amz-target': target }, 'SerializationException', undefined],
    ['[]', { 'x-amz-target': target }, 'SerializationException', undefined],
    ['"x"', { 'x-amz-target': target }, 'SerializationException', undefined],
    [Buffer.from([0x7b, 0xff, 0x7d]), { 'x-amz-target': target }, 'SerializationException', undefined],
    ['{"MaxResults":"5"}', { 'x-amz-target': target }, 'SerializationException', undefined],
    ['{"MaxResults":1.5}', { 'x-amz-target': target }, 'SerializationException', undefined],
    ['{"MaxResults":1e999}', { 'x-amz-target': target }, 'SerializationException', undefined],
    ['{"StartTime":1e300}', { 'x-amz-target': target }, 'SerializationException', undefined],
    ['{"StartTime":"soon"}', { 'x-amz-target': target }, 'SerializationException', undefined],
    ['{"LookupAttributes":{}}', { 'x-amz-target': target }, 'SerializationException', undefined],
    ['{"LookupAttributes":[7]}', { 'x-amz-target': target }, 'SerializationException', undefined],
    ['{"LookupAttributes":[{}]}', { 'x-amz-target': target }, 'ValidationException', undefined],
    ['{}', { 'x-amz-target': 'CloudTrail_20131101.ListTrails' }, 'NotImplementedException', undefined],
  ] as const) {
    const { status, json } = await post(dispatcher, body, headers, line);
    const what = `${body.toString()} ${JSON.stringify(headers).slice(0, 80)}`;
    assert.deepEqual([status, json['__type']], [type === 'NotImplementedException' ? 501 : 400, type], what);
    assert.ok(Object.entries(json).some(([name, text]) => name === 'message' && typeof text === 'string'));
  }
  assert.equal((await post(dispatcher, deep)).status, 200);
});

test('dispatch() answers a broken model constraint in the word of the service', async () => {
  const client = new ResourceGroupsTaggingAPIClient(clientOptions(makeDispatcher({})));
  for (const input of [{ ResourcesPerPage: 0 }, { TagFilters: [{ Key: '' }] }, { ResourceARNList: [] }]) {
    const failure = await failureOf(client.send(new GetResourcesCommand(input)));
    assert.equal(failure.name, 'InvalidParameterException');
  }
});

test('createAwsJson() names the member for an error’s message as the model does', async () => {
  const schema = readServiceSchema(await import('@aws-sdk/client-cloudtrail'));
  const definition = { ...(await import('../api/cloudtrail/definition.ts')).cloudTrailDefinition };
  const codec = createAwsJson('1.0');
  const { headers, body } = codec.encodeError(
    { definition, schema },
    new ServiceError('InvalidNextTokenException', 'x'),
    'r',
  );
  assert.equal(headers['content-type'], 'application/x-amz-json-1.0');
  assert.deepEqual(JSON.parse(body), { __type: 'InvalidNextTokenException', Message: 'x' });
});

test('parseTarget() takes the last two parts', () => {
  assert.deepEqual(parseTarget('a.b.C_1.Op'), { prefix: 'C_1', operation: 'Op' });
  for (const none of [undefined, '', 'Op', '.Op', 'C_1.', 'a..']) assert.equal(parseTarget(none), undefined);
});
