// Signed requests between two VPCs: who is believed, what targets and the access log are told, also while control is away.

import assert from 'node:assert/strict';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { signHeaders } from '../../src/sigv4/index.ts';
import type { TestServer } from '../server.ts';
import { ofEveryKind, onEveryAttachment } from './attachments.ts';
import { eventually, given, listenerPort } from './scenario.ts';
import { openShop, type Shop } from './shop.ts';

const arn = 'arn:aws:iam::123456789012:user/orders';
const keys = { accessKeyId: 'AKIAORDERS', secret: 'orders-secret-of-the-file' };

type Line = Readonly<Record<string, unknown>>;

function readAccessLog({ data }: TestServer): readonly Line[] {
  return globSync('access/worker-*.jsonl', { cwd: data }).flatMap((file) =>
    readFileSync(join(data, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line),
  );
}

/** Status and body of a signed request. */
async function ask({ client, name }: Shop, path: string, by: { readonly secret?: string } = {}) {
  const host = `${name}:${listenerPort}`;
  const headers = new Map([
    ['host', host],
    ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'],
  ]);
  const signer = { ...keys, ...by, region: 'us-east-1', service: 'vpc-lattice-svcs' };
  const added = signHeaders({ method: 'GET', path, query: '', headers }, signer, {
    now: Date.now(),
    bodyHash: 'UNSIGNED-PAYLOAD',
  });
  return client.request({ name, port: listenerPort, path, headers: { ...Object.fromEntries(headers), ...added } });
}

onEveryAttachment(
  {
    workers: 1,
    configuration: `
principals:
  - { arn: "${arn}", accessKeyId: ${keys.accessKeyId}, secretAccessKey: ${keys.secret} }
limits: { healthCheckSpeed: 60 }
`,
  },
  [
    {
      name: 'a principal of pergola.yaml is believed, and the target and the access log are told; with another secret it is 403',
      runs: ofEveryKind,
      async run(server) {
        await using shop = await openShop(server);
        const good = await ask(shop, '/signed');
        assert.equal(good.status, 200, good.body);
        const seen = JSON.parse(good.body) as { readonly headers: Readonly<Record<string, string>> };
        assert.equal(seen.headers['x-amzn-lattice-identity'], `Principal=${arn}; Type=AWS_IAM`);
        const bad = await ask(shop, '/forged', { secret: 'another' });
        assert.equal(bad.status, 403);
        assert.match(bad.body, /^InvalidSignatureException: /);
        const lineOf = (path: string): Line | undefined =>
          readAccessLog(server).find((line) => line['requestPath'] === path);
        await eventually('both are in the log', () =>
          Promise.resolve(lineOf('/signed') !== undefined && lineOf('/forged') !== undefined),
        );
        const told = ['responseCode', 'resolvedUser', 'authDeniedReason'];
        assert.deepEqual(
          told.map((name) => lineOf('/signed')?.[name]),
          [200, arn, '-'],
        );
        assert.deepEqual(
          told.map((name) => lineOf('/forged')?.[name]),
          [403, 'Unknown', 'Identity'],
        );
      },
    },
    {
      name: 'a worker that starts while control stands still verifies with the keys of the sealed snapshot, which tells no secret',
      runs: ofEveryKind,
      async run(server) {
        await using shop = await openShop(server);
        const { control, workers } = server.processes();
        const file = join(server.data, 'snapshot.sealed');
        // It is written two seconds after a change at the latest, and then again only for another one.
        const changed = Date.now();
        await eventually('the newest snapshot is on disk', () =>
          Promise.resolve(Date.now() - Math.max(changed, statSync(file).mtimeMs) > 4000),
        );
        assert.equal(statSync(file).mode & 0o777, 0o600);
        const bytes = readFileSync(file);
        for (const text of [keys.secret, keys.accessKeyId]) assert.equal(bytes.includes(text), false);
        process.kill(given(control), 'SIGSTOP');
        try {
          process.kill(given(workers[0]), 'SIGKILL');
          await eventually('another worker answers', async () => {
            const answer = await ask(shop, '/').catch(() => undefined);
            return answer?.status === 200;
          });
          assert.equal((await ask(shop, '/', { secret: 'another' })).status, 403);
        } finally {
          process.kill(given(control), 'SIGCONT');
        }
      },
    },
  ],
);
