// Functions as their authors write them, on AWS's published runtime clients for Node.js and Python, as targets of a service.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CreateRuleCommand, CreateTargetGroupCommand, RegisterTargetsCommand } from '@aws-sdk/client-vpc-lattice';
import { partFolder } from '../../tools/peers.ts';
import { TestServer } from '../server.ts';
import { TestClient } from '../workload-programs.ts';
import {
  enter,
  forward,
  given,
  listenerPort,
  makeListener,
  makeNetwork,
  makeService,
  makeVpc,
  offer,
  unique,
} from '../e2e/scenario.ts';

const directory = join(import.meta.dirname, 'functions');
const node = join(partFolder('lambda-node'), 'node_modules', '.bin', 'aws-lambda-ric');
const arnOf = (name: string): string => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

/** The command line for a handler on each client. */
const clients = {
  node: (handler: string) => [node, handler],
  python: (handler: string) => ['python3', '-m', 'awslambdaric', handler],
} as const;
type Language = keyof typeof clients;
const languages = ['node', 'python'] as const;

/** The functions: a name, a handler of each language and other settings. */
const functions: readonly (readonly [name: string, language: Language, handler: string, more: object])[] = [
  ['node', 'node', 'index.handler', { timeout: 20 }],
  ['node-two', 'node', 'index.handler', { concurrency: 2, timeout: 20 }],
  ['node-short', 'node', 'index.handler', { timeout: 1 }],
  ['node-broken', 'node', 'broken.handler', {}],
  ['node-stream', 'node', 'index.stream', { timeout: 20 }],
  ['python', 'python', 'app.handler', { timeout: 20 }],
  ['python-two', 'python', 'app.handler', { concurrency: 2, timeout: 20 }],
  ['python-short', 'python', 'app.handler', { timeout: 1 }],
  ['python-broken', 'python', 'broken.handler', {}],
];

const opened = new AsyncDisposableStack();
let client: TestClient;
let name: string;
/** The service network, the service and the VPC that the requests come by. */
let arns: { readonly network: string; readonly service: string; readonly vpc: string };
/** Target group ARNs by function and version. */
const groups = new Map<string, string>();

before(async () => {
  const configuration = JSON.stringify({
    functions: functions.map(([function_, language, handler, more]) => ({
      arn: arnOf(function_),
      command: clients[language](handler),
      directory,
      // Where it was started another environment's packages could be found.
      environment: language === 'python' ? { PYTHONPATH: partFolder('lambda-python') } : {},
      ...more,
    })),
    limits: { functionInitTimeout: 60_000, functionWait: 30_000 },
  });
  const server = opened.use(await TestServer.start({ attach: 'loopback', workers: 1, configuration }));
  const vpc = await makeVpc(server);
  const [network, service] = await Promise.all([makeNetwork(server), makeService(server)]);
  await enter(server, vpc, network);
  name = service.dnsName;
  const listener = await makeListener(server, service.id, { fixedResponse: { statusCode: 404 } });
  await offer(server, service.id, network);
  let priority = 0;
  for (const [function_] of functions)
    for (const version of ['V1', 'V2'] as const) {
      const made = await server.lattice.send(
        new CreateTargetGroupCommand({
          name: unique('functions'),
          type: 'LAMBDA',
          config: { lambdaEventStructureVersion: version },
        }),
      );
      const id = given(made.id);
      await server.lattice.send(
        new RegisterTargetsCommand({ targetGroupIdentifier: id, targets: [{ id: arnOf(function_) }] }),
      );
      groups.set(`${function_}-${version}`, given(made.arn));
      await server.lattice.send(
        new CreateRuleCommand({
          ...{
            serviceIdentifier: service.id,
            listenerIdentifier: listener,
            name: unique('route'),
            priority: ++priority,
          },
          match: { httpMatch: { headerMatches: [{ name: 'x-to', match: { exact: `${function_}-${version}` } }] } },
          action: forward([id, 1]),
        }),
      );
    }
  await server.obeyed();
  arns = {
    network: `arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/${network}`,
    service: service.arn,
    vpc: `arn:aws:ec2:us-east-1:123456789012:vpc/${vpc}`,
  };
  client = opened.use(TestClient.start(server, { vpc }));
});
after(() => opened.disposeAsync());

