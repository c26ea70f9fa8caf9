// Functions as targets, by the SDK and real processes: what they are told, what clients get, what becomes of failures.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import {
  CreateTargetGroupCommand,
  ListTargetsCommand,
  RegisterTargetsCommand,
  CreateRuleCommand,
} from '@aws-sdk/client-vpc-lattice';
import { runCommand, whyNoNamespaces } from '../../src/network/index.ts';
import { childrenOf, isAlive, killProcess, ownCheckout, runPergola, TestServer } from '../server.ts';
import { TestClient } from '../workload-programs.ts';
import {
  enter,
  eventually,
  forward,
  given,
  listenerPort,
  makeListener,
  makeNetwork,
  makeService,
  makeVpc,
  offer,
  unique,
} from './scenario.ts';

const attach = (await whyNoNamespaces(runCommand, process.pid)) === undefined ? 'netns' : 'loopback';
const arnOf = (name: string): string => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
const program = JSON.stringify([process.execPath, join(import.meta.dirname, '..', 'programs', 'function.ts')]);

/** A server with the Invoke API that is not ours. */
const endpoint = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const { path } = JSON.parse(body) as { path: string };
    response.writeHead(200, path === '/fail' ? { 'x-amz-function-error': 'Unhandled' } : {});
    response.end(JSON.stringify({ statusCode: 200, body: `${request.method} ${request.url}` }));
  });
});

let server: TestServer;
let client: TestClient;
/** What was opened, for the end. */
const opened = new AsyncDisposableStack();
let name: string;
let listener: string;
let service: string;
/** Target group ids by function. */
const groups = new Map<string, string>();

before(async () => {
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  const { port } = endpoint.address() as AddressInfo;
  const configuration = `functions:
  - { arn: "${arnOf('echo')}", command: ${program}, concurrency: 2, timeout: 20 }
  - { arn: "${arnOf('short')}", command: ${program}, timeout: 2 }
  - { arn: "${arnOf('refuses')}", command: ${program}, environment: { INIT: fail } }
  - { arn: "${arnOf('crashes')}", command: ${program}, environment: { INIT: crash } }
  - { arn: "${arnOf('missing')}", command: [/nowhere/program] }
  - { arn: "${arnOf('far')}", endpoint: "http://127.0.0.1:${port}" }
limits: { functionWait: 300, functionIdleTimeout: 60000 }
`;
  const environments: number[] = [];
  opened.defer(() => assert.deepEqual(environments.filter(isAlive), [], 'environments outlive their server'));
  server = opened.use(await TestServer.start({ attach, workers: 1, configuration }));
  const vpc = await makeVpc(server);
  const [network, made] = await Promise.all([makeNetwork(server), makeService(server)]);
  await enter(server, vpc, network);
  name = made.dnsName;
  service = made.id;
  listener = await makeListener(server, service, { fixedResponse: { statusCode: 404 } });
  await offer(server, service, network);
  let priority = 0;
  for (const [function_, version] of [
    ['echo', 'V1'],
    ['echo', 'V2'],
    ['short', 'V1'],
    ['refuses', 'V1'],
    ['crashes', 'V1'],
    ['missing', 'V1'],
    ['far', 'V2'],
    ['unknown', 'V1'],
  ] as const) {
    const { id } = await server.lattice.send(
      new CreateTargetGroupCommand({
        name: unique(function_),
        type: 'LAMBDA',
        config: { lambdaEventStructureVersion: version },
      }),
    );
    const targetGroupIdentifier = given(id);
    await server.lattice.send(
      new RegisterTargetsCommand({ targetGroupIdentifier, targets: [{ id: arnOf(function_) }] }),
    );
    const header = `${function_}-${version}`;
    groups.set(header, targetGroupIdentifier);
    await server.lattice.send(
      new CreateRuleCommand({
        ...{ serviceIdentifier: service, listenerIdentifier: listener, name: unique('route'), priority: ++priority },
        match: { httpMatch: { headerMatches: [{ name: 'x-to', match: { exact: header } }] } },
        action: forward([targetGroupIdentifier, 1]),
      }),
    );
  }
  await server.obeyed();
  client = opened.use(TestClient.start(server, { vpc }));
  opened.defer(() => void environments.push(...environmentsOf(server)));
});
after(async () => {
  endpoint.close();
  await opened.disposeAsync();
});

