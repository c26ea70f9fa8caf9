// An execution environment whose runtime is this test: what it may say over the Runtime API, and what becomes of it.

import assert from 'node:assert/strict';
import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { createManualClock } from '../../src/base/clock.ts';
import { startEnvironment } from '../../src/workload/functions/index.ts';

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:quote';
const spec: Parameters<typeof startEnvironment>[0] = {
  kind: 'command',
  arn,
  command: ['runtime', 'app.handler'],
  directory: '/',
  environment: {},
  concurrency: 1,
  timeout: 3000,
};

interface Said {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An environment, and a runtime's way to speak. */
async function open() {
  const clock = createManualClock();
  const agent = new Agent({ keepAlive: true });
  let address = '';
  let variables: Readonly<Record<string, string>> = {};
  let killed = false;
  let ended = 0;
  const said: string[] = [];
  let exit = (_how: string): void => {};
  const environment = await startEnvironment(spec, {
    start(_spec, given, onExit) {
      address = given['AWS_LAMBDA_RUNTIME_API'] ?? '';
      variables = given;
      exit = onExit;
      return { kill: () => (killed = true) };
    },
    clock,
    log: { warn: (message) => void said.push(message) },
    initTimeout: 10_000,
    onEnd: () => ended++,
  });
  const [host = '', port = ''] = address.split(':');
  const say = (
    method: string,
    path: string,
    body = '',
    headers: OutgoingHttpHeaders = {},
    trailers?: Readonly<Record<string, string>>,
  ) =>
    new Promise<Said>((resolve, reject) => {
      const sent = request({ agent, host, port, method, path: `/2018-06-01/runtime/${path}`, headers }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
        response.on('error', reject);
      });
      sent.on('error', reject);
      if (trailers !== undefined) sent.addTrailers(trailers);
      sent.end(body);
    });
  const invoke = (requestId: string) =>
    environment.invoke({ requestId, arn, payload: Buffer.from('{}') }).then((result) => ({
      kind: result.kind,
      type: result.kind === 'failure' ? result.errorType : '',
      text: result.kind === 'throttled' ? '' : result.payload.toString(),
    }));
  return {
    ...{ clock, environment, said, say, invoke, host, port },
    next: () => say('GET', 'invocation/next'),
    exit: (how: string) => exit(how),
    get state() {
      return { killed, ended };
    },
    get variables() {
      return variables;
    },
    [Symbol.dispose]() {
      environment.end();
      agent.destroy();
    },
  };
}

test('a runtime is given what was asked before it was ready, answers, and is free when it asks again', async () => {
  using one = await open();
  const result = one.invoke('a');
  const given = await one.next();
  assert.equal(given.headers['lambda-runtime-aws-request-id'], 'a');
  assert.equal(given.headers['lambda-runtime-invoked-function-arn'], arn);
  assert.equal(given.headers['lambda-runtime-deadline-ms'], String(one.clock.now() + 3000));
  assert.equal((await one.say('POST', 'invocation/a/response', '1')).status, 202);
  assert.deepEqual(await result, { kind: 'response', type: '', text: '1' });
  let free: boolean | undefined;
  const whenFree = one.environment.whenFree().then((is) => (free = is));
  assert.equal((await one.say('POST', 'invocation/a/response', '2')).status, 400);
  assert.equal(free, undefined);
  const next = one.next();
  assert.equal(await whenFree, true);
  const second = one.invoke('b');
  assert.equal((await next).headers['lambda-runtime-aws-request-id'], 'b');
  await one.say('POST', 'invocation/b/response', '2');
  assert.equal((await second).text, '2');
});

