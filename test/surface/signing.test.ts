// `pergola call` and `pergola sign`: signed requests for people and for programs that cannot sign.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { PutAuthPolicyCommand, UpdateServiceCommand } from '@aws-sdk/client-vpc-lattice';
import { given, listenerPort } from '../e2e/scenario.ts';
import { openShop, type Shop } from '../e2e/shop.ts';
import { finish, ownCheckout, runPergola, startPergola, TestServer, type Finished } from '../server.ts';

let server: TestServer;
let shop: Shop;
let roleArn = '';
const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });

before(async () => {
  server = await TestServer.start({ attach: 'loopback' });
  shop = await openShop(server);
  const admin = given((await server.sts.send(new GetCallerIdentityCommand())).Arn);
  const AssumeRolePolicyDocument = document({ Effect: 'Allow', Principal: { AWS: admin }, Action: 'sts:AssumeRole' });
  const { Role } = await server.iam.send(new CreateRoleCommand({ RoleName: 'orders', AssumeRolePolicyDocument }));
  roleArn = given(Role?.Arn);
  const PolicyDocument = document({ Effect: 'Allow', Action: 'vpc-lattice-svcs:Invoke', Resource: '*' });
  await server.iam.send(new PutRolePolicyCommand({ RoleName: 'orders', PolicyName: 'may', PolicyDocument }));
  await server.lattice.send(new UpdateServiceCommand({ serviceIdentifier: shop.service, authType: 'AWS_IAM' }));
  const policy = document({ Effect: 'Allow', Principal: { AWS: roleArn }, Action: '*', Resource: '*' });
  await server.lattice.send(new PutAuthPolicyCommand({ resourceIdentifier: shop.service, policy }));
  await server.obeyed();
});
after(async () => {
  await shop?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const url = (path: string): string => `http://${shop.name}:${listenerPort}${path}`;

/** `pergola call` inside of the clients' VPC. */
function callInVpc(...args: readonly string[]): Promise<Finished> {
  const { root } = ownCheckout;
  const own = [process.execPath, `${root}/src/cli/main.ts`, 'call', '--data', server.data, ...args];
  return server.exec(['--vpc', shop.clients, '--address', '10.0.1.77'], own);
}

test('call sends a signed request as the server’s admin or as a role, and prints the answer', async () => {
  const refused = await callInVpc(url('/a'));
  assert.equal(refused.status, 0, refused.stderr);
  assert.match(refused.stdout, /user\/admin is not authorized to perform: vpc-lattice-svcs:Invoke/);
  assert.equal((await callInVpc('-f', url('/a'))).status, 1);
  const { status, stdout, stderr } = await callInVpc(
    ...[
      '--as',
      roleArn,
      '-i',
      '-X',
      'PUT',
      '-H',
      'X-Team: blue',
      '-H',
      'x-amz-meta: 1',
      '-d',
      'body',
      url('/a%20b?c=d%2Fe'),
    ],
  );
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^HTTP\/1.1 200 OK\n/);
  const seen = JSON.parse(stdout.slice(stdout.indexOf('\n\n'))) as {
    method: string;
    url: string;
    received: number;
    headers: Record<string, string>;
  };
  assert.deepEqual(
    [seen.method, seen.url, seen.received, seen.headers['x-team']],
    ['PUT', '/a%20b?c=d%2Fe', 4, 'blue'],
  );
  assert.match(seen.headers['x-amzn-lattice-identity'] ?? '', /assumed-role\/orders\/pergola-\d+/);
});

test('call says what is wrong with its arguments, and why there is no answer', async () => {
  const outcomes: readonly (readonly [args: readonly string[], status: number, says: RegExp])[] = [
    [[], 2, /there is no URL/],
    [['shop'], 2, /shop is no URL/],
    [['https://shop.example/'], 2, /listeners speak HTTP/],
    [['-H', 'no header', url('/')], 2, /is no header/],
    [['-d', '@/nowhere/at/all', url('/')], 2, /cannot be read/],
    [['--as', 'arn:aws:iam::123456789012:role/absent', url('/')], 1, /cannot be assumed: .*not authorized/],
    [[`http://nobody.example:${listenerPort}/`], 1, /ENOTFOUND/],
  ];
  for (const [args, status, says] of outcomes) {
    const finished = await callInVpc(...args);
    assert.equal(finished.status, status, `${args.join(' ')}: ${finished.stdout}${finished.stderr}`);
    assert.match(finished.stderr, says);
  }
});

test('sign sends on what it is sent, signed, and whole', async () => {
  const { root } = ownCheckout;
  const own = [process.execPath, `${root}/src/cli/main.ts`, 'sign', '--listen', '127.0.0.1:0', '--as', roleArn];
  const proxy = server.startExec(['--vpc', shop.clients, '--address', '10.0.1.78'], [...own, '--data', server.data]);
  let log = '';
  proxy.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const lines = createInterface({ input: proxy.stdout ?? assert.fail() });
  const [ready] = (await once(lines, 'line')) as [string];
  const port = Number(/^ready sign=http:\/\/127\.0\.0\.1:(\d+)$/.exec(ready)?.[1] ?? assert.fail(`${ready} ${log}`));
  const host = `${shop.name}:${listenerPort}`;
  const ask = (path: string, headers: Record<string, string>, method = 'GET', body?: Buffer) =>
    new Promise<{ readonly status: number; readonly body: string }>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
        answer.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  try {
    const large = Buffer.alloc(3_000_000, 'x');
    for (const [path, headers] of [
      ['/a?b=1&b=2', { host }],
      [`http://${host}/a?b=1&b=2`, { host: 'other.example', connection: 'x-hop', 'x-hop': '1', 'x-amz-date': 'wrong' }],
    ] as const) {
      const answer = await ask(path, headers, 'POST', large);
      assert.equal(answer.status, 200, answer.body);
      const seen = JSON.parse(answer.body) as { url: string; received: number; headers: Record<string, string> };
      assert.deepEqual(
        [seen.url, seen.received, seen.headers['x-hop'], seen.headers['host']],
        ['/a?b=1&b=2', large.length, undefined, host],
      );
      assert.match(seen.headers['x-amzn-lattice-identity'] ?? '', /assumed-role\/orders\//);
    }
    const several = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(`/${i}`, { host })));
    assert.deepEqual(new Set(several.map(({ status }) => status)), new Set([200]));
    const outcomes: readonly (readonly [
      path: string,
      headers: Record<string, string>,
      status: number,
      says: RegExp,
    ])[] = [
      ['/', { host, authorization: 'Bearer x' }, 400, /Authorization of its own/],
      ['/', { host: `127.0.0.1:${port}` }, 400, /names this proxy itself/],
      ['/', { host: 'a b' }, 400, /names no service/],
      ['/', { host: `nobody.example:${listenerPort}` }, 502, /cannot be reached/],
    ];
    for (const [path, headers, status, says] of outcomes) {
      const answer = await ask(path, headers);
      assert.deepEqual([answer.status, says.test(answer.body)], [status, true], answer.body);
    }
  } finally {
    proxy.kill('SIGTERM');
  }
  const [code] = (await once(proxy, 'close')) as [number | null];
  assert.equal(code, 0, log);
});

test('sign listens where nobody else can reach it', async () => {
  assert.equal((await runPergola(ownCheckout, ['sign', '--listen', '0.0.0.0:0'])).status, 3);
  for (const args of [[], ['--listen', '8080'], ['--listen', 'host:80'], ['--listen', '127.0.0.1:99999']])
    assert.equal((await runPergola(ownCheckout, ['sign', ...args])).status, 2, args.join(' '));
  const taken = startPergola(ownCheckout, ['sign', '--listen', `127.0.0.1:${new URL(server.api).port}`]);
  const { status, stderr } = await finish(taken);
  assert.deepEqual([status, /EADDRINUSE/.test(stderr)], [1, true], stderr);
});
