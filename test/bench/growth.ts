// The part of `npm run bench -- scale` that looks at control: what an estate costs to make, to keep, to ask for, to change, and to start with.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateRuleCommand } from '@aws-sdk/client-vpc-lattice';
import type { Signer } from '../../src/sigv4/index.ts';
import { askFixedResponse } from './ask.ts';
import { makeEstate } from './estate.ts';
import { freePort, loopbackTarget, residentBytes, startLoopback, type LoopbackServer } from './loopback.ts';
import { startTarget, type Place } from './peers.ts';
import { startServer, type BenchServer } from './pergola.ts';
import { commandOf, cpuOf, median, treeOf } from './processes.ts';
import { callOnce, quantile, runCalls, signCall } from './raw-calls.ts';
import type { Row } from './table.ts';

/** Numbers of services at which is measured; what each has. */
const SIZES = [50, 500, 5000];
const RULES = 8;
const TARGETS = 20;
/** Changes of one rule at each size, the reading clients, and the calls that they make of each kind. */
const CHANGES = 100;
const READERS = 8;
const READS = 4000;
/** Starts after a kill. */
const STARTS = 3;

/** One server on loopback. */
export async function benchGrowth(): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'pergola-growth-'));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const n = 84;
  const target = { host: loopbackTarget(n), port: await freePort(loopbackTarget(n)) };
  stack.use(await startTarget({ directory, target, listen: target, enter: [] }));
  const loopback = await startLoopback(stack, { n, workers: 1, target });
  const { server, vpc, serviceNetworkId } = loopback;
  const api = await accessTo(server);
  const rule = await server.client.send(
    new CreateRuleCommand({
      serviceIdentifier: loopback.serviceId,
      listenerIdentifier: loopback.listenerId,
      name: 'switch',
      priority: 1,
      match: { httpMatch: { pathMatch: { match: { prefix: '/switch' } } } },
      action: { fixedResponse: { statusCode: 404 } },
    }),
  );
  const path = `/services/${loopback.serviceId}/listeners/${loopback.listenerId}/rules/${rule.id}`;
  const rows: Row[] = [];
  let made = 1;
  let seconds = 0;
  for (const services of SIZES) {
    const begin = performance.now();
    const counts = { first: made, services: services - made, rules: RULES, targets: TARGETS };
    await makeEstate({ client: server.client, serviceNetworkId, vpc, ...counts });
    seconds += (performance.now() - begin) / 1000;
    made = services;
    await delay(2000);
    rows.push({
      bench: 'scale',
      what: `${services} services, ${services * RULES} rules, ${services * TARGETS} targets: control`,
      'made in s': seconds,
      'MB of control': residentBytes(controlOf(server)) / 1024 ** 2,
      ...(await measureChanges(server, api, path)),
      ...(await measureReads(api, loopback)),
    });
  }
  return [...rows, await measureStarts(stack, server, loopback)];
}

interface Access {
  readonly place: Place;
  readonly signer: Signer;
}

async function accessTo(server: BenchServer): Promise<Access> {
  const { accessKeyId, secretAccessKey: secret } = await server.client.config.credentials();
  const { hostname, port } = new URL(server.api);
  return {
    place: { host: hostname, port: Number(port) },
    signer: { accessKeyId, secret, region: 'us-east-1', service: 'vpc-lattice' },
  };
}

function controlOf(server: BenchServer): number {
  return treeOf(server.pid).find((one) => commandOf(one).includes('control-process')) ?? 0;
}

/** From UpdateRule to the answer that every data-plane node obeys it, one after the other. */
async function measureChanges(server: BenchServer, { place, signer }: Access, path: string) {
  const pid = controlOf(server);
  const before = cpuOf(pid);
  const times: number[] = [];
  for (let i = 0; i < CHANGES; i++) {
    const body = JSON.stringify({ action: { fixedResponse: { statusCode: i % 2 === 0 ? 500 : 404 } } });
    const begin = performance.now();
    const answer = await callOnce(place, signer, 'PATCH', path, body);
    const revision = answer.headers.get('x-pergola-revision') ?? '';
    await callOnce(place, signer, 'GET', `/-/wait?revision=${revision}&timeout=30`);
    times.push(performance.now() - begin);
  }
  const after = cpuOf(pid);
  const cpu = after.user + after.system - before.user - before.system;
  return { 'UpdateRule obeyed p50 ms': median(times), 'UpdateRule cpu ms': cpu / CHANGES };
}

/** Get and List from eight clients at a time. */
async function measureReads({ place, signer }: Access, { serviceId, targetGroupId }: LoopbackServer) {
  const p99 = async (targets: readonly string[]): Promise<number> => {
    const calls = Array.from({ length: READS }, (_, i) =>
      signCall(place, signer, 'GET', targets[i % targets.length] ?? ''),
    );
    const run = await runCalls(place, READERS, () => calls.pop());
    if (run.failed.size > 0) throw new Error(`reads failed: ${JSON.stringify([...run.failed])}`);
    return quantile(run.times, 0.99);
  };
  return {
    'Get p99 ms': await p99([`/services/${serviceId}`, `/targetgroups/${targetGroupId}`]),
    'List p99 ms': await p99(['/services?maxResults=100', '/targetgroups?maxResults=100']),
  };
}

/** From starting on what a killed server left to its first served request. */
async function measureStarts(stack: AsyncDisposableStack, server: BenchServer, loopback: LoopbackServer): Promise<Row> {
  const { host, port, hostHeader } = loopback.contender;
  stack.defer(() => rmSync(server.root, { recursive: true, force: true }));
  const times: number[] = [];
  let running = server;
  for (let i = 0; i < STARTS; i++) {
    for (const pid of treeOf(running.pid)) process.kill(pid, 'SIGKILL');
    const begin = performance.now();
    const starting = startServer({ attach: 'loopback', workers: 1, configuration: {}, resume: server.root });
    let status = 0;
    while (status !== 404) {
      status = await askFixedResponse(host, port, '/switch', hostHeader);
      if (performance.now() - begin > 60_000) throw new Error('no request was served in a minute');
      await delay(5);
    }
    times.push(performance.now() - begin);
    running = stack.use(await starting);
  }
  return {
    bench: 'scale',
    what: `${SIZES.at(-1)} services: start after kill -9, first request served`,
    'median ms': median(times),
    'worst ms': Math.max(...times),
  };
}