/** The processes of functions that run now, without those that run them. */
function environmentsOf({ pid }: TestServer): readonly number[] {
  const functions = childrenOf(pid).find(({ command }) => command.includes('function-process'));
  return functions === undefined ? [] : childrenOf(functions.pid).map((child) => child.pid);
}

const ask = (
  to: string,
  path: string,
  more: { readonly method?: string; readonly body?: string; readonly headers?: Readonly<Record<string, string>> } = {},
) => client.request({ name, port: listenerPort, path, ...more, headers: { 'x-to': to, ...more.headers } });

/** The last access-log record of a request to `path`. */
async function logged(path: string): Promise<Readonly<Record<string, unknown>>> {
  let found: Readonly<Record<string, unknown>> | undefined;
  await eventually(`${path} is in the access log`, () => {
    const lines = readFileSync(join(server.data, 'access', 'worker-0.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    found = lines
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
      .findLast((record) => record['requestPath'] === path);
    return Promise.resolve(found !== undefined);
  });
  return given(found);
}

test('a function gets an event of version 1 and answers', async () => {
  const answer = await ask('echo-V1', '/a?b=1&b=2', {
    method: 'POST',
    body: '{"x":1}',
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-type'], 'application/json');
  const { headers, ...event } = JSON.parse(answer.body) as { readonly headers: Readonly<Record<string, string>> };
  assert.deepEqual(event, {
    raw_path: '/a?b=1&b=2',
    method: 'POST',
    query_string_parameters: { b: '2' },
    body: '{"x":1}',
    is_base64_encoded: false,
  });
  assert.equal(headers['host'], `${name}:${listenerPort}`);
  assert.match(headers['x-forwarded-for'] ?? '', /^[\d.]+$/);
  assert.equal(headers['x-amzn-requestid'], answer.headers['x-amzn-requestid']);
});

test('a function gets an event of version 2 with its context', async () => {
  const answer = await ask('echo-V2', '/a');
  const event = JSON.parse(answer.body) as {
    readonly version: string;
    readonly requestContext: Readonly<Record<string, unknown>>;
  };
  assert.equal(event.version, '2.0');
  const { timeEpoch, identity, targetGroupArn, region } = event.requestContext;
  assert.match(String(timeEpoch), /^\d{16}$/);
  assert.deepEqual(Object.keys(identity as object), ['sourceVpcArn']);
  assert.match(String(targetGroupArn), new RegExp(`targetgroup/${groups.get('echo-V2')}$`));
  assert.equal(region, 'us-east-1');
  const record = await logged('/a');
  assert.deepEqual(
    [record['responseCode'], record['failureReason'], record['targetGroupArn']],
    [200, '-', targetGroupArn],
  );
});

test('an environment is used again, by each of its target groups', async () => {
  const seen = [];
  for (const to of ['echo-V1', 'echo-V2', 'echo-V1', 'echo-V2'])
    seen.push(JSON.parse((await ask(to, '/environment')).body) as { pid: number; name: string });
  // A second one is started when the first, having answered, takes long to ask again.
  assert.ok(new Set(seen.map(({ pid }) => pid)).size <= 2);
  assert.equal(seen[0]?.name, 'echo');
});

test('concurrency N is N environments, and more is refused after a wait', async () => {
  const slow = await Promise.all(Array.from({ length: 4 }, () => ask('echo-V1', '/slow?wait=1500')));
  assert.deepEqual(
    slow.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 200, 502, 502],
  );
  assert.match(slow.find(({ status }) => status === 502)?.body ?? '', /Rate Exceeded/);
  assert.equal((await logged('/slow?wait=1500'))['responseCode'], 200);
});

test('a binary response is decoded, hop-by-hop headers are dropped, lists are lines', async () => {
  const answer = await ask('echo-V1', '/binary');
  assert.deepEqual(
    [answer.status, answer.headers['content-length'], answer.headers['content-type']],
    [201, '4', 'image/png'],
  );
  assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2']);
  assert.equal((await ask('echo-V1', '/empty')).status, 204);
});

const failures: readonly (readonly [string, string, RegExp, string])[] = [
  ['echo-V1', '/fail', /it went wrong/, 'TargetProtocolError'],
  ['echo-V1', '/crash', /Runtime exited with status 7/, 'TargetProtocolError'],
  ['echo-V1', '/malformed', /not a JSON object/, 'TargetProtocolError'],
  ['echo-V1', '/large', /Response payload size exceeded/, 'TargetProtocolError'],
  ['short-V1', '/late?wait=9000', /Task timed out after 2\.00 seconds/, 'TargetDataTimeout'],
  ['refuses-V1', '/init-error', /there is no handler/, 'TargetProtocolError'],
  ['crashes-V1', '/init-crash', /Runtime exited with status 3/, 'TargetProtocolError'],
  ['missing-V1', '/init-none', /cannot be started/, 'TargetProtocolError'],
  ['far-V2', '/fail', /failed/, 'TargetProtocolError'],
  ['unknown-V1', '/unknown', /Function not found/, 'TargetConnectionError'],
];
for (const [to, path, body, reason] of failures)
  test(`${path} of ${to} is 502 with ${reason} in the log`, async () => {
    const answer = await ask(to, path);
    assert.equal(answer.status, 502);
    assert.match(answer.body, body);
    const record = await logged(path);
    assert.deepEqual([record['responseCode'], record['failureReason']], [502, reason]);
  });

test('a function that failed is there for the next request', async () => {
  assert.equal((await ask('echo-V1', '/crash')).status, 502);
  assert.equal((await ask('echo-V1', '/')).status, 200);
  assert.equal((await ask('short-V1', '/late?wait=9000')).status, 502);
  assert.equal((await ask('short-V1', '/')).status, 200);
});

test('bodies over 6 MB are refused with 413', async () => {
  const answer = await ask('echo-V1', '/big', { method: 'POST', body: 'x'.repeat(6 * 1024 * 1024 + 1) });
  assert.equal(answer.status, 413);
  assert.equal((await ask('echo-V1', '/')).status, 200);
});

test('a function behind an endpoint is invoked with the Invoke API', async () => {
  const answer = await ask('far-V2', '/x');
  assert.deepEqual([answer.status, answer.body], [200, 'POST /2015-03-31/functions/far/invocations']);
});

test('a target that is a function is UNAVAILABLE: it has no health checks', async () => {
  const { items } = await server.lattice.send(new ListTargetsCommand({ targetGroupIdentifier: groups.get('echo-V1') }));
  assert.deepEqual(
    given(items).map(({ id, status }) => [id, status]),
    [[arnOf('echo'), 'UNAVAILABLE']],
  );
});

test('a process of functions that ends long after a reload does not take away the socket of the next one', async () => {
  const processOf = (): number =>
    given(childrenOf(server.pid).find(({ command, pid }) => command.includes('function-process') && pid !== old)).pid;
  let old = 0;
  // The client is there before anything is replaced.
  assert.equal((await ask('echo-V2', '/')).status, 200);
  old = processOf();
  process.kill(old, 'SIGSTOP');
  try {
    const { status, stderr } = await runPergola(ownCheckout, ['reload', '--data', server.data]);
    assert.equal(status, 0, stderr);
    await eventually('the next process of functions answers', async () => (await ask('echo-V2', '/')).status === 200);
  } finally {
    process.kill(old, 'SIGCONT');
  }
  await eventually('the old one has ended', () => Promise.resolve(!isAlive(old)));
  assert.ok(readdirSync(server.data).includes('functions.sock'));
  assert.equal((await ask('echo-V2', '/')).status, 200);
});

test('a reload lets invocations that run finish, and gives the next ones to another process', async () => {
  const before = environmentsOf(server);
  const slow = ask('echo-V1', '/?wait=4000');
  await eventually('the function runs', () => Promise.resolve(environmentsOf(server).length > 0));
  const { status, stderr } = await runPergola(ownCheckout, ['reload', '--data', server.data]);
  assert.deepEqual([status, stderr], [0, '']);
  const [during, answered] = await Promise.all([ask('echo-V1', '/environment'), slow]);
  assert.deepEqual([during.status, answered.status], [200, 200]);
  const { pid } = JSON.parse(during.body) as { readonly pid: number };
  assert.ok(!before.includes(pid));
  await eventually('the environments of before have ended', () => Promise.resolve(!before.some(isAlive)));
});

test('functions come back when their process was killed, and what it ran ends', async () => {
  const { pid } = JSON.parse((await ask('echo-V1', '/environment')).body) as { readonly pid: number };
  // One that was replaced may still be there.
  const functions = childrenOf(server.pid).find((child) => childrenOf(child.pid).some((one) => one.pid === pid));
  killProcess(given(functions).pid);
  await eventually('the function answers again', async () => (await ask('echo-V1', '/')).status === 200);
  await eventually('the old environment has ended', () => Promise.resolve(!isAlive(pid)));
});
