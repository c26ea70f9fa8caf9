// The stable surface of the commands that talk to a server: env, status, exec, and how they find it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CreateListenerCommand, ListServicesCommand, VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';
import {
  enter,
  eventually,
  forward,
  makeGroup,
  makeListener,
  makeNetwork,
  makeService,
  makeVpc,
  offer,
  targetPort,
} from '../e2e/scenario.ts';
import { ownCheckout, runPergola, TestServer, type Finished } from '../server.ts';

const configuration = `vpcs:
  - { name: shop, cidrs: [10.0.0.0/16], subnets: [{ cidr: 10.0.1.0/24 }] }
  - { name: bare, cidrs: [10.0.0.0/16] }
`;
let server: TestServer;
before(async () => {
  server = await TestServer.start({ attach: 'loopback', workers: 1, configuration });
});
after(() => server[Symbol.asyncDispose]());

const pergola = (...args: readonly string[]): Promise<Finished> => runPergola(ownCheckout, args);

/** Runs a shell script in which `pergola` is ours, with nothing but `environment` set. */
function shell(script: string, environment: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const node = join(ownCheckout.root, 'node_modules', 'node', 'bin', 'node');
  const main = join(ownCheckout.root, 'src', 'cli', 'main.ts');
  const text = `pergola() { '${node}' '${main}' "$@"; }\n${script}`;
  const env = { PATH: process.env['PATH'] ?? '', ...environment };
  return new Promise((resolve) => {
    execFile('sh', ['-c', text], { env }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });
}

test('env prints lines with which status finds and may ask the server', async () => {
  const { stdout, status } = await pergola('env', '--data', server.data);
  assert.equal(status, 0);
  const names = stdout
    .trimEnd()
    .split('\n')
    .map((line) => /^export (\w+)=\S+$/.exec(line)?.[1]);
  assert.deepEqual(names, [
    'AWS_ENDPOINT_URL',
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
  ]);
  const asked = await shell(
    `eval "$(pergola env --data '${server.data}')"; PERGOLA_API="$AWS_ENDPOINT_URL" pergola status --json`,
  );
  assert.equal(asked.status, 0, asked.stderr);
  assert.equal((JSON.parse(asked.stdout) as { attach: string }).attach, 'loopback');
});

test('a server that is named by its address takes no other key than a known one', async () => {
  const { status, stderr } = await shell(`pergola status --api ${server.api}`, {
    AWS_ACCESS_KEY_ID: 'AKIANOBODYKNOWS',
    AWS_SECRET_ACCESS_KEY: 'x',
  });
  assert.equal(status, 1);
  assert.match(stderr, /security token included in the request is invalid/);
  const none = await shell(`pergola status --api ${server.api}`);
  assert.deepEqual([none.status, /needs AWS_ACCESS_KEY_ID/.test(none.stderr)], [1, true]);
});

test('without --open a call that is unsigned, or signed by a key that nobody has, is refused, and nothing can be reset', async () => {
  const unsigned = await fetch(`${server.api}/services`);
  assert.deepEqual(
    [unsigned.status, unsigned.headers.get('x-amzn-errortype')],
    [403, 'MissingAuthenticationTokenException'],
  );
  const credentials = { accessKeyId: '111122223333', secretAccessKey: 'x' };
  const stranger = new VPCLatticeClient({ region: 'us-east-1', endpoint: server.api, credentials, maxAttempts: 1 });
  await assert.rejects(stranger.send(new ListServicesCommand({})), { name: 'UnrecognizedClientException' });
  stranger.destroy();
  const reset = await server.call('POST', '/-/reset');
  assert.equal(reset.status, 403);
});

test('commands end with 1 without a server and with 2 at wrong usage', async () => {
  for (const args of [
    ['status'],
    ['env'],
    ['audit'],
    ['join', '--vpc', 'shop'],
    ['exec', '--vpc', 'shop', '--', 'true'],
  ]) {
    const [name = '', ...rest] = args;
    const missing = await pergola(name, '--data', join(server.data, 'nothing'), ...rest);
    assert.equal(missing.status, 1, name);
    assert.match(missing.stderr, /no server runs on/);
    const misused = await pergola(name, '--bad');
    assert.equal(misused.status, 2, name);
    assert.match(misused.stderr, /usage: npx pergola/);
  }
});

test('--help names every command, and a command that is none ends with 2', async () => {
  const { status, stdout } = await pergola('--help');
  assert.equal(status, 0);
  for (const name of ['serve', 'exec', 'join', 'env', 'status', 'audit', 'explain', 'reload', 'backup', 'restore'])
    assert.match(stdout, new RegExp(`^usage: npx pergola ${name} `, 'm'));
  assert.match(stdout, /^usage: npx pergola --version/m);
  const own = await pergola('explain', '--vpc', 'shop', '--help');
  assert.equal(own.status, 0);
  assert.match(own.stdout, /^usage: npx pergola explain /);
  assert.doesNotMatch(own.stdout, /pergola serve/);
  const names = [...stdout.matchAll(/^usage: npx pergola ([a-z]+) /gm)].map(([, name = '']) => name);
  assert.equal(names.length, 13);
  for (const name of names) {
    const help = await pergola(name, '--help');
    assert.deepEqual(
      [help.status, help.stdout.startsWith(`usage: npx pergola ${name} `), help.stderr],
      [0, true, ''],
      name,
    );
  }
  const { version } = JSON.parse(readFileSync(join(ownCheckout.root, 'package.json'), 'utf8')) as { version: string };
  assert.deepEqual(await pergola('--version'), { status: 0, stdout: `${version}\n`, stderr: '' });
  const unknown = await pergola('restart');
  assert.deepEqual([unknown.status, /there is no command restart/.test(unknown.stderr)], [2, true]);
});

test('status tells of VPCs, workers, revision and problems, for people and for scripts', async () => {
  const people = await pergola('status', '--data', server.data);
  assert.equal(people.status, 0);
  for (const line of [
    /^vpc shop \(vpc-\w+\): 10\.0\.0\.0\/16, loopback \d+$/m,
    /^worker 0: pid \d+/m,
    /^no problems$/m,
  ])
    assert.match(people.stdout, line);
  const { stdout } = await pergola('status', '--json', '--data', server.data);
  const status = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  for (const name of [
    'revision',
    'obeyedRevision',
    'ageSeconds',
    'workers',
    'vpcs',
    'targetGroups',
    'listening',
    'problems',
  ])
    assert.ok(name in status, name);
});

test("exec's status is the command's, and its place is told on loopback", async () => {
  const ended = await server.exec(['--vpc', 'shop'], ['sh', '-c', 'exit 7']);
  assert.equal(ended.status, 7);
  const tell = ['sh', '-c', 'echo "$PERGOLA_ADDRESS $PERGOLA_DNS"'];
  const chosen = await server.exec(['--vpc', 'shop', '--address', '10.0.1.10'], tell);
  assert.match(chosen.stdout, /^127\.\d+\.1\.10 127\.\d+\.0\.2:20053\n$/);
  const highest = await server.exec(['--vpc', 'shop'], tell);
  assert.match(highest.stdout, /^127\.\d+\.1\.254 /);
  const ofRange = await server.exec(['--vpc', 'bare'], tell);
  assert.match(ofRange.stdout, /^127\.\d+\.255\.(25[0-4]|2[0-4]\d) /);
});

test('exec refuses an address outside of the VPC, one that is in use, and an unknown VPC', async () => {
  const outside = await server.exec(['--vpc', 'shop', '--address', '10.9.0.1'], ['true']);
  assert.match(outside.stderr, /10\.9\.0\.1 is not in the VPC/);
  assert.equal(outside.status, 1);
  const unknown = await server.exec(['--vpc', 'nowhere'], ['true']);
  assert.match(unknown.stderr, /no VPC nowhere/);
  const holder = server.startExec(['--vpc', 'shop', '--address', '10.0.1.20'], ['sh', '-c', 'echo held; read x']);
  await new Promise((resolve) => holder.stdout?.once('data', resolve));
  const second = await server.exec(['--vpc', 'shop', '--address', '10.0.1.20'], ['true']);
  assert.match(second.stderr, /10\.0\.1\.20 is in use/);
  holder.stdin?.end();
  await new Promise((resolve) => holder.once('close', resolve));
  assert.equal((await server.exec(['--vpc', 'shop', '--address', '10.0.1.20'], ['true'])).status, 0);
});

test('the admin key is in the data directory, for its owner', () => {
  const admin = JSON.parse(readFileSync(join(server.data, 'admin.json'), 'utf8')) as Readonly<Record<string, string>>;
  assert.match(admin['accessKeyId'] ?? '', /^AKIA[A-Z2-7]{16}$/);
  assert.match(admin['secretAccessKey'] ?? '', /^\S{40}$/);
});

test('status tells of instances that do not stay up, groups without a healthy target, and listeners that are not served', async () => {
  await using ailing = await TestServer.start({
    attach: 'loopback',
    workers: 1,
    configuration: `limits: { healthCheckSpeed: 60 }
vpcs:
  - name: ill
    cidrs: [10.0.0.0/16]
    attachment: { kind: loopback, n: 57 }
    instances: [{ name: one, address: 10.0.1.10, command: ['false'] }]
`,
  });
  const [clients, network, service] = await Promise.all([makeVpc(ailing), makeNetwork(ailing), makeService(ailing)]);
  await enter(ailing, clients, network);
  const group = await makeGroup(ailing, clients, [{ id: '10.0.1.11', port: targetPort }]);
  await makeListener(ailing, service.id, forward([group, 1]));
  await offer(ailing, service.id, network);
  const listener = { serviceIdentifier: service.id, name: 'encrypted', protocol: 'HTTPS', port: 443 } as const;
  const defaultAction = { fixedResponse: { statusCode: 404 } };
  await ailing.lattice.send(new CreateListenerCommand({ ...listener, defaultAction }));
  const expected = [
    /^ {2}instance one \(i-\w+\) at 10\.0\.1\.10$/m,
    new RegExp(`^ {2}service \\S+ \\(${service.dnsName.replaceAll('.', '\\.')}\\) at 127\\.`, 'm'),
    new RegExp(`^target group \\S+ \\(${group}\\)$`, 'm'),
    /^problem: instance one \(i-\w+\) ended \d+ times soon after its start$/m,
    new RegExp(`^problem: target group \\S+ \\(${group}\\): none of its 1 targets is healthy$`, 'm'),
    /^problem: service \S+ \(svc-\w+\): its listener at port 443 is HTTPS, which is not served yet$/m,
  ];
  await eventually('all of it is told', async () => {
    const { stdout } = await pergola('status', '--data', ailing.data);
    return expected.every((one) => one.test(stdout));
  });
});
