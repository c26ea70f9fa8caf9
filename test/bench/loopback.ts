// A server with one VPC on loopback for a bench, alone or beside its peers, and the memory that its workers take.

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startPeer, startTarget, type Contender, type PeerName, type PeerSetting, type Place } from './peers.ts';
import { makeService, startServer, type BenchServer, type BenchService } from './pergola.ts';

/** The id of a VPC that the configuration names, as `configuredId()` makes it. */
export function configuredVpcId(name: string): string {
  const hash = createHash('sha256').update(JSON.stringify(['vpc', '123456789012', 'us-east-1', name]));
  return `vpc-0${hash.digest('hex').slice(0, 16)}`;
}

/** A port that is free on `host` now. */
export async function freePort(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A running server with one service on port 8080 in front of `target`. */
export interface LoopbackServer extends BenchService {
  readonly server: BenchServer;
  readonly vpc: string;
  /** The service as something to measure. */
  readonly contender: Contender;
}

/** The address in 127/8 at which the target 10.0.1.10 of the loopback VPC `n` listens. */
export const loopbackTarget = (n: number): string => `127.${n}.1.10`;

/** Starts a server on the loopback VPC `n`, whose target is `target.port` at `loopbackTarget(n)`. `stack` ends it. */
export async function startLoopback(
  stack: AsyncDisposableStack,
  options: {
    readonly n: number;
    readonly workers: number;
    readonly target: Place;
    readonly limits?: unknown;
    readonly env?: NodeJS.ProcessEnv;
  },
): Promise<LoopbackServer> {
  const { n, workers, target, limits = {}, env = {} } = options;
  const vpcs = [
    {
      name: 'bench',
      cidrs: ['10.0.0.0/16'],
      attachment: { kind: 'loopback', n },
      subnets: [{ cidr: '10.0.1.0/24', zone: 'us-east-1a' }],
    },
  ];
  const server = stack.use(await startServer({ attach: 'loopback', workers, configuration: { vpcs, limits }, env }));
  const vpc = configuredVpcId('bench');
  const service = await makeService(server, vpc, vpc, { address: '10.0.1.10', port: target.port }, 8080);
  return {
    ...service,
    server,
    vpc,
    contender: {
      name: 'pergola',
      host: `127.${100 + n}.0.1`,
      port: 8080,
      hostHeader: service.domainName,
      pids: () => server.workerPids(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
  };
}

/** Pergola and peers, one worker each, in front of one target. */
export interface Contenders {
  readonly pergola: LoopbackServer;
  /** Pergola first, then the peers in the order asked for. */
  readonly contenders: readonly Contender[];
  readonly target: Place;
  /** Where the target finds its files. */
  readonly directory: string;
}

/** Starts Pergola on the loopback VPC `n`, its target, and peers. `stack` ends them. */
export async function startContenders(
  stack: AsyncDisposableStack,
  n: number,
  names: readonly PeerName[],
): Promise<Contenders> {
  const directory = mkdtempSync(join(tmpdir(), 'pergola-peers-'));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const host = loopbackTarget(n);
  const target = { host, port: await freePort(host) };
  const setting = async (): Promise<PeerSetting> => ({
    directory,
    target,
    listen: { host: '127.0.0.1', port: await freePort('127.0.0.1') },
    enter: [],
  });
  stack.use(await startTarget(await setting()));
  const pergola = await startLoopback(stack, { n, workers: 1, target });
  const peers = await Promise.all(names.map(async (name) => stack.use(await startPeer(name, await setting()))));
  return { pergola, contenders: [pergola.contender, ...peers], target, directory };
}

/** Bytes of memory that a process takes (resident). */
export function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) * 1024;
}

/** The resident bytes of `pids` together, when they have stood still (±1 %) for two seconds, at most after `patience` milliseconds. */
export async function settledBytes(pids: readonly number[], patience = 20_000): Promise<number> {
  const sum = (): number => pids.reduce((total, pid) => total + residentBytes(pid), 0);
  const start = performance.now();
  let mark = sum();
  let still = performance.now();
  while (performance.now() - still < 2000 && performance.now() - start < patience) {
    await delay(100);
    const now = sum();
    if (Math.abs(now - mark) <= mark / 100) continue;
    mark = now;
    still = performance.now();
  }
  return sum();
}
