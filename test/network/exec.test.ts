// `pergola exec` as a process: against an agent on real namespaces, behind a stand-in for the API.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleSnapshot } from '../../src/network/snapshot-sample.ts';
import {
  collectHeaders,
  deriveSigningKey,
  parseAuthorization,
  sha256,
  verifySignature,
} from '../../src/sigv4/index.ts';
import type { Workload, WorkloadFailure, WorkloadRequest } from '../../src/workload/index.ts';
import { openServer, until } from './lab-server.ts';
import { connectFrom, needsNamespaces } from './lab.ts';

interface Maker {
  create(request: WorkloadRequest): Promise<Partial<Workload> | WorkloadFailure>;
  lease(id: string, closed: AbortSignal): Promise<void> | undefined;
}

const keys = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };

/** The two calls of `pergola exec`: the URL, and how to drop every connection. Answers 403 when the signature is wrong. */
async function serveApi(t: TestContext, maker: Maker): Promise<{ readonly api: string; readonly drop: () => void }> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    let body = '';
    for await (const part of request) body += String(part);
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const wire = { method: request.method ?? '', path, query, headers: collectHeaders(request.rawHeaders) };
    const parsed = parseAuthorization(wire);
    if (parsed?.ok !== true) return response.writeHead(403).end();
    const { authorization } = parsed;
    const { scope } = authorization;
    const verified = verifySignature(wire, authorization, {
      signingKey: deriveSigningKey(keys.AWS_SECRET_ACCESS_KEY, scope),
      services: [scope.service],
      now: Date.now(),
      bodyHash: sha256(body),
      pathForms: ['double'],
    });
    if (!verified.ok) return response.writeHead(403).end(JSON.stringify(verified));
    if (path === '/-/workloads') {
      const { vpc, ...wish } = JSON.parse(body) as WorkloadRequest & { readonly vpc: string };
      const made = await maker.create({ ...wish, vpcId: vpc });
      return response.writeHead('failure' in made ? 400 : 201).end(JSON.stringify(made));
    }
    const closing = new AbortController();
    response.once('close', () => closing.abort());
    const gone = maker.lease(path.split('/')[3] ?? '', closing.signal);
    response.writeHead(gone === undefined ? 404 : 200).flushHeaders();
    await gone;
    return response.end('{}');
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { api, drop: () => server.closeAllConnections() };
}

const entry = `
import { exec } from ${JSON.stringify(join(import.meta.dirname, '../../src/cli/exec.ts'))};
process.exitCode = await exec(process.argv.slice(1), process.env);
`;

