// `npm run bench -- auth`: CPU per signed request, each with a path and a date of its own, against a plain one of as many bytes and beside Envoy that asks a service; alternating rounds.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PutAuthPolicyCommand, UpdateServiceCommand, UpdateServiceNetworkCommand } from '@aws-sdk/client-vpc-lattice';
import type { Signer } from '../../src/sigv4/index.ts';
import { startExtAuthz } from './ext-authz/contender.ts';
import { startContenders } from './loopback.ts';
import type { Contender } from './peers.ts';
import { median } from './processes.ts';
import { headersOf, signRequests, writeScript, type Signing } from './signed-requests.ts';
import type { Row } from './table.ts';
import { load, type Run } from './wrk.ts';

/** What is measured: `perSecond` requests are signed ahead for each second of a run, more than one core answers. */
interface Kind {
  readonly what: string;
  readonly signing: Signing;
  readonly policies: boolean;
  readonly envoy: boolean;
  readonly perSecond: number;
}

const kinds: readonly Kind[] = [
  { what: 'a plain request of as many bytes', signing: 'plain', policies: false, envoy: false, perSecond: 80_000 },
  { what: 'a signed request', signing: 'v4', policies: false, envoy: false, perSecond: 80_000 },
  {
    ...{ what: 'a signed request, ten statements on network and service each', signing: 'v4' },
    ...{ policies: true, envoy: false, perSecond: 80_000 },
  },
  {
    ...{ what: 'envoy with ext_authz: the same requests, signatures and policies', signing: 'v4' },
    ...{ policies: true, envoy: true, perSecond: 30_000 },
  },
  { what: 'a request signed with SigV4A', signing: 'v4a', policies: false, envoy: false, perSecond: 25_000 },
];

const userArn = 'arn:aws:iam::123456789012:user/admin';

/** Nine statements about others, and one that lets the caller in. */
function policyFor(arn: string): string {
  const others = Array.from({ length: 9 }, (_, i) => ({
    Effect: i % 3 === 0 ? 'Deny' : 'Allow',
    Principal: i % 2 === 0 ? '*' : { AWS: `arn:aws:iam::123456789012:role/team-${i}` },
    Action: 'vpc-lattice-svcs:Invoke',
    Resource: '*',
    Condition: {
      StringLike: { 'vpc-lattice-svcs:RequestPath': [`/team-${i}/*`, `/shared/${i}/*`] },
      StringEquals: { 'vpc-lattice-svcs:RequestMethod': ['PUT', 'DELETE'] },
    },
  }));
  const own = {
    Effect: 'Allow',
    Principal: { AWS: arn },
    Action: 'vpc-lattice-svcs:Invoke',
    Resource: '*',
    Condition: { StringEquals: { 'vpc-lattice-svcs:RequestMethod': ['GET', 'POST'] } },
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [...others, own] });
}

/** The status that one request gets. */
async function statusOf(contender: Contender, signer: Signer, signing: Signing, path?: string): Promise<number> {
  const [signed] = signRequests(contender.hostHeader, signer, 1, signing);
  assert.ok(signed !== undefined);
  return await new Promise((resolve, reject) => {
    const { host, port, hostHeader } = contender;
    const headers = { host: hostHeader, ...headersOf(signed, signer.region) };
    request({ host, port, path: path ?? signed.path, headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

/** What decides must really decide: a good signature passes; another secret's, another path's, and none do not. */
async function assertDecides(contender: Contender, signer: Signer): Promise<void> {
  const told = [
    await statusOf(contender, signer, 'v4'),
    await statusOf(contender, signer, 'wrong'),
    await statusOf(contender, signer, 'v4', '/orders/another'),
    await statusOf(contender, signer, 'plain'),
  ];
  assert.deepEqual(told, [200, 403, 403, 403], contender.name);
}

/** One worker, one service; auth types are switched between the runs of a round. */
export async function benchAuth(options: {
  readonly rounds: number;
  /** Of each run. */
  readonly seconds: number;
}): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'pergola-auth-'));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const { pergola, target } = await startContenders(stack, 88, []);
  const { client, directory: data } = pergola.server;
  const admin = JSON.parse(readFileSync(join(data, 'admin.json'), 'utf8')) as {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  const { accessKeyId, secretAccessKey: secret } = admin;
  const region = 'us-east-1';
  const signer: Signer = { accessKeyId, secret, region, service: 'vpc-lattice-svcs' };
  const policy = policyFor(userArn);
  const owners = [pergola.serviceId, pergola.serviceNetworkId];
  for (const resourceIdentifier of owners) await client.send(new PutAuthPolicyCommand({ resourceIdentifier, policy }));
  const arn = (resource: string): string => `arn:aws:vpc-lattice:${region}:123456789012:${resource}`;
  const envoy = await startExtAuthz(stack, {
    ...{ directory, target, hostHeader: pergola.contender.hostHeader },
    setting: {
      ...{ accessKeyId, secret, region, userArn, policy },
      serviceArn: arn(`service/${pergola.serviceId}`),
      networkArn: arn(`servicenetwork/${pergola.serviceNetworkId}`),
    },
  });
  const ask = async (authType: 'AWS_IAM' | 'NONE'): Promise<void> => {
    await client.send(new UpdateServiceCommand({ serviceIdentifier: pergola.serviceId, authType }));
    await client.send(
      new UpdateServiceNetworkCommand({ serviceNetworkIdentifier: pergola.serviceNetworkId, authType }),
    );
    await delay(500);
  };
  await ask('AWS_IAM');
  for (const contender of [pergola.contender, envoy]) await assertDecides(contender, signer);
  assert.deepEqual(await statusOf(pergola.contender, signer, 'v4a'), 200);
  const runs = new Map<Kind, Run[]>();
  for (let round = 0; round <= options.rounds; round++)
    for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
      const { signing, policies, perSecond } = kind;
      const contender = kind.envoy ? envoy : pergola.contender;
      const seconds = round === 0 ? 2 : options.seconds;
      await ask(policies ? 'AWS_IAM' : 'NONE');
      const script = writeScript(directory, contender.hostHeader, signer, perSecond * seconds, signing);
      const run = await load(contender, 64, seconds, { script });
      if (run.failed > 0) throw new Error(`${run.failed} requests of ${run.requests} were refused`);
      if (run.requests > perSecond * seconds) throw new Error('some requests were sent twice');
      if (round > 0) runs.set(kind, [...(runs.get(kind) ?? []), run]);
    }
  const [plain, , , peer] = kinds.map((kind) => runs.get(kind) ?? []);
  const ratio = (own: readonly Run[], to: readonly Run[] = []): number =>
    median(own.map(({ cpu }, i) => cpu / (to[i]?.cpu ?? Number.NaN)));
  return kinds.map((kind) => {
    const own = runs.get(kind) ?? [];
    return {
      bench: 'auth',
      what: kind.what,
      'cpu µs/request': median(own.map(({ cpu }) => cpu)),
      'user µs/request': median(own.map(({ user }) => user)),
      '× plain': ratio(own, plain),
      ...(kind.policies ? { '× envoy with ext_authz': ratio(own, peer) } : {}),
    };
  });
}
