// `npm run bench -- auth`: CPU per signed request, each with a path and a date of its own, against a plain one of as many bytes; alternating rounds.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PutAuthPolicyCommand, UpdateServiceCommand, UpdateServiceNetworkCommand } from '@aws-sdk/client-vpc-lattice';
import { deriveSigningKey, formatTimestamp, sha256, type Signer } from '../../src/sigv4/index.ts';
import { prepareVerifyingKey, type VerifyingKey } from '../../src/sigv4/head/index.ts';
import { startContenders } from './loopback.ts';
import { median } from './processes.ts';
import type { Row } from './table.ts';
import { load, type Run } from './wrk.ts';

/** What is measured. */
const kinds = {
  plain: 'a plain request of as many bytes',
  signed: 'a signed request',
  policies: 'a signed request, ten statements on network and service each',
} as const;

/** Requests that are signed ahead for each second of a run: more than one core answers. */
const PER_SECOND = 80_000;

/** Milliseconds around now that signers' clocks are set to: a run must be over before the oldest is five minutes old. */
const SPREAD = 180_000;

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

/** Writes wrk's script: `count` requests, each with its own path and date; of a plain one the scheme of Authorization is another word of the same length. */
function writeScript(directory: string, host: string, signer: Signer, count: number, signed: boolean): string {
  const lines: string[] = [];
  const now = Date.now();
  const keys = new Map<string, VerifyingKey>();
  const keyOf = (date: string): VerifyingKey => {
    const scope = { date, region: signer.region, service: signer.service };
    const key = keys.get(date) ?? prepareVerifyingKey(deriveSigningKey(signer.secret, scope), scope);
    keys.set(date, key);
    return key;
  };
  for (let i = 0; i < count; i++) {
    const path = `/orders/${now}/${i}`;
    const timestamp = formatTimestamp(now - SPREAD + (i % (SPREAD / 500)) * 1000);
    const key = keyOf(timestamp.slice(0, 8));
    const names = 'host;x-amz-content-sha256;x-amz-date';
    const canonical = `GET\n${path}\n\nhost:${host}\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:${timestamp}\n\n${names}\nUNSIGNED-PAYLOAD`;
    const { date, region, service } = key.scope;
    const authorization = `AWS4-HMAC-SHA256 Credential=${signer.accessKeyId}/${date}/${region}/${service}/aws4_request, SignedHeaders=${names}, Signature=${key.sign(timestamp, sha256(canonical))}`;
    lines.push(`${path}\t${timestamp}\t${signed ? authorization : `Bear${authorization.slice(4)}`}`);
  }
  const list = join(directory, signed ? 'signed.txt' : 'plain.txt');
  writeFileSync(list, lines.join('\n'));
  const script = join(directory, signed ? 'signed.lua' : 'plain.lua');
  writeFileSync(
    script,
    `local requests, i = {}, 0
for line in io.lines(${JSON.stringify(list)}) do
  local path, date, authorization = line:match("^(%S+)\\t(%S+)\\t(.+)$")
  requests[#requests + 1] = "GET " .. path .. " HTTP/1.1\\r\\nHost: ${host}\\r\\nx-amz-content-sha256: UNSIGNED-PAYLOAD\\r\\nx-amz-date: "
    .. date .. "\\r\\nAuthorization: " .. authorization .. "\\r\\n\\r\\n"
end
request = function()
  i = i % #requests + 1
  return requests[i]
end
`,
  );
  return script;
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
  const { pergola } = await startContenders(stack, 88, []);
  const { client, directory: data } = pergola.server;
  const admin = JSON.parse(readFileSync(join(data, 'admin.json'), 'utf8')) as {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  const signer: Signer = {
    ...{ accessKeyId: admin.accessKeyId, secret: admin.secretAccessKey },
    ...{ region: 'us-east-1', service: 'vpc-lattice-svcs' },
  };
  const policy = policyFor('arn:aws:iam::123456789012:user/admin');
  const owners = [pergola.serviceId, pergola.serviceNetworkId];
  for (const resourceIdentifier of owners) await client.send(new PutAuthPolicyCommand({ resourceIdentifier, policy }));
  const ask = async (authType: 'AWS_IAM' | 'NONE'): Promise<void> => {
    await client.send(new UpdateServiceCommand({ serviceIdentifier: pergola.serviceId, authType }));
    await client.send(
      new UpdateServiceNetworkCommand({ serviceNetworkIdentifier: pergola.serviceNetworkId, authType }),
    );
    await delay(500);
  };
  const runs = new Map<keyof typeof kinds, Run[]>();
  const order = ['plain', 'signed', 'policies'] as const;
  for (let round = 0; round <= options.rounds; round++)
    for (const kind of round % 2 === 0 ? order : order.toReversed()) {
      const seconds = round === 0 ? 2 : options.seconds;
      await ask(kind === 'policies' ? 'AWS_IAM' : 'NONE');
      const script = writeScript(
        directory,
        pergola.contender.hostHeader,
        signer,
        PER_SECOND * seconds,
        kind !== 'plain',
      );
      const run = await load(pergola.contender, 64, seconds, { script });
      if (run.failed > 0) throw new Error(`${run.failed} requests of ${run.requests} were refused`);
      if (run.requests > PER_SECOND * seconds) throw new Error('some requests were sent twice');
      if (round > 0) runs.set(kind, [...(runs.get(kind) ?? []), run]);
    }
  return order.map((kind) => {
    const own = runs.get(kind) ?? [];
    return {
      bench: 'auth',
      what: kinds[kind],
      'cpu µs/request': median(own.map(({ cpu }) => cpu)),
      'user µs/request': median(own.map(({ user }) => user)),
      '× plain': median(own.map(({ cpu }, i) => cpu / (runs.get('plain')?.[i]?.cpu ?? Number.NaN))),
    };
  });
}
