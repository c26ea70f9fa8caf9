// Containers as members: existing namespaces join VPCs by `pergola join` and by the configuration, and leave them.

import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { openBox, type Box } from '../network/box.ts';
import { needsNamespaces } from '../network/lab.ts';
import { isAlive, killProcess, ownCheckout, startPergola, TestServer } from '../server.ts';
import {
  awaitHealthy,
  eventually,
  forward,
  listenerPort,
  makeGroup,
  makeListener,
  makeService,
  makeWorld,
  offer,
  targetPort,
} from './scenario.ts';

/** A `pergola join` that has joined, and the line that it said. */
interface Joined {
  readonly process: ChildProcess;
  readonly line: string;
  readonly ended: Promise<number>;
  errors(): string;
}

async function joinVpc(t: TestContext, server: TestServer, ...options: readonly string[]): Promise<Joined> {
  const child = startPergola(ownCheckout, ['join', '--data', server.data, ...options]);
  t.after(() => child.kill('SIGKILL'));
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => Number(code));
  if (child.stdout === null) throw new Error('no standard output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value, done } = await lines.next();
  if (done === true) throw new Error(`it did not join: ${errors}`);
  return { process: child, line: value, ended, errors: () => errors };
}

const client = `
const [name, port, resolver] = process.argv.slice(1);
const dns = new (require('node:dns').Resolver)();
dns.setServers([resolver]);
dns.resolve4(name, (problem, [host] = []) => {
  if (problem) return console.log(problem.code);
  const request = require('node:http').get({ host, port, path: '/from-a-box', headers: { host: name } }, async (answer) => {
    console.log(answer.statusCode + ' ' + (await answer.toArray()).join(''));
  });
  request.on('error', (error) => console.log(error.code));
});
`;

/** What a client in the box gets of the service: status and body, else the error's code. */
function ask(box: Box, name: string): string {
  return box.run(process.execPath, '-e', client, name, String(listenerPort), '169.254.169.253');
}