interface Sent {
  readonly method?: string;
  readonly body?: string;
  readonly encoding?: 'base64';
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

const ask = (to: string, path: string, { headers, ...more }: Sent = {}) =>
  client.request({ name, port: listenerPort, path, ...more, headers: { 'x-to': to, ...headers } });

async function read(to: string, path: string, sent?: Sent): Promise<Readonly<Record<string, unknown>>> {
  const answer = await ask(to, path, sent);
  assert.equal(answer.status, 200, answer.body);
  assert.equal(answer.headers['content-type'], 'application/json');
  return JSON.parse(answer.body) as Readonly<Record<string, unknown>>;
}

const json = { method: 'POST', body: '{"quote":"ü"}', headers: { 'content-type': 'application/json' } } as const;

for (const language of languages) {
  test(`${language}: an event of version 1 comes, and JSON goes both ways`, async () => {
    const { headers, ...event } = await read(`${language}-V1`, '/a?b=1&b=2', json);
    assert.deepEqual(event, {
      raw_path: '/a?b=1&b=2',
      method: 'POST',
      query_string_parameters: { b: '2' },
      body: '{"quote":"ü"}',
      is_base64_encoded: false,
    });
    assert.equal((headers as Readonly<Record<string, string>>)['content-type'], 'application/json');
  });

  test(`${language}: an event of version 2 comes, and JSON goes both ways`, async () => {
    const { headers, requestContext, ...event } = await read(`${language}-V2`, '/a?b=1&b=2', json);
    assert.deepEqual(event, {
      version: '2.0',
      path: '/a?b=1&b=2',
      method: 'POST',
      queryStringParameters: { b: ['1', '2'] },
      body: '{"quote":"ü"}',
      isBase64Encoded: false,
    });
    assert.deepEqual((headers as Readonly<Record<string, unknown>>)['content-type'], ['application/json']);
    const { timeEpoch, ...context } = requestContext as Readonly<Record<string, unknown>>;
    assert.match(String(timeEpoch), /^\d{16}$/);
    assert.deepEqual(context, {
      serviceNetworkArn: arns.network,
      serviceArn: arns.service,
      targetGroupArn: groups.get(`${language}-V2`),
      identity: { sourceVpcArn: arns.vpc },
      region: 'us-east-1',
    });
  });

  for (const version of ['V1', 'V2'])
    test(`${language}: a megabyte of any bytes goes both ways in version ${version}`, async () => {
      const bytes = Buffer.from(Uint8Array.from({ length: 1 << 20 }, (_, place) => (place * 7919) >> 3));
      const answer = await ask(`${language}-${version}`, '/binary', {
        method: 'POST',
        body: bytes.toString('base64'),
        encoding: 'base64',
        headers: { 'content-type': 'image/png' },
      });
      assert.equal(answer.status, 201, answer.body.slice(0, 300));
      assert.equal(answer.headers['content-type'], 'image/png');
      assert.equal(answer.headers['content-length'], String(bytes.length));
      assert.equal(answer.headers['x-sha256'], createHash('sha256').update(bytes).digest('hex'));
      assert.ok(Buffer.from(answer.body, 'base64').equals(bytes));
    });

  test(`${language}: an exception is 502 with its message, and the environment goes on`, async () => {
    const { pid } = await read(`${language}-V1`, '/context');
    const answer = await ask(`${language}-V1`, '/fail');
    assert.equal(answer.status, 502);
    assert.match(answer.body, /the quote is not for sale/);
    assert.equal((await read(`${language}-V1`, '/context'))['pid'], pid);
  });

  test(`${language}: a handler that takes too long is 502, and the next request is answered`, async () => {
    // The first one also pays for the start of an environment; its time begins after that.
    const answer = await ask(`${language}-short-V1`, '/late');
    assert.equal(answer.status, 502);
    assert.match(answer.body, /Task timed out after 1\.00 seconds/);
    assert.equal((await ask(`${language}-short-V1`, '/context')).status, 200);
  });

  test(`${language}: the context tells the function, its ARN and the time that is left`, async () => {
    const { remaining, requestId, arn, name: told, region } = await read(`${language}-V2`, '/context');
    assert.ok(typeof remaining === 'number' && remaining > 0 && remaining <= 20_000, `${remaining} ms`);
    assert.match(String(requestId), /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    assert.deepEqual([arn, told, region], [arnOf(language), language, 'us-east-1']);
  });

  test(`${language}: a module that cannot be imported is 502 with the reason`, async () => {
    const answer = await ask(`${language}-broken-V1`, '/');
    assert.equal(answer.status, 502);
    assert.match(answer.body, /a[-_]module[-_]that[-_]nobody[-_]has/);
  });

  test(`${language}: an environment is used again`, async () => {
    const first = await read(`${language}-V1`, '/context');
    const second = await read(`${language}-V2`, '/context');
    assert.equal(second['pid'], first['pid']);
    assert.equal(Number(second['count']), Number(first['count']) + 1);
  });

  test(`${language}: two requests at once have two environments, and a third waits`, async () => {
    const all = await Promise.all([1, 2, 3].map(() => read(`${language}-two-V1`, '/slow')));
    assert.equal(new Set(all.map(({ pid }) => pid)).size, 2);
  });
}

test('node: a streamed response is collected; one that fails in its middle is 502 with the message', async () => {
  const answer = await ask('node-stream-V1', '/');
  assert.deepEqual([answer.status, answer.body], [200, 'streamed']);
  const failed = await ask('node-stream-V1', '/fail');
  assert.equal(failed.status, 502);
  assert.match(failed.body, /in the middle/);
  assert.equal((await ask('node-stream-V1', '/')).status, 200);
});

test('python: an error with a cause of 100 KB in a header is told, and the environment goes on', async () => {
  const { pid } = await read('python-V1', '/context');
  const answer = await ask('python-V1', '/deep');
  assert.equal(answer.status, 502);
  assert.match(answer.body, /xxxxxxxx/);
  assert.equal((await read('python-V1', '/context'))['pid'], pid);
});

const multi = { 'x-multi': ['a', 'b'] };

test('Powertools reads GET and POST of version 1', async () => {
  assert.deepEqual(await read('python-V1', '/powertools?color=red&color=blue&e=%C3%BC+x', { headers: multi }), {
    ...{ method: 'GET', path: '/powertools', raw: '/powertools?color=red&color=blue&e=%C3%BC+x' },
    ...{ query: { color: 'blue', e: 'ü x' }, header: 'a, b', resolved: ['a', ' b'] },
    ...{ base64: false, body: '' },
  });
  assert.deepEqual(
    await read('python-V1', '/powertools', { ...json, headers: { ...multi, 'content-type': 'application/json' } }),
    {
      ...{ method: 'POST', path: '/powertools', raw: '/powertools', query: {}, header: 'a, b', resolved: ['a', ' b'] },
      ...{ base64: false, body: '{"quote":"ü"}', json: { quote: 'ü' } },
    },
  );
});

test('Powertools reads GET and POST of version 2', async () => {
  const { context, ...event } = await read('python-V2', '/powertools?color=red&color=blue', { headers: multi });
  assert.deepEqual(event, {
    ...{ version: '2.0', method: 'GET', path: '/powertools', query: { color: 'red,blue' } },
    ...{ header: ['a', 'b'], resolved: ['a', 'b'], base64: false, body: '' },
  });
  const { time, ...known } = context as Readonly<Record<string, unknown>>;
  assert.ok(Math.abs(Number(time) / 1000 - Date.now()) < 60_000);
  assert.deepEqual(known, {
    ...{ network: arns.network, service: arns.service, group: groups.get('python-V2'), region: 'us-east-1' },
    ...{ vpc: arns.vpc, type: null, principal: null },
  });
  // A type that is no text comes as base64, which Powertools undoes.
  const posted = await read('python-V2', '/powertools', {
    ...json,
    headers: { ...multi, 'content-type': 'application/cloudevents+json' },
  });
  assert.deepEqual([posted['method'], posted['base64'], posted['json']], ['POST', true, { quote: 'ü' }]);
});
