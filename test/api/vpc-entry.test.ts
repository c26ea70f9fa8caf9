// The AWS API as clients inside VPCs have it: connections that a worker hands on, who may call, and what they are shown.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { defaultServerLimits } from '../../src/aws/index.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { createVpcEntry } from '../../src/cli/vpc-entry.ts';
import { sha256, signHeaders } from '../../src/sigv4/index.ts';
import { startApi, type Keys, type RunningApi } from './running-api.ts';

const NAME = 'api.pergola.internal';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What a request of a client at 10.0.1.10 of vpc-a is answered. */
type Ask = (
  method: string,
  target: string,
  more?: {
    readonly keys?: Keys;
    readonly service?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  },
) => Promise<Answer>;

async function inVpc(
  work: (api: RunningApi, ask: Ask, open: () => Socket) => Promise<void>,
  limits = defaultServerLimits,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pergola-entry-'));
  const path = join(folder, 'entry.sock');
  const entry = createVpcEntry({
    credentials: { held: () => undefined, problem: () => undefined, make: () => ({ problem: 'no' }) },
    find: () => undefined,
    key: Buffer.alloc(32, 3),
    ...{ clock: systemClock, log: silentLog },
  });
  const open = (): Socket => {
    const socket = connect(path);
    socket.on('error', () => {});
    socket.write(`${JSON.stringify({ vpcId: 'vpc-a', from: '10.0.1.10', at: '169.254.170.9' })}\n`);
    return socket;
  };
  const ask: Ask = (method, target, { keys, service = 'pergola', headers = {}, body = '' } = {}) => {
    const [pathOf = '', query = ''] = target.split('?');
    const asked = { method, path: pathOf, query, headers: new Map([['host', headers['host'] ?? NAME]]) };
    const signer = keys && { ...keys, secret: keys.secretAccessKey, region: 'us-east-1', service };
    const signed = signer && signHeaders(asked, signer, { now: Date.now(), bodyHash: sha256(body) });
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        { createConnection: open, method, path: target, headers: { host: NAME, ...headers, ...signed } },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  };
  try {
    await using api = await startApi({ originOf: entry.originOf, nameInVpcs: NAME }, { limits });
    entry.server.listen(path);
    await once(entry.server, 'listening');
    entry.serve(api.server);
    await work(api, ask, open);
  } finally {
    entry.server.close();
    rmSync(folder, { recursive: true });
  }
}