/** A target in a box that says what it saw. */
async function serveIn(t: TestContext, box: Box): Promise<void> {
  const program = join(ownCheckout.root, 'test', 'programs', 'target.ts');
  const child = spawn('ip', ['netns', 'exec', box.name, process.execPath, program, 'box', String(targetPort)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
}

/** Names that Pergola gives to namespaces of others, of the VPCs of a server. */
function joinedNames(...vpcs: readonly string[]): readonly string[] {
  return spawnSync('ip', ['netns'], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line.includes('-joined-') && vpcs.some((id) => line.includes(id)));
}

const hasLink = (box: Box): boolean => box.run('ip', '-o', 'link').includes('pergola0');

/** Two VPCs with a service between them, whose target is at 10.0.1.10 of the second. */
async function openWorld(server: TestServer) {
  const world = await makeWorld(server);
  const service = await makeService(server);
  const group = await makeGroup(server, world.targets, [{ id: '10.0.1.10', port: targetPort }]);
  await makeListener(server, service.id, forward([group, 100]));
  await offer(server, service.id, world.network);
  await server.obeyed();
  return { ...world, group, name: service.dnsName };
}

const options = { attach: 'netns', workers: 2, configuration: 'limits: { healthCheckSpeed: 60 }\n' } as const;

test(
  'boxes with networks of their own join two VPCs of equal ranges with equal addresses, as client and as target',
  needsNamespaces,
  async (t) => {
    await using server = await TestServer.start(options);
    const { clients, targets, group, name } = await openWorld(server);
    const [asker, answerer] = [await openBox(t), await openBox(t)];
    const before = [asker.look(), answerer.look()];
    await serveIn(t, answerer);
    const first = await joinVpc(t, server, '--vpc', clients, '--pid', String(asker.pid), '--address', '10.0.1.10');
    assert.equal(first.line, `joined vpc=${clients} address=10.0.1.10 interface=pergola0 resolver=169.254.169.253`);
    const second = await joinVpc(t, server, '--vpc', targets, '--netns', answerer.path, '--address', '10.0.1.10');
    await awaitHealthy(server, group);
    const answer = ask(asker, name);
    assert.match(answer, /^200 /);
    const seen = JSON.parse(answer.slice(4)) as { readonly target: string; readonly client: string };
    assert.equal(seen.target, 'box');
    assert.match(seen.client, /^(::ffff:)?169\.254\.(19[2-9]|2[01]\d|22[0-3])\./);
    await eventually('the request is in the access log, with the address of the box', () => {
      const lines = globSync('access/worker-*.jsonl', { cwd: server.data }).map((file) =>
        readFileSync(join(server.data, file), 'utf8'),
      );
      const line =
        lines
          .join('')
          .split('\n')
          .find((one) => one.includes('/from-a-box')) ?? '{}';
      const { sourceIpPort = '' } = JSON.parse(line) as { readonly sourceIpPort?: string };
      return Promise.resolve(sourceIpPort.startsWith('10.0.1.10:'));
    });
    assert.deepEqual([asker.look(), answerer.look()], before);
    const token = `fetch('http://169.254.169.254/latest/api/token', { method: 'PUT', headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' } }).then((answer) => console.log(answer.status))`;
    assert.equal(asker.run(process.execPath, '-e', token), '200');
    const status = spawnSync(process.execPath, ['src/cli/main.ts', 'status', '--data', server.data], {
      cwd: ownCheckout.root,
      encoding: 'utf8',
    }).stdout;
    assert.match(status, new RegExp(`workload wl-\\w+ at 10\\.0\\.1\\.10, joined from /proc/${asker.pid}/ns/net`));

    // In one VPC only, and not where somebody else is.
    const again = joinVpc(t, server, '--vpc', targets, '--pid', String(asker.pid));
    await assert.rejects(again, new RegExp(`is in VPC ${clients} already`));
    const taken = joinVpc(t, server, '--vpc', clients, '--pid', String(process.pid));
    await assert.rejects(taken, /the host's own network/);

    // Its process ends: it leaves. A signal: it leaves.
    asker.process.kill('SIGKILL');
    assert.equal(await first.ended, 0);
    assert.match(first.errors(), /process \d+ has ended/);
    second.process.kill('SIGTERM');
    assert.equal(await second.ended, 0);
    await eventually('both have left', () => Promise.resolve(joinedNames(clients, targets).length === 0));
    assert.deepEqual([hasLink(asker), hasLink(answerer)], [false, false]);
    assert.deepEqual([asker.look(), answerer.look()], before);
    assert.ok(isAlive(answerer.pid));
  },
);

test(
  'a box is a member over the ends of control and of the whole server, and leaves when `pergola join` is killed',
  needsNamespaces,
  async (t) => {
    const data = mkdtempSync(join(tmpdir(), 'pergola-join-'));
    t.after(() => rmSync(data, { recursive: true, force: true }));
    let server = await TestServer.start({ ...options, data });
    t.after(() => server[Symbol.asyncDispose]());
    const { clients, targets, group, name } = await openWorld(server);
    const [asker, answerer] = [await openBox(t), await openBox(t)];
    await serveIn(t, answerer);
    const first = await joinVpc(t, server, '--vpc', clients, '--netns', asker.path, '--address', '10.0.1.10');
    const second = await joinVpc(t, server, '--vpc', targets, '--pid', String(answerer.pid), '--address', '10.0.1.10');
    await awaitHealthy(server, group);
    assert.match(ask(asker, name), /^200 /);
    const [index] = /^\d+/.exec(asker.run('ip', '-o', 'link', 'show', 'pergola0')) ?? [];

    const { control = 0 } = server.processes();
    killProcess(control);
    await eventually('control is back', async () => {
      const now = server.processes().control;
      return (
        now !== undefined &&
        now !== control &&
        (await fetch(`${server.api}/-/ready`).catch(() => undefined))?.status === 200
      );
    });
    assert.match(ask(asker, name), /^200 /);
    await server.killAll();
    server = await TestServer.start({ ...options, data });
    await eventually('the service answers again', () => Promise.resolve(ask(asker, name).startsWith('200 ')));
    // The link that it had, not one that was made anew.
    assert.match(asker.run('ip', '-o', 'link', 'show', 'pergola0'), new RegExp(`^${index}:`));
    assert.deepEqual([first.process.exitCode, second.process.exitCode], [null, null]);

    // Its name is taken from it while it is a member: it leaves, and keeps nobody from anything.
    spawnSync('ip', ['netns', 'del', asker.name]);
    assert.equal(await first.ended, 0);
    await eventually('the box without a name has left', () => Promise.resolve(joinedNames(clients).length === 0));
    second.process.kill('SIGKILL');
    await second.ended;
    await eventually('the box without a client has left', () => Promise.resolve(joinedNames(targets).length === 0));
    assert.equal(hasLink(answerer), false);
    assert.ok(isAlive(answerer.pid));
    const { problems } = (await (await server.call('GET', '/-/status')).json()) as {
      readonly problems: readonly string[];
    };
    assert.deepEqual(
      problems.filter((one) => /namespace|joined/.test(one)),
      [],
    );
  },
);

test(
  'an instance of the configuration is the namespace at a path, whenever there is one',
  needsNamespaces,
  async (t) => {
    const box = await openBox(t);
    const path = `${box.path}-late`;
    t.after(() => spawnSync('ip', ['netns', 'del', `${box.name}-late`]));
    await using server = await TestServer.start({
      ...options,
      configuration: `vpcs:
  - name: shop
    cidrs: [10.0.0.0/16]
    instances: [{ name: web, address: 10.0.1.10, namespace: { path: ${path} } }]
`,
    });
    const problems = async (): Promise<string> => {
      const status = (await (await server.call('GET', '/-/status')).json()) as { readonly problems: readonly string[] };
      return status.problems.join('\n');
    };
    await eventually('its absence is told', async () =>
      /is not in its VPC: .*-late is not there/.test(await problems()),
    );
    assert.equal(spawnSync('ip', ['netns', 'attach', `${box.name}-late`, String(box.pid)]).status, 0);
    await eventually('it has joined', () => Promise.resolve(hasLink(box)));
    await eventually('nothing is a problem', async () => (await problems()) === '');
    await assert.rejects(joinVpc(t, server, '--vpc', 'shop', '--pid', String(box.pid)), /is in VPC vpc-\w+ already/);
    spawnSync('ip', ['netns', 'del', `${box.name}-late`]);
    await eventually('it has left', () => Promise.resolve(!hasLink(box)));
  },
);

for (const [options, status, said] of [
  [[], 2, /--vpc is missing/],
  [['--vpc', 'x', '--pid', '0'], 2, /0 is no process id/],
  [['--vpc', 'x', '--pid', '1', '--netns', '/run/netns/x'], 2, /give one/],
  [['--vpc', 'x', '--netns', '/run/netns/nowhere'], 2, /there is no \/run\/netns\/nowhere/],
  [['--vpc', 'x', '--data', '/nowhere'], 1, /no server runs on \/nowhere/],
] as const)
  test(`join ${options.join(' ')} ends with ${status}`, async () => {
    const child = startPergola(ownCheckout, ['join', ...options]);
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, status);
    assert.match(text, said);
  });
