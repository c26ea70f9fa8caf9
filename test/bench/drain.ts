// `npm run bench -- drain --requests N`: every target replaced one by one under load, in the order deregister, gone, stop; not one request may fail.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DeregisterTargetsCommand, ListTargetsCommand, RegisterTargetsCommand } from '@aws-sdk/client-vpc-lattice';
import {
  awaitHealthy,
  enter,
  eventually,
  forward,
  given,
  listenerPort,
  makeGroup,
  makeListener,
  makeNetwork,
  makeService,
  makeVpc,
  offer,
} from '../e2e/scenario.ts';
import { TestServer } from '../server.ts';
import { startLoad, type LoadCount } from './drain-load.ts';
import type { Row } from './table.ts';

/** Targets at a time. */
const TARGETS = 3;

/** Time limits that make a round short: targets drain for a second, and are checked every quarter of one. */
const configuration = 'limits: { targetDrainTime: 1000, healthCheckSpeed: 120 }\n';

/** What came of it. */
export interface DrainResult extends LoadCount {
  /** Targets that were replaced. */
  readonly replaced: number;
  readonly seconds: number;
}

interface RunningTarget {
  readonly port: number;
  readonly process: ChildProcess;
}

async function startTarget(): Promise<RunningTarget> {
  const program = join(import.meta.dirname, '..', 'programs', 'short-lived-target.ts');
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(line.toString()), process: child };
}

async function stopTarget({ process: child }: RunningTarget): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Sends `requests` over `connections` while targets are replaced all the time; runs with two workers on loopback. */
export async function replaceUnderLoad(requests: number, connections: number): Promise<DrainResult> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await TestServer.start({ attach: 'loopback', workers: 2, configuration }));
  const { lattice } = server;
  const running: RunningTarget[] = [];
  stack.defer(async () => void (await Promise.all(running.map(stopTarget))));
  for (let i = 0; i < TARGETS; i++) running.push(await startTarget());

  const [vpc, network] = await Promise.all([makeVpc(server), makeNetwork(server)]);
  const service = await makeService(server);
  const id = '127.0.0.1';
  const targetGroupIdentifier = await makeGroup(
    server,
    vpc,
    running.map(({ port }) => ({ id, port })),
  );
  await makeListener(server, service.id, forward([targetGroupIdentifier, 1]));
  await offer(server, service.id, network);
  await enter(server, vpc, network);
  await awaitHealthy(server, targetGroupIdentifier);
  const { vpcs } = (await (await server.call('GET', '/-/status')).json()) as {
    readonly vpcs: readonly { readonly services: readonly { readonly address: string }[] }[];
  };
  const host = given(vpcs[0]?.services[0]).address;

  const statusOf = async (port: number): Promise<string | undefined> => {
    const { items } = await lattice.send(new ListTargetsCommand({ targetGroupIdentifier, targets: [{ id, port }] }));
    return items?.[0]?.status;
  };
  const start = performance.now();
  const load = startLoad({ host, port: listenerPort, name: service.dnsName, requests, connections });
  let over = false;
  const ended = load.done.finally(() => (over = true));
  let replaced = 0;
  try {
    while (!over) {
      const fresh = await startTarget();
      running.push(fresh);
      const next = { targetGroupIdentifier, targets: [{ id, port: fresh.port }] };
      await lattice.send(new RegisterTargetsCommand(next));
      await eventually('the new target is HEALTHY', async () => (await statusOf(fresh.port)) === 'HEALTHY');
      const old = given(running.shift());
      await lattice.send(new DeregisterTargetsCommand({ targetGroupIdentifier, targets: [{ id, port: old.port }] }));
      await eventually('the old target is gone', async () => {
        await delay(50);
        return (await statusOf(old.port)) === undefined;
      });
      await stopTarget(old);
      replaced++;
    }
  } finally {
    load.stop();
    await ended;
  }
  return { ...load.count, replaced, seconds: (performance.now() - start) / 1000 };
}

/** One row; fails when a request did, so that the reason is seen. */
export async function benchDrain({ requests }: { readonly requests: number }): Promise<readonly Row[]> {
  const result = await replaceUnderLoad(requests, 64);
  for (const failure of result.failures) process.stderr.write(`failed: ${failure}\n`);
  return [
    {
      bench: 'drain',
      what: `${TARGETS} targets replaced one by one under load, two workers, half POST`,
      requests: String(result.requests),
      failed: result.failed,
      replaced: result.replaced,
      'requests/s': result.requests / result.seconds,
    },
  ];
}
