// What a server says never has a secret in it: answers of the API on the host and in VPCs, answers of services, explanations, logs, audit events and status.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { UpdateServiceCommand } from '@aws-sdk/client-vpc-lattice';
import { deriveSigningKey, formatDay, sha256, signHeaders, signQuery, type Signer } from '../../src/sigv4/index.ts';
import { enter, given, listenerPort, makeListener, makeNetwork, makeService, offer } from '../e2e/scenario.ts';
import { ownCheckout, runPergola, TestServer } from '../server.ts';

const region = 'us-east-1';
const configuration = JSON.stringify({
  vpcs: [
    {
      ...{ name: 'shop', cidrs: ['10.0.0.0/16'], attachment: { kind: 'loopback' } },
      subnets: [{ cidr: '10.0.1.0/24', zone: 'us-east-1a' }],
    },
  ],
});
const trust = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });

/** Whose secret it is, and how it looks. */
type Secret = readonly [what: string, text: string];

/** What a secret of text looks like, and as other programs write its bytes; of a long one its beginning tells enough. */
function looksOf(what: string, text: string): readonly Secret[] {
  const forms = [
    text,
    encodeURIComponent(text),
    Buffer.from(text).toString('base64'),
    Buffer.from(text).toString('hex'),
  ];
  return [...new Set(forms)].map((form) => [what, form.slice(0, 40)]);
}

/** The signing keys of today that are derived from a secret: who has one can sign. */
function keysOf(what: string, secret: string): readonly Secret[] {
  const date = formatDay(Date.now());
  return ['vpc-lattice-svcs', 'vpc-lattice', 'pergola'].flatMap((service) => {
    const key = deriveSigningKey(secret, { date, region, service });
    return (['base64', 'base64url', 'hex'] as const).map((form): Secret => [`${what}: ${service}`, key.toString(form)]);
  });
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly requestId: string;
}

