// `npm run bench -- away --seconds 600`: control is stopped (not killed) for so long, under load; traffic, names, health and draining go on, and nothing grows.

import { readFileSync } from 'node:fs';
import { DeregisterTargetsCommand, ListTargetsCommand, RegisterTargetsCommand } from '@aws-sdk/client-vpc-lattice';
import { awaitHealthy, eventually, given, listenerPort, targetPort } from '../e2e/scenario.ts';
import { openShop } from '../e2e/shop.ts';
import { TestServer } from '../server.ts';
import { startTarget } from '../workload-programs.ts';
import type { Row } from './table.ts';

/** Resident bytes of a process. */
function residentBytes(pid: number): number {
  return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}

/** One row. A target ends in the middle and another one drains from before; both must get nothing then. */
export async function benchAway({ seconds }: { readonly seconds: number }): Promise<readonly Row[]> {
  const configuration = 'limits: { targetDrainTime: 3600000, healthCheckSpeed: 60 }\n';
  await using server = await TestServer.start({ attach: 'loopback', workers: 2, configuration });
  await using shop = await openShop(server);
  const place = (address: string) => ({ vpc: shop.targets, address });
  await using doomed = await startTarget(server, place('10.0.1.12'), 'doomed', targetPort);
  await using drained = await startTarget(server, place('10.0.1.13'), 'drained', targetPort);
  if (drained.process.exitCode !== null) throw new Error('the target that drains has ended');
  const targetGroupIdentifier = shop.blue;
  const target = (id: string) => ({ targetGroupIdentifier, targets: [{ id, port: targetPort }] });
  for (const id of ['10.0.1.12', '10.0.1.13']) await server.lattice.send(new RegisterTargetsCommand(target(id)));
  await awaitHealthy(server, shop.blue);
  await server.lattice.send(new DeregisterTargetsCommand(target('10.0.1.13')));
  await server.obeyed();

  const { control, workers } = server.processes();
  const warm = { name: shop.name, port: listenerPort, count: 5000, connections: 16 };
  // Until the young generation has its size.
  await shop.client.load({ ...warm, count: 300_000 });
  const before = workers.map(residentBytes);
  process.kill(given(control), 'SIGSTOP');
  const end = performance.now() + seconds * 1000;
  let total = 0;
  let failed = 0;
  let toDrained = 0;
  let names = 0;
  let ended = false;
  try {
    while (performance.now() < end) {
      const { statuses, errors, targets, total: sent } = await shop.client.load({ ...warm, count: 2000 });
      total += sent;
      // What was on its way to a target that ends is lost with it.
      failed += Object.values(errors).length + (statuses['200'] === sent ? 0 : sent - (statuses['200'] ?? 0));
      toDrained += targets['drained'] ?? 0;
      names += (await shop.client.resolve(shop.name)).length;
      if (!ended && performance.now() > end - seconds * 500) {
        ended = true;
        await doomed[Symbol.asyncDispose]();
        await eventually('nobody asks the target that has ended', async () => {
          const seen = await shop.client.load({ ...warm, count: 20 });
          return seen.targets['blue'] === 20;
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  } finally {
    process.kill(given(control), 'SIGCONT');
  }
  const after = workers.map(residentBytes);
  await eventually('the API tells what was seen', async () => {
    // The SDK's kept connection was given up meanwhile.
    const answer = await server.lattice.send(new ListTargetsCommand({ targetGroupIdentifier })).catch(() => undefined);
    return (answer?.items ?? []).some(({ id, status }) => id === '10.0.1.12' && status === 'UNHEALTHY');
  });
  const grown = Math.max(...after.map((bytes, i) => bytes - (before[i] ?? 0)));
  return [
    {
      bench: 'away',
      what: `control stopped for ${seconds} s under load, two workers`,
      requests: String(total),
      failed,
      'to the draining target': toDrained,
      'names answered': names,
      'MB more in a worker': grown / 1e6,
    },
  ];
}
