// A server with one VPC on loopback for a bench: workers, what they serve, and the memory that they take.

import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { configuredVpcId } from './http1.ts';
import type { Contender, Place } from './peers.ts';
import { makeService, startServer, type BenchServer, type BenchService } from './pergola.ts';

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
  options: { readonly n: number; readonly workers: number; readonly target: Place; readonly limits?: unknown },
): Promise<LoopbackServer> {
  const { n, workers, target, limits = {} } = options;
  const vpcs = [
    {
      name: 'bench',
      cidrs: ['10.0.0.0/16'],
      attachment: { kind: 'loopback', n },
      subnets: [{ cidr: '10.0.1.0/24', zone: 'us-east-1a' }],
    },
  ];
  const server = stack.use(await startServer({ attach: 'loopback', workers, configuration: { vpcs, limits } }));
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
