// `npm run bench -- http1`: CPU per request of Pergola and its peers, 64 connections, 512-byte body, alternating rounds.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openSet } from '../../src/network/enforcement.ts';
import { coreName, namePrefix, namespacePath, routerName, workloadName } from '../../src/network/names.ts';
import { configuredVpcId, startContenders } from './loopback.ts';
import { startPeer, startTarget, type Contender, type PeerSetting } from './peers.ts';
import { makeService, startServer } from './pergola.ts';
import { median } from './processes.ts';
import type { Row } from './table.ts';
import { load, type Run } from './wrk.ts';

/** Parameters of a measurement. */
export interface BenchOptions {
  readonly rounds: number;
  /** Of each run. */
  readonly seconds: number;
}

/** Every contender on plain loopback, then, with root, between two VPCs. */
export async function benchHttp1(options: BenchOptions): Promise<readonly Row[]> {
  const rows = await benchLoopback(options);
  return process.getuid?.() === 0 ? [...rows, ...(await benchNamespaces(options))] : rows;
}

async function benchLoopback(options: BenchOptions): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const { contenders } = await startContenders(stack, 98, ['nginx', 'haproxy', 'envoy']);
  return await measure('loopback', contenders, options);
}

/** The same with every contender between two VPCs: the client's connection ends in its VPC's router, the target is dialled from the workers' namespace. */
async function benchNamespaces(options: BenchOptions): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'pergola-peers-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const vpcs = ['clients', 'targets'].map((name) => ({
    name,
    cidrs: ['10.0.0.0/16'],
    subnets: [{ cidr: '10.0.1.0/24', zone: 'us-east-1a' }],
    instances: [{ name: 'one', address: '10.0.1.10', command: ['sleep', '86400'] }],
  }));
  const server = stack.use(await startServer({ attach: 'netns', workers: 1, configuration: { vpcs } }));
  const prefix = namePrefix(server.directory);
  const [clients, targets] = [configuredVpcId('clients'), configuredVpcId('targets')];
  const into = (name: string): readonly string[] => ['nsenter', `--net=${namespacePath(name)}`];
  const clientPlace = into(workloadName(prefix, clients, '10.0.1.10'));
  const core = into(coreName(prefix));
  const target = { host: '10.0.1.10', port: 9000 };
  const listenNamespace = routerName(prefix, clients);
  const source =
    server
      .status()
      .vpcs.find(({ id }) => id === targets)
      ?.sources.at(-1) ?? '';
  const setting = (port: number, enter: readonly string[]): PeerSetting => ({
    directory,
    target,
    listen: { host: '169.254.171.1', port },
    enter,
    listenNamespace,
    source,
  });
  stack.use(await startTarget(setting(0, into(workloadName(prefix, targets, '10.0.1.10'))), false));
  const service = await makeService(server, clients, targets, { address: target.host, port: target.port }, 8080);
  const pergola: Contender = {
    name: 'pergola',
    host: '169.254.171.1',
    port: 8080,
    hostHeader: service.domainName,
    pids: () => server.workerPids(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const peers = await Promise.all(
    (['nginx', 'haproxy', 'envoy'] as const).map(async (name, i) =>
      stack.use(await startPeer(name, setting(9001 + i, core), false)),
    ),
  );
  await delay(1500);
  // The router lets only Pergola's own doors in; what the peers listen on is opened for the time of a run.
  const openDoors = (): void =>
    void execFileSync('ip', [
      'netns',
      'exec',
      listenNamespace,
      'nft',
      'add',
      'element',
      'inet',
      'pergola',
      openSet,
      `{ ${peers.map(({ host, port }) => `${host} . ${port}`).join(', ')} }`,
    ]);
  return await measure('namespaces', [pergola, ...peers], options, { enter: clientPlace, before: openDoors });
}

/** Alternates the contenders; the first round warms up and does not count. Rows have the median of their rounds and of the ratios within a round. */
export async function measure(
  place: string,
  contenders: readonly Contender[],
  { rounds, seconds }: BenchOptions,
  around: { readonly enter: readonly string[]; before(): void } = { enter: [], before() {} },
): Promise<readonly Row[]> {
  const runs = new Map<string, Run[]>();
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const contender of order) {
      around.before();
      const run = await load(contender, 64, round === 0 ? 2 : seconds, { enter: around.enter });
      if (run.failed > 0) throw new Error(`${contender.name}: ${run.failed} requests failed`);
      if (round > 0) runs.set(contender.name, [...(runs.get(contender.name) ?? []), run]);
    }
  }
  const ratio = (own: readonly Run[], peer: string): number =>
    median(own.map(({ cpu }, i) => cpu / (runs.get(peer)?.[i]?.cpu ?? Number.NaN)));
  return [...runs].map(([name, own]) => ({
    bench: 'http1',
    what: `${name}, ${place}`,
    'cpu µs/request': median(own.map(({ cpu }) => cpu)),
    'user µs/request': median(own.map(({ user }) => user)),
    'requests/s': median(own.map(({ perSecond }) => perSecond)),
    '× nginx': ratio(own, 'nginx'),
    '× envoy': ratio(own, 'envoy'),
  }));
}