/** One request on a connection of its own, from `from`; headers are part of what is looked at. */
async function ask(
  url: URL,
  headers: Readonly<Record<string, string>>,
  {
    from,
    method = 'GET',
    body = '',
  }: { readonly from?: string; readonly method?: string; readonly body?: string } = {},
): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const options = { method, headers, agent: false, ...(from === undefined ? {} : { localAddress: from }) };
    const sent = httpRequest(url, options, (response) => {
      let text = JSON.stringify(response.rawHeaders);
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      const requestId = String(response.headers['x-amzn-requestid']);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, requestId }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Another text of the same length that is nearly the same. */
const spoilt = (text: string): string => `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`;

describe('secrets', () => {
  const opened = new AsyncDisposableStack();
  let server: TestServer;
  /** `http://HOST:PORT` of the API in the VPC, and the workload's address there. */
  let inVpc = { api: '', from: '' };
  let service = { host: '', url: '' };
  let signers: Readonly<Record<string, Signer>>;
  let secrets: readonly Secret[];
  const told: (readonly [where: string, text: string])[] = [];

  before(async () => {
    server = opened.use(await TestServer.start({ attach: 'loopback', workers: 1, configuration }));
    const { iam, sts, lattice, keys } = server;
    await iam.send(new CreateUserCommand({ UserName: 'ann' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
    const admin = given((await sts.send(new GetCallerIdentityCommand())).Arn);
    const AssumeRolePolicyDocument = trust(
      { Effect: 'Allow', Principal: { AWS: admin }, Action: 'sts:AssumeRole' },
      { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
    );
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'orders', AssumeRolePolicyDocument }));
    const RoleArn = given(Role?.Arn);
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' }));
    // As an SDK in a workload finds them.
    const script = `const { env } = process;
      const answer = await fetch(env.AWS_CONTAINER_CREDENTIALS_FULL_URI, { headers: { authorization: env.AWS_CONTAINER_AUTHORIZATION_TOKEN } });
      console.log(JSON.stringify({ ...(await answer.json()), token: env.AWS_CONTAINER_AUTHORIZATION_TOKEN, api: env.AWS_ENDPOINT_URL, from: env.PERGOLA_ADDRESS }));`;
    const place = ['--vpc', 'shop', '--role', RoleArn];
    const ran = await server.exec(place, [process.execPath, '--input-type=module', '-e', script]);
    assert.equal(ran.status, 0, ran.stderr);
    const found = JSON.parse(ran.stdout) as Readonly<Record<string, string>>;
    inVpc = { api: given(found['api']), from: given(found['from']) };
    const scope = { region, service: 'vpc-lattice-svcs' };
    signers = {
      ann: { ...scope, accessKeyId: given(AccessKey?.AccessKeyId), secret: given(AccessKey?.SecretAccessKey) },
      session: {
        ...{ ...scope, accessKeyId: given(Credentials?.AccessKeyId), secret: given(Credentials?.SecretAccessKey) },
        sessionToken: given(Credentials?.SessionToken),
      },
      workload: {
        ...{ ...scope, accessKeyId: given(found['AccessKeyId']), secret: given(found['SecretAccessKey']) },
        sessionToken: given(found['Token']),
      },
    };
    secrets = [
      ...looksOf('the admin’s secret', keys.secretAccessKey),
      ...keysOf('the admin’s key', keys.secretAccessKey),
      ...looksOf('the workload’s own token', given(found['token'])),
      ...Object.entries(signers).flatMap(([who, { secret, sessionToken }]) => [
        ...looksOf(`secret of ${who}`, secret),
        ...keysOf(`key of ${who}`, secret),
        ...(sessionToken === undefined ? [] : looksOf(`token of ${who}`, sessionToken)),
      ]),
      ...(['hex', 'base64', 'latin1'] as const).map((form): Secret => [
        'secrets.key',
        readFileSync(join(server.data, 'secrets.key')).toString(form),
      ]),
    ];
    const [made, network] = [await makeService(server), await makeNetwork(server)];
    await makeListener(server, made.id, { fixedResponse: { statusCode: 404 } });
    await offer(server, made.id, network);
    const { vpcs } = (await (await server.call('GET', '/-/status')).json()) as {
      readonly vpcs: readonly { readonly id: string }[];
    };
    await enter(server, given(vpcs[0]?.id), network);
    await lattice.send(new UpdateServiceCommand({ serviceIdentifier: made.id, authType: 'AWS_IAM' }));
    await server.obeyed();
    const looked = await server.exec(
      ['--vpc', 'shop'],
      [
        ...[process.execPath, '--input-type=module', '-e'],
        `import { Resolver } from 'node:dns/promises'; const r = new Resolver(); r.setServers([process.env.PERGOLA_DNS]); console.log((await r.resolve4(${JSON.stringify(made.dnsName)}))[0]);`,
      ],
    );
    service = { host: `${made.dnsName}:${listenerPort}`, url: `http://${looked.stdout.trim()}:${listenerPort}` };
  });
  after(() => opened.disposeAsync());

  /** Fails where a secret is told. */
  function look(where: string, text: string): void {
    assert.ok(text.length > 0, `${where} is empty`);
    for (const [what, form] of secrets)
      assert.ok(!text.includes(form), `${what} is in ${where}: ${text.slice(0, 2000)}`);
    told.push([where, text]);
  }

  /** The ways in which a client can be wrong with its key. */
  function* mistakes(signer: Signer): Generator<readonly [what: string, signer: Signer]> {
    yield ['as it is', signer];
    yield ['with another secret', { ...signer, secret: spoilt(signer.secret) }];
    yield ['with the secret for its id', { ...signer, accessKeyId: 'AKIANOBODY' }];
    yield ['of another region', { ...signer, region: 'eu-west-1' }];
    if (signer.sessionToken === undefined) return;
    yield ['with another token', { ...signer, sessionToken: spoilt(signer.sessionToken) }];
    const { sessionToken: _, ...without } = signer;
    yield ['without its token', without];
  }

  test('are in no answer of the API, on the host or in a VPC', async () => {
    for (const [place, base, from] of [
      ['on the host', server.api, undefined],
      ['in the VPC', inVpc.api, inVpc.from],
    ] as const)
      for (const [who, one] of Object.entries(signers))
        for (const [what, changed] of mistakes({ ...one, service: 'vpc-lattice' }))
          for (const target of ['/services', '/nothing', '/-/status', '/-/workloads']) {
            const signer = { ...changed, service: target.startsWith('/-/') ? 'pergola' : 'vpc-lattice' };
            const url = new URL(base + target);
            const plain = { method: 'GET', path: target, query: '', headers: new Map([['host', url.host]]) };
            const now = Date.now();
            const headers = signHeaders(plain, signer, { now, bodyHash: sha256('') });
            const where = `${target} ${place} by ${who} ${what}`;
            const more = from === undefined ? {} : { from };
            const { text } = await ask(url, { host: url.host, ...headers }, more);
            look(where, text);
            // It is the API that answers, and it knows whose key it is.
            if (what === 'as it is' && target === '/services')
              assert.match(text, /is not authorized to perform/, where);
            const query = signQuery(plain, signer, { now, bodyHash: 'UNSIGNED-PAYLOAD', expires: 60 });
            look(`${where}, in the query`, (await ask(new URL(`${url}?${query}`), { host: url.host }, more)).text);
          }
  });

  test('are in no answer of a service, no explanation of a question and none of what was asked', async () => {
    const { host } = service;
    const ids: string[] = [];
    for (const [who, one] of Object.entries(signers))
      for (const [what, signer] of mistakes(one)) {
        const where = `${who} ${what}`;
        const payload = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
        const plain = { method: 'GET', path: '/a', query: '', headers: new Map(Object.entries({ host, ...payload })) };
        const options = { now: Date.now(), bodyHash: 'UNSIGNED-PAYLOAD' };
        const headers = { host, ...payload, ...signHeaders(plain, signer, options) };
        const query = signQuery(plain, signer, { ...options, expires: 60 });
        for (const [url, sent] of [
          [new URL('/a', service.url), headers],
          [new URL(`/a?${query}`, service.url), { host, ...payload }],
        ] as const) {
          const answer = await ask(url, sent, { from: inVpc.from });
          look(`the service’s answer to ${where}`, answer.text);
          ids.push(answer.requestId);
        }
        const lines = Object.entries(headers).flatMap(([name, value]) =>
          name === 'host' ? [] : ['-H', `${name}: ${value}`],
        );
        for (const json of [[], ['--json']]) {
          const args = ['explain', '--data', server.data, ...json, '--vpc', 'shop', ...lines, 'GET'];
          const asked = await runPergola(ownCheckout, [...args, `http://${host}/a`]);
          look(`explain of ${where}`, asked.stdout + asked.stderr);
        }
      }
    assert.ok(ids.length > 20, `${ids.length} requests`);
    for (const id of ids) {
      const asked = await server.call('POST', '/-/explain', JSON.stringify({ requestId: id }));
      const text = await asked.text();
      assert.equal(asked.status, 200, text);
      look('explain of a request', text);
    }
  });

  test('are in no log, no audit event, no status and no file beside those that are for keys', async () => {
    for (const command of [['status'], ['status', '--json'], ['audit', '--json']]) {
      const { status, stdout, stderr } = await runPergola(ownCheckout, [...command, '--data', server.data]);
      assert.ok([0, 1].includes(status), stderr);
      look(command.join(' '), stdout + stderr);
    }
    look('metrics', await (await fetch(`${server.api}/-/metrics`)).text());
    await server.stop();
    look('the log', server.log);
    const files = readdirSync(server.data, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    // Keys for their owner alone: secrets.key, the admin's, and the last snapshot, by which a worker starts when control is away.
    const forKeys = /^(secrets\.key|admin\.json|snapshot.*)$/;
    const names = files.map(({ name }) => name).filter((name) => !forKeys.test(name));
    assert.ok(names.includes('state.db') && names.some((name) => name.endsWith('.jsonl')), names.join(' '));
    for (const { parentPath, name } of files)
      if (!forKeys.test(name)) look(name, `${name}\n${readFileSync(join(parentPath, name)).toString('latin1')}`);
    assert.ok(told.length > 100, `${told.length} texts were looked at`);
  });
});