/** A user's key with one statement. */
async function keyOf({ iam }: RunningApi, UserName: string, statement: object): Promise<Keys> {
  await iam.send(new CreateUserCommand({ UserName }));
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', ...statement } });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'may', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

const list = { service: 'vpc-lattice' };

test('a known key may call from a VPC as its policies say, and one that nobody has may not, in test mode either', async () => {
  await inVpc(async (api, ask) => {
    const ann = await keyOf(api, 'ann', { Action: 'vpc-lattice:ListServices', Resource: '*' });
    const answered = await ask('GET', '/services', { ...list, keys: ann });
    assert.deepEqual([answered.status, JSON.parse(answered.body)], [200, { items: [] }]);
    const refused = await ask('GET', '/servicenetworks', { ...list, keys: ann });
    assert.equal(refused.status, 403, refused.body);
    const stranger = { accessKeyId: '111122223333', secretAccessKey: 'secret' };
    assert.equal((await api.call('GET', '/services', '', stranger)).status, 501, 'on the host test mode knows it');
    const unknown = await ask('GET', '/services', { ...list, keys: stranger });
    assert.match(unknown.body, /security token included in the request is invalid/);
    assert.equal(unknown.status, 403);
    assert.equal((await ask('GET', '/-/status', { keys: stranger })).status, 403);
    assert.equal((await ask('GET', '/services')).status, 403);
  });
});

test('policies see the VPC and the address in it, and no aws:SourceIp', async () => {
  await inVpc(async (api, ask) => {
    const allowed = { Action: 'vpc-lattice:ListServices', Resource: '*' };
    const inside = { StringEquals: { 'aws:SourceVpc': 'vpc-a' }, IpAddress: { 'aws:VpcSourceIp': '10.0.1.0/24' } };
    const own = await keyOf(api, 'inside', { ...allowed, Condition: { ...inside, Null: { 'aws:SourceIp': 'true' } } });
    const outside = await keyOf(api, 'outside', {
      ...allowed,
      Condition: { Null: { 'aws:SourceVpc': 'true', 'aws:VpcSourceIp': 'true' } },
    });
    assert.equal((await ask('GET', '/services', { ...list, keys: own })).status, 200);
    assert.equal((await ask('GET', '/services', { ...list, keys: outside })).status, 403);
    const now = Date.now() + 60_000;
    const { events } = await api.store.findEvents({
      account: '111122223333',
      region: 'us-east-1',
      from: 0,
      until: now,
      now,
      limit: 50,
    });
    const mine = events
      .map(({ text }) => JSON.parse(text) as Record<string, unknown>)
      .filter(({ eventName }) => eventName === 'ListServices');
    assert.equal(mine.length, 2);
    for (const { sourceIPAddress, additionalEventData } of mine)
      assert.deepEqual([sourceIPAddress, additionalEventData], ['10.0.1.10', { sourceVpc: 'vpc-a' }]);
  });
});

test('unsigned paths and the console are not there, and signed ones are for whom may ask them', async () => {
  await inVpc(async (api, ask) => {
    for (const path of ['/-/ready', '/-/metrics', '/-/credentials'])
      assert.equal((await ask('GET', path)).status, 404, path);
    assert.equal((await ask('GET', '/', { headers: { accept: 'text/html' } })).status, 404);
    assert.equal((await ask('GET', '/-/status')).status, 403);
    const ann = await keyOf(api, 'ann', { Action: 'pergola:GetStatus', Resource: '*' });
    const told = await ask('GET', '/-/status', { keys: ann });
    assert.equal(told.status, 200, told.body);
    assert.equal((await ask('POST', '/-/reset', { keys: ann })).status, 403);
  });
});

test('another Host, a foreign Origin and a body that is too large are turned away', async () => {
  await inVpc(async (_api, ask) => {
    for (const host of ['shop.example', '127.0.0.1', 'localhost', `${NAME}.example`])
      assert.match(
        (await ask('GET', '/services', { headers: { host } })).body,
        /neither the address of this server/,
        host,
      );
    for (const host of [NAME.toUpperCase(), `${NAME}:80`, '169.254.170.9'])
      assert.match(
        (await ask('GET', '/services', { headers: { host } })).body,
        /Missing ?Authentication ?Token/i,
        host,
      );
    assert.match((await ask('GET', '/services', { headers: { origin: 'http://evil.example' } })).body, /foreign/);
    assert.equal((await ask('POST', '/services', { body: 'x'.repeat(1_100_000) })).status, 413);
  });
});

test('a client that sends nothing, or never comes to an end, is not waited for', async () => {
  const limits = { ...defaultServerLimits, apiHeaderTimeout: 200, apiBodyTimeout: 200 };
  await inVpc(async (_api, ask, open) => {
    const begun = ['', 'GET / HTTP/1.1\r\n', `POST /services HTTP/1.1\r\nhost: ${NAME}\r\ncontent-length: 9\r\n\r\nx`];
    await Promise.all(
      begun.map(async (text) => {
        const socket = open();
        socket.resume().write(text);
        await once(socket, 'close');
      }),
    );
    assert.equal((await ask('GET', '/services')).status, 403);
  }, limits);
});

test('connections for an API that is not there any more end', async () => {
  await inVpc(async (api, _ask, open) => {
    api.server.close();
    const socket = open();
    await once(socket, 'close');
  });
});
