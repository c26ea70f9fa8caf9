// `npm run bench -- api`: durable CreateService calls of 64 clients with readers beside them, and the same calls to moto_server; alternating rounds.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateServiceCommand } from '@aws-sdk/client-vpc-lattice';
import { fetchPart, findObstacle, partFolder, toolsOf } from '../../tools/peers.ts';
import type { Signer } from '../../src/sigv4/index.ts';
import { freePort } from './loopback.ts';
import type { Place } from './peers.ts';
import { startServer } from './pergola.ts';
import { cpuOf, median, start, treeOf, waitForPort } from './processes.ts';
import { quantile, runCalls, signCall } from './raw-calls.ts';
import type { Row } from './table.ts';

const CLIENTS = 64;
/** Connections that read while others write, and the milliseconds that each waits between two calls. */
const READERS = 2;
const PAUSE = 5;
/** CreateService calls of a round; fewer for moto_server, which takes that much longer. */
const CREATES = 20_000;
const MOTO_CREATES = 2000;

/** Somebody who answers CreateService. */
interface Api {
  readonly place: Place;
  readonly signer: Signer;
  readonly pids: () => readonly number[];
}

/** One round: creates a second, CPU milliseconds of all its processes for each, and the readers' p99 in milliseconds. */
interface Round {
  readonly perSecond: number;
  readonly cpu: number;
  readonly createP99: number;
  readonly getP99: number;
  readonly listP99: number;
}

/** Our server with its store on this machine's disk, and moto_server in memory. */
export async function benchApi(options: { readonly rounds: number }): Promise<readonly Row[]> {
  const problem = findObstacle(toolsOf('moto')) ?? fetchPart('moto');
  if (problem !== undefined) throw new Error(`moto_server: ${problem}`);
  await using stack = new AsyncDisposableStack();
  // A service more than any quota allows.
  // More services than any quota allows.
  const configuration = { quotas: { services: 10_000_000 } };
  const server = stack.use(await startServer({ attach: 'loopback', workers: 1, configuration }));
  const { id } = await server.client.send(new CreateServiceCommand({ name: 'known' }));
  const credentials = await server.client.config.credentials();
  const signerOf = (accessKeyId: string, secret: string): Signer => ({
    accessKeyId,
    secret,
    region: 'us-east-1',
    service: 'vpc-lattice',
  });
  const { hostname, port } = new URL(server.api);
  const pergola: Api = {
    place: { host: hostname, port: Number(port) },
    signer: signerOf(credentials.accessKeyId, credentials.secretAccessKey),
    pids: () => treeOf(server.pid),
  };

  const directory = mkdtempSync(join(tmpdir(), 'pergola-moto-'));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const place = { host: '127.0.0.1', port: await freePort('127.0.0.1') };
  const started = stack.use(
    start(['python3', '-m', 'moto.server', '-H', place.host, '-p', String(place.port)], {
      cwd: directory,
      env: { ...process.env, PYTHONPATH: partFolder('moto') },
    }),
  );
  await waitForPort(place.host, place.port, started);
  const moto: Api = { place, signer: signerOf('AKIAIOSFODNN7EXAMPLE', 'secret'), pids: () => treeOf(started.pid) };

  const ours: Round[] = [];
  const theirs: Round[] = [];
  for (let round = 0; round <= options.rounds; round++) {
    const [one, other] = [
      await measure(pergola, CREATES, `p${round}`, id),
      await measure(moto, MOTO_CREATES, `m${round}`),
    ];
    // The first warms up.
    if (round > 0) ours.push(one);
    if (round > 0) theirs.push(other);
  }
  const middle = (rounds: readonly Round[], of: keyof Round): number => median(rounds.map((round) => round[of]));
  return [
    {
      bench: 'api',
      what: 'pergola: CreateService, 64 clients, durable before the answer',
      'creates/s': middle(ours, 'perSecond'),
      'cpu ms': middle(ours, 'cpu'),
      'moto × cpu': middle(theirs, 'cpu') / middle(ours, 'cpu'),
      'p99 ms': middle(ours, 'createP99'),
      'GetService p99 ms': middle(ours, 'getP99'),
      'ListServices p99 ms': middle(ours, 'listP99'),
    },
    {
      bench: 'api',
      what: 'moto_server: CreateService, 64 clients, in memory',
      'creates/s': middle(theirs, 'perSecond'),
      'cpu ms': middle(theirs, 'cpu'),
      'moto × cpu': 1,
      'p99 ms': middle(theirs, 'createP99'),
    },
  ];
}

/** `creates` calls, while the service `known` and the list of services are read, when there is one. */
async function measure({ place, signer, pids }: Api, creates: number, name: string, known?: string): Promise<Round> {
  const calls = Array.from({ length: creates }, (_, i) =>
    signCall(
      place,
      signer,
      'POST',
      '/services',
      JSON.stringify({ name: `${name}-${i}`, clientToken: `${name}-${i}-0123456789`, tags: { made: 'by-bench' } }),
    ),
  );
  let running = true;
  const reading = [`/services/${known}`, '/services?maxResults=100'].map((target) =>
    read(place, signer, target, () => running && known !== undefined),
  );
  const before = cpu(pids());
  const begin = performance.now();
  let next = 0;
  const run = await runCalls(place, CLIENTS, () => calls[next++]);
  const seconds = (performance.now() - begin) / 1000;
  const used = cpu(pids()) - before;
  running = false;
  const [get = [], list = []] = await Promise.all(reading);
  if (run.failed.size > 0) throw new Error(`CreateService failed: ${JSON.stringify([...run.failed])}`);
  return {
    perSecond: creates / seconds,
    cpu: used / creates,
    createP99: quantile(run.times, 0.99),
    getP99: quantile(get, 0.99),
    listP99: quantile(list, 0.99),
  };
}

/** The times of a reader that asks for `target` again and again while `wanted` says so. */
async function read(place: Place, signer: Signer, target: string, wanted: () => boolean): Promise<readonly number[]> {
  const times: number[] = [];
  while (wanted()) {
    const calls = [signCall(place, signer, 'GET', target)];
    const run = await runCalls(place, READERS, () => calls.pop());
    times.push(...run.times);
    if (run.failed.size > 0) throw new Error(`GET ${target} failed: ${JSON.stringify([...run.failed])}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return times;
}

/** Milliseconds of CPU of `pids` together. */
function cpu(pids: readonly number[]): number {
  return pids.map(cpuOf).reduce((total, { user, system }) => total + user + system, 0);
}
