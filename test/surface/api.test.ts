// The stable surface of the one port: who may ask what, revisions, the test mode.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { Resolver } from 'node:dns/promises';
import { CreateVpcCommand, CreateTransitGatewayCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, GetFederationTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { CreateServiceNetworkCommand, ListServiceNetworksCommand } from '@aws-sdk/client-vpc-lattice';
import { enter, makeNetwork, makeService, makeVpc, offer } from '../e2e/scenario.ts';
import { TestServer } from '../server.ts';

let server: TestServer;
before(async () => {
  server = await TestServer.start({ attach: 'loopback', workers: 1, args: ['--open'] });
});
after(() => server[Symbol.asyncDispose]());

/** The status of an unsigned GET with these headers. */
function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.api}${path}`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

function identity(accessKeyId: string): Promise<string | undefined> {
  const credentials = { accessKeyId, secretAccessKey: 'any' };
  const client = new STSClient({ region: 'us-east-1', endpoint: server.api, credentials, maxAttempts: 1 });
  return client
    .send(new GetCallerIdentityCommand({}))
    .then(({ Account }) => Account)
    .finally(() => client.destroy());
}

test('ready and metrics need no signature, all else under /-/ does', async () => {
  assert.equal(await get('/-/ready'), 200);
  assert.equal(await get('/-/metrics'), 200);
  for (const path of ['/-/status', '/-/wait?revision=0', '/-/workloads']) assert.equal(await get(path), 403, path);
  assert.equal((await server.call('GET', '/-/status')).status, 200);
});

test('a page is for browsers, AWS calls for everyone else', async () => {
  assert.equal(await get('/', { accept: 'text/html' }), 200);
  assert.equal(await get('/'), 403);
});

test('a foreign Host or Origin is refused, localhost is not', async () => {
  const { port } = new URL(server.api);
  assert.equal(await get('/-/ready', { host: `localhost:${port}` }), 200);
  assert.equal(await get('/-/ready', { host: 'evil.example' }), 403);
  assert.equal(await get('/-/ready', { origin: 'http://evil.example' }), 403);
});

test('the account is 123456789012, or what a key id of 12 digits says under --open', async () => {
  assert.equal(await identity('AKIANOBODYKNOWS'), '123456789012');
  assert.equal(await identity('111122223333'), '111122223333');
});

test('a changing call answers its revision, and /-/wait returns when it is obeyed', async () => {
  const sent = await server.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  assert.equal(sent.Vpc?.State, 'available');
  await server.obeyed();
  const response = await server.call('GET', '/-/wait?revision=999999&timeout=0.1');
  assert.equal(response.status, 504);
  assert.match(await response.text(), /Revision 999999 is not obeyed/);
});

test('what is not decided yet is a 501 that names the operation, in the words of each protocol', async () => {
  for (const [call, name, operation] of [
    [() => server.ec2.send(new CreateTransitGatewayCommand({})), 'NotImplemented', /CreateTransitGateway/],
    [() => server.sts.send(new GetFederationTokenCommand({ Name: 'ann' })), 'NotImplemented', /GetFederationToken/],
  ] as const)
    await assert.rejects(call(), (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
      assert.deepEqual([error.name, error.$metadata?.httpStatusCode], [name, 501]);
      assert.match(error.message, operation);
      return true;
    });
  assert.equal(await get('/-/ready'), 200);
});

test('/-/reset empties everything, and the data plane has followed when it answers', async () => {
  const vpc = await makeVpc(server);
  const network = await makeNetwork(server);
  const service = await makeService(server);
  await enter(server, vpc, network);
  await offer(server, service.id, network);
  const resolver = new Resolver({ timeout: 2000, tries: 3 });
  resolver.setServers([server.dns]);
  assert.equal((await resolver.resolve4(service.dnsName)).length, 1);
  await server.lattice.send(new CreateServiceNetworkCommand({ name: 'gone' }));
  const response = await server.call('POST', '/-/reset');
  assert.equal(response.status, 200, await response.text());
  assert.match(response.headers.get('x-pergola-revision') ?? '', /^\d+$/);
  assert.deepEqual((await server.lattice.send(new ListServiceNetworksCommand({}))).items, []);
  assert.deepEqual((await server.ec2.send(new DescribeVpcsCommand({}))).Vpcs, []);
  await assert.rejects(resolver.resolve4(service.dnsName), { code: 'ENOTFOUND' });
});
