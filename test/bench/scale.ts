// `npm run bench -- scale`: a worker with 5,000 services, 40,000 rules and 100,000 targets: its memory, and how long its loop stands while all of it is loaded anew.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { makeEstate } from './estate.ts';
import { benchGrowth } from './growth.ts';
import type { LoopLine } from './loop-watch.ts';
import { freePort, loopbackTarget, residentBytes, startLoopback } from './loopback.ts';
import { startTarget } from './peers.ts';
import { commandOf, treeOf } from './processes.ts';
import type { Row } from './table.ts';
import { measureVpcs } from './vpcs.ts';
import { load } from './wrk.ts';

const SERVICES = 5000;
const RULES = 8;
const TARGETS = 20;
/** Seconds of load, within which control is killed and brings everything anew. */
const SECONDS = 15;

/** Associations of VPCs, all in namespaces. */
const ASSOCIATIONS = 500;

/** One worker on loopback, then control, then VPCs beside as many services. */
export async function benchScale(): Promise<readonly Row[]> {
  return [
    ...(await benchWorker()),
    ...(await benchGrowth()),
    ...(await measureVpcs('scale', ASSOCIATIONS, [], SERVICES)),
  ];
}

async function benchWorker(): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'pergola-scale-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const n = 86;
  const target = { host: loopbackTarget(n), port: await freePort(loopbackTarget(n)) };
  stack.use(await startTarget({ directory, target, listen: target, enter: [] }));
  const loops = mkdtempSync(join(directory, 'loops-'));
  const env = {
    NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'loop-watch.ts')).href}`,
    PERGOLA_BENCH_LOOP: loops,
  };
  const { server, vpc, serviceNetworkId, contender } = await startLoopback(stack, { n, workers: 1, target, env });
  const sizes = { services: SERVICES - 1, rules: RULES, targets: TARGETS };
  await makeEstate({ client: server.client, serviceNetworkId, vpc, ...sizes });
  await delay(3000);
  const [pid = 0] = server.workerPids();
  const filled = residentBytes(pid);
  const from = Date.now();
  const running = load(contender, 64, SECONDS);
  await delay(3000);
  const control = treeOf(server.pid).filter((one) => commandOf(one).includes('control-process'));
  for (const one of control) process.kill(one, 'SIGKILL');
  let most = 0;
  const watching = setInterval(() => (most = Math.max(most, residentBytes(pid))), 100);
  const run = await running;
  clearInterval(watching);
  if (run.failed > 0 || control.length === 0) throw new Error(`${run.failed} requests failed`);
  if (server.workerPids()[0] !== pid) throw new Error('the worker was replaced');
  const lines = readdirSync(loops)
    .filter((name) => name === `${pid}.jsonl`)
    .flatMap((name) => readFileSync(join(loops, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as LoopLine)
    .filter(({ at }) => at > from);
  return [
    {
      bench: 'scale',
      what: `${SERVICES} services, ${SERVICES * RULES} rules, ${SERVICES * TARGETS} targets: one worker`,
      'MB made one by one': filled / 1024 ** 2,
      'MB while loaded anew': most / 1024 ** 2,
      'loop stood ms (processor)': Math.max(...lines.map(({ processor }) => processor)),
      'loop stood ms (clock)': Math.max(...lines.map(({ clock }) => clock)),
    },
  ];
}
