// A whole API on a socket, over a store in memory, for tests: SDK clients, a signed fetch, and hands on what it depends on.

import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { Route53Client } from '@aws-sdk/client-route-53';
import { STSClient } from '@aws-sdk/client-sts';
import { VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';
import { createApi, type ApiDeps, type ApiOptions } from '../../src/api/index.ts';
import { defaultServerLimits } from '../../src/aws/index.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { createWatch, type WatchCell } from '../../src/base/watch.ts';
import { createSecretBox, createSessions } from '../../src/identity/index.ts';
import { sha256, signHeaders } from '../../src/sigv4/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { recordCalls } from '../recorded-calls.ts';

/** Credentials as an SDK takes them. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What a running API offers a test. Disposing it closes server, clients and store. */
export interface RunningApi extends AsyncDisposable {
  readonly server: Server;
  readonly origin: string;
  readonly store: Store;
  readonly obeyed: WatchCell<number>;
  readonly lattice: VPCLatticeClient;
  readonly ec2: EC2Client;
  readonly iam: IAMClient;
  readonly sts: STSClient;
  readonly route53: Route53Client;
  /** A signed request to any path. */
  readonly call: (method: string, target: string, body?: string, signer?: Keys) => Promise<Response>;
  /** Clients of another account. */
  readonly latticeOf: (account: string) => VPCLatticeClient;
  readonly route53Of: (account: string) => Route53Client;
  readonly ec2Of: (account: string) => EC2Client;
}

/** Starts an API in test mode whose callers are of account 111122223333 unless they say otherwise. */
export async function startApi(
  changes: Partial<ApiDeps> = {},
  settings: Partial<ApiOptions> = {},
): Promise<RunningApi> {
  const store = await openStore({ file: ':memory:' }, { log: silentLog });
  const obeyed = createWatch(0);
  const secrets = createSecretBox(Buffer.alloc(32, 7));
  const server = createApi(
    { regions: ['us-east-1'], defaultAccount: '123456789012', hostNames: [], limits: defaultServerLimits, ...settings },
    {
      store,
      random: systemRandom,
      clock: systemClock,
      log: silentLog,
      secrets,
      sessions: createSessions(Buffer.alloc(32, 7), systemClock),
      quotas: 'none',
      open: true,
      defaultAttachment: { kind: 'loopback' },
      findHealth: () => undefined,
      obeyed,
      isReady: () => true,
      metrics: () => Promise.resolve('up 1\n'),
      status: () => Promise.resolve({ revision: store.state.value.revision }),
      workloads: {
        create: () => Promise.resolve({ failure: 'unavailable', message: 'there are no workloads here' }),
        lease: () => undefined,
        byToken: () => undefined,
      },
      roleCredentials: {
        held: () => undefined,
        problem: () => undefined,
        make: () => ({ problem: 'there are no roles here' }),
      },
      explain: () => ({ failure: 'invalid', message: 'nothing is explained here' }),
      explainServed: () => Promise.resolve({ failure: 'not found', message: 'nothing was served here' }),
      backup: () => Promise.resolve({ problem: 'nothing is kept here' }),
      reload: () => Promise.resolve({ generation: 2 }),
      page: (_request, response) => void response.end('<html>'),
      ...changes,
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const options = (account: string) => ({
    region: 'us-east-1',
    endpoint: origin,
    credentials: { accessKeyId: account, secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  const account = '111122223333';
  const clients = [
    new VPCLatticeClient(options(account)),
    new EC2Client(options(account)),
    new STSClient(options(account)),
    new IAMClient(options(account)),
    new Route53Client(options(account)),
  ] as const;
  const [lattice, ec2, sts, iam, route53] = clients;
  recordCalls(lattice);
  const others: { destroy(): void }[] = [];
  return {
    server,
    origin,
    store,
    obeyed,
    lattice,
    ec2,
    sts,
    iam,
    route53,
    route53Of(other) {
      const client = new Route53Client(options(other));
      others.push(client);
      return client;
    },
    ec2Of(other) {
      const client = new EC2Client(options(other));
      others.push(client);
      return client;
    },
    latticeOf(other) {
      const client = recordCalls(new VPCLatticeClient(options(other)));
      others.push(client);
      return client;
    },
    call(
      method,
      target,
      body = '',
      { accessKeyId, secretAccessKey: secret } = { accessKeyId: account, secretAccessKey: 'secret' },
    ) {
      const [path = '', query = ''] = target.split('?');
      const signer = { accessKeyId, secret, region: 'us-east-1', service: 'pergola' };
      const request = { method, path, query, headers: new Map([['host', new URL(origin).host]]) };
      const headers = signHeaders(request, signer, { now: Date.now(), bodyHash: sha256(body) });
      return fetch(`${origin}${target}`, { method, headers, ...(body === '' ? {} : { body }) });
    },
    async [Symbol.asyncDispose]() {
      for (const client of [...clients, ...others]) client.destroy();
      server.close();
      server.closeAllConnections();
      await store[Symbol.asyncDispose]();
    },
  };
}