function startExec(t: TestContext, api: string | undefined, ...args: readonly string[]) {
  const env = { ...process.env, ...keys, ...(api === undefined ? {} : { PERGOLA_API: api }) };
  const child = spawn(process.execPath, ['--input-type=module', '-e', entry, '--', ...args], { env, cwd: '/' });
  t.after(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const ended = once(child, 'close').then(([status]) => ({ status: status as number, output }));
  return { child, ended, output: () => output };
}

const loopback: Maker = {
  create: () => Promise.resolve({ id: 'wl-1', environment: { PERGOLA_ADDRESS: '127.5.1.10' } }),
  lease: (_id, closed) => new Promise((resolve) => closed.addEventListener('abort', () => resolve())),
};

test('exec runs a command in the namespace of its VPC, and the workload goes with it', needsNamespaces, async (t) => {
  const server = await openServer(t);
  const agent = server.start();
  server.snapshot.set(sampleSnapshot({ revision: 1 }));
  await until(agent, 1);
  const { api } = await serveApi(t, agent.workloads);
  const script = 'ip -4 -o addr show eth0 | cut -d" " -f7; cat /etc/resolv.conf; echo $PERGOLA_DNS; exit 7';
  const { status, output } = await startExec(t, api, '--vpc', 'vpc-b', '--', 'sh', '-c', script).ended;
  assert.equal(output, '10.0.1.254/32\nnameserver 10.0.0.2\n10.0.0.2:53\n');
  assert.equal(status, 7);
  for (let i = 0; i < 50 && agent.workloads.list.value.length > 0; i++) await sleep(20);
  assert.deepEqual(agent.workloads.list.value, []);
});

test('exec holds its workload over a restart of what made it', needsNamespaces, async (t) => {
  const server = await openServer(t);
  let agent = server.start();
  server.snapshot.set(sampleSnapshot({ revision: 1 }));
  await until(agent, 1);
  const { api, drop } = await serveApi(t, {
    create: (request) => agent.workloads.create(request),
    lease: (id, closed) => agent.workloads.lease(id, closed),
  });
  const { child, output } = startExec(
    t,
    api,
    '--vpc',
    'vpc-a',
    '--address',
    '10.0.1.10',
    '--',
    'sh',
    '-c',
    'echo up; sleep 60',
  );
  while (!output().includes('up')) await sleep(20);
  await agent.close('leave');
  agent = server.start();
  drop();
  await until(agent, 1);
  await sleep(300);
  assert.equal(
    connectFrom(`${server.prefix}vpc-a-10.0.1.10`, '169.254.171.7', 80),
    'vpc-a/tcp4/*:80 at 169.254.171.7 for 10.0.1.10',
  );
  child.kill('SIGKILL');
  for (let i = 0; i < 50 && agent.workloads.list.value.length > 0; i++) await sleep(20);
  assert.deepEqual(agent.workloads.list.value, []);
});

test('exec runs on the host, with its address in the environment, when the VPC is on loopback', async (t) => {
  const { api } = await serveApi(t, loopback);
  const { status, output } = await startExec(t, api, '--vpc', 'x', '--', 'sh', '-c', 'echo $PERGOLA_ADDRESS').ended;
  assert.deepEqual({ status, output }, { status: 0, output: '127.5.1.10\n' });
});

test('exec hands its own credentials on to a command, but not to one with a role', async (t) => {
  const { api } = await serveApi(t, loopback);
  const command = ['--', 'sh', '-c', 'echo ${AWS_ACCESS_KEY_ID-none} ${AWS_SECRET_ACCESS_KEY-none}'];
  const plain = await startExec(t, api, '--vpc', 'x', ...command).ended;
  assert.deepEqual(plain, { status: 0, output: 'AKIAEXAMPLE secret\n' });
  const withRole = await startExec(t, api, '--vpc', 'x', '--role', 'arn', ...command).ended;
  assert.deepEqual(withRole, { status: 0, output: 'none none\n' });
});

test('exec ends with 128 and the number of the signal that ended the command', async (t) => {
  const { api } = await serveApi(t, loopback);
  const { child, ended, output } = startExec(t, api, '--vpc', 'x', '--', 'sh', '-c', 'echo up; exec sleep 60');
  while (!output().includes('up')) await sleep(20);
  child.kill('SIGTERM');
  assert.equal((await ended).status, 143);
});

test('exec says why a workload was refused, with status 1', async (t) => {
  const refuse = (): Promise<WorkloadFailure> =>
    Promise.resolve({ failure: 'invalid', message: '10.9.9.9 is not in the VPC' });
  const { api } = await serveApi(t, { ...loopback, create: refuse });
  const { status, output } = await startExec(t, api, '--vpc', 'x', '--address', '10.9.9.9', '--', 'true').ended;
  assert.deepEqual({ status, output }, { status: 1, output: 'pergola exec: 10.9.9.9 is not in the VPC (HTTP 400)\n' });
});

for (const [args, status, said] of [
  [['--', 'true'], 2, /--vpc is missing/],
  [['--vpc', 'x'], 2, /no command after --/],
  [['--vpc', 'x', '--bogus', '--', 'true'], 2, /--bogus/],
  [['--vpc', 'x', '--api', 'http://127.0.0.1:1', '--', 'true'], 1, /does not answer/],
  [['--vpc', 'x', '--data', '/nowhere', '--', 'true'], 1, /no server runs on \/nowhere/],
] as const) {
  test(`exec ${args.join(' ')} ends with ${status}`, async (t) => {
    const run = await startExec(t, undefined, ...args).ended;
    assert.equal(run.status, status);
    assert.match(run.output, said);
  });
}

test('exec ends with 3 when the namespace cannot be entered', async (t) => {
  const create = (): Promise<Partial<Workload>> =>
    Promise.resolve({ id: 'wl-1', environment: {}, namespace: '/run/netns/nowhere', files: '/tmp' });
  const { api } = await serveApi(t, { ...loopback, create });
  const { status, output } = await startExec(t, api, '--vpc', 'x', '--', 'true').ended;
  assert.equal(status, 3);
  assert.match(output, /on another machine/);
});