test('a runtime whose connection closes while it asks is given work when it asks again', async () => {
  using one = await open();
  const socket = connect(Number(one.port), one.host);
  socket.write('GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.equal(await one.environment.whenFree(), true);
  socket.resetAndDestroy();
  // Seen once the environment says that it is not free.
  await until(async () => !(await Promise.race([one.environment.whenFree(), Promise.resolve(false)])));
  const result = one.invoke('a');
  assert.equal((await one.next()).headers['lambda-runtime-aws-request-id'], 'a');
  await one.say('POST', 'invocation/a/response', '1');
  assert.equal((await result).text, '1');
});

test('a streamed response is taken as a whole; its trailers tell an error', async () => {
  using one = await open();
  const streaming = {
    'lambda-runtime-function-response-mode': 'streaming',
    'transfer-encoding': 'chunked',
    trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
  };
  const first = one.invoke('a');
  await one.next();
  await one.say('POST', 'invocation/a/response', '{"statusCode":200}', streaming);
  assert.equal((await first).text, '{"statusCode":200}');
  const next = one.next();
  await one.environment.whenFree();
  const second = one.invoke('b');
  await next;
  const error = '{"errorType":"Broken","errorMessage":"in the middle"}';
  assert.equal(
    (
      await one.say('POST', 'invocation/b/response', '{"stat', streaming, {
        'Lambda-Runtime-Function-Error-Type': 'Broken',
        'Lambda-Runtime-Function-Error-Body': Buffer.from(error).toString('base64'),
      })
    ).status,
    202,
  );
  assert.deepEqual(await second, { kind: 'failure', type: 'Broken', text: error });
});

test('an error that has a large header is taken, and its type is cut', async () => {
  using one = await open();
  const result = one.invoke('a');
  await one.next();
  const headers = {
    'lambda-runtime-function-error-type': 'T'.repeat(1000),
    'lambda-runtime-function-xray-error-cause': 'x'.repeat(1_000_000),
  };
  assert.equal((await one.say('POST', 'invocation/a/error', '{"errorMessage":"no"}', headers)).status, 202);
  assert.deepEqual(await result, { kind: 'failure', type: 'T'.repeat(256), text: '{"errorMessage":"no"}' });
});

test('after a response that is too large the same invocation is not answered again', async () => {
  using one = await open();
  const result = one.invoke('a');
  await one.next();
  assert.equal((await one.say('POST', 'invocation/a/response', 'x'.repeat(6 * 1024 * 1024 + 1))).status, 413);
  assert.equal((await result).type, 'Function.ResponseSizeTooLarge');
  assert.equal((await one.say('POST', 'invocation/a/error', '{}')).status, 400);
});

test('a runtime that says that it cannot initialise is ended; one that is initialised cannot say so', async () => {
  using one = await open();
  const result = one.invoke('a');
  assert.equal(
    (await one.say('POST', 'init/error', '{"errorType":"NoHandler"}').catch(() => undefined))?.status ?? 202,
    202,
  );
  assert.deepEqual(await result, { kind: 'failure', type: 'NoHandler', text: '{"errorType":"NoHandler"}' });
  assert.deepEqual(one.state, { killed: true, ended: 1 });
  using other = await open();
  const second = other.invoke('a');
  await other.next();
  assert.equal((await other.say('POST', 'init/error', '{}')).status, 403);
  await other.say('POST', 'invocation/a/response', '1');
  assert.equal((await second).text, '1');
});

test('an invocation is ended when its time is over, and a runtime that has answered must ask within it', async () => {
  using one = await open();
  const result = one.invoke('a');
  await one.next();
  one.clock.advance(3000);
  assert.equal((await result).type, 'Sandbox.Timedout');
  assert.equal(await one.environment.whenFree(), false);
  using other = await open();
  const second = other.invoke('a');
  await other.next();
  await other.say('POST', 'invocation/a/response', '1');
  assert.equal((await second).kind, 'response');
  const free = other.environment.whenFree();
  other.clock.advance(3000);
  assert.equal(await free, false);
  assert.deepEqual(other.state, { killed: true, ended: 1 });
  // Only of the second does no invocation tell.
  assert.deepEqual([one.said.length, other.said.length], [0, 1]);
});

test('initialisation has its own limit, and what exits ends the environment once', async () => {
  using one = await open();
  const result = one.invoke('a');
  one.clock.advance(10_000);
  assert.match((await result).text, /initialisation took longer than 10 seconds/);
  one.exit('was ended by SIGKILL');
  assert.equal(one.state.ended, 1);
});

test('the handler is what the command ends with', async () => {
  using one = await open();
  assert.equal(one.variables['_HANDLER'], 'app.handler');
});

test('an environment that cannot be started keeps no port open', async () => {
  let address = '';
  await assert.rejects(
    startEnvironment(spec, {
      start(_spec, variables) {
        address = variables['AWS_LAMBDA_RUNTIME_API'] ?? '';
        throw new Error('no file descriptor is left');
      },
      clock: createManualClock(),
      log: { warn: () => {} },
      initTimeout: 10_000,
      onEnd: () => {},
    }),
    /no file descriptor/,
  );
  await assert.rejects(fetch(`http://${address}/2018-06-01/runtime/invocation/next`));
});

async function until(is: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 10_000; !(await is());) {
    assert.ok(performance.now() < end, 'ten seconds were not enough');
    await new Promise((resolve) => void setImmediate(resolve));
  }
}
