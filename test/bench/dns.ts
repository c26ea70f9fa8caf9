// `npm run bench -- dns`: CPU per query of a worker's name server beside Debian's unbound with the same names, alternating rounds of dnsperf.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { pickPorts } from '../free-ports.ts';
import { startServer } from './pergola.ts';
import { cpuOf, median, start, treeOf } from './processes.ts';
import type { Row } from './table.ts';

const ZONE = 'bench.test';
/** Names of the zone; another tenth is asked for that is not there. */
const NAMES = 1000;

const nameOf = (i: number): string => `name-${i}.${ZONE}`;
const addressOf = (i: number): string => `192.0.${i >> 8}.${i & 255}`;

interface Contender {
  readonly name: string;
  /** HOST:PORT of the name server. */
  readonly place: string;
  readonly pids: () => readonly number[];
}

interface Run {
  readonly perSecond: number;
  readonly cpu: number;
  readonly user: number;
}

/** Both contenders, with and without EDNS as resolvers and stub clients ask. */
export async function benchDns(options: {
  readonly rounds: number;
  readonly seconds: number;
}): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'pergola-dns-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const queries = join(directory, 'queries');
  const asked = Array.from({ length: NAMES * 1.1 }, (_, i) => `${nameOf((i * 7919) % (NAMES * 1.1))} A\n`);
  writeFileSync(queries, asked.join(''));
  const pergola = await startPergola(stack);
  const unbound = await startUnbound(stack, directory);
  const runs = new Map([pergola, unbound].map(({ name }) => [name, [] as Run[]]));
  const ratios: number[] = [];
  for (const contender of [pergola, unbound]) await load(contender, queries, 2);
  for (let round = 0; round < options.rounds; round++) {
    const [own, peer] = [await load(pergola, queries, options.seconds), await load(unbound, queries, options.seconds)];
    runs.get(pergola.name)?.push(own);
    runs.get(unbound.name)?.push(peer);
    ratios.push(own.cpu / peer.cpu);
  }
  return [...runs].map(([name, all]) => ({
    bench: 'dns',
    what: `${name}, ${NAMES} names of a zone over UDP`,
    'cpu µs/query': median(all.map(({ cpu }) => cpu)),
    'user µs/query': median(all.map(({ user }) => user)),
    'queries/s': median(all.map(({ perSecond }) => perSecond)),
    '× unbound': name === 'unbound' ? 1 : median(ratios),
  }));
}

async function startPergola(stack: AsyncDisposableStack): Promise<Contender> {
  const server = stack.use(await startServer({ attach: 'loopback', workers: 1, configuration: {} }));
  const { region, credentials } = server.client.config;
  const client = new Route53Client({ endpoint: server.api, region, credentials, maxAttempts: 1 });
  stack.defer(() => client.destroy());
  const made = await client.send(new CreateHostedZoneCommand({ Name: ZONE, CallerReference: 'bench' }));
  const Changes = Array.from({ length: NAMES }, (_, i) => ({
    Action: 'CREATE' as const,
    ResourceRecordSet: {
      Name: nameOf(i),
      Type: 'A' as const,
      TTL: 300,
      ResourceRecords: [{ Value: addressOf(i) }],
    },
  }));
  await client.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId: made.HostedZone?.Id, ChangeBatch: { Changes } }),
  );
  return { name: 'pergola', place: server.dns, pids: () => server.workerPids() };
}

async function startUnbound(stack: AsyncDisposableStack, directory: string): Promise<Contender> {
  const port = pickPorts(15_300, 1);
  const values: Readonly<Record<string, string>> = {
    LISTEN_HOST: '127.0.0.1',
    LISTEN_PORT: String(port),
    DIR: directory,
    RECORDS: Array.from({ length: NAMES }, (_, i) => `  local-data: "${nameOf(i)}. 300 IN A ${addressOf(i)}"`).join(
      '\n',
    ),
  };
  const file = join(directory, 'unbound.conf');
  const text = readFileSync(join(import.meta.dirname, 'peers', 'unbound.conf'), 'utf8');
  writeFileSync(
    file,
    text.replace(/@([A-Z_]+)@/g, (_all, name: string) => values[name] ?? ''),
  );
  const started = stack.use(start(['unbound', '-d', '-c', file]));
  const contender = { name: 'unbound', place: `127.0.0.1:${port}`, pids: () => treeOf(started.pid) };
  for (let attempt = 0; ; attempt++) {
    const { stdout } = await run('dig', ['+short', '+tries=1', '+time=1', '-p', String(port), '@127.0.0.1', nameOf(1)]);
    if (stdout.trim() === addressOf(1)) return contender;
    if (attempt === 50) throw new Error(`unbound does not answer\n${started.errors()}\n${stdout}`);
    await delay(100);
  }
}

/** Asks `contender` for `seconds`, a hundred queries out at once. */
async function load({ place, pids }: Contender, queries: string, seconds: number): Promise<Run> {
  const [host = '', port = ''] = place.split(':');
  const before = pids().map((pid) => [pid, cpuOf(pid)] as const);
  const args = ['-s', host, '-p', port, '-d', queries, '-l', String(seconds), '-c', '10', '-q', '100', '-e'];
  const { stdout } = await run('dnsperf', args);
  const spent = before.map(([pid, { user, system }]) => {
    const now = cpuOf(pid);
    return { user: now.user - user, system: now.system - system };
  });
  const completed = Number(/Queries completed:\s+(\d+)/.exec(stdout)?.[1]);
  const lost = Number(/Queries lost:\s+(\d+)/.exec(stdout)?.[1]);
  const codes = /Response codes:\s+(.*)/.exec(stdout)?.[1] ?? '';
  if (!(completed > 1000) || lost > completed / 1000 || !/^NOERROR .* NXDOMAIN [^,]*$/.test(codes))
    throw new Error(`dnsperf at ${place} did not get what it should:\n${stdout}`);
  const user = spent.reduce((sum, one) => sum + one.user, 0);
  const system = spent.reduce((sum, one) => sum + one.system, 0);
  return {
    perSecond: Number(/Queries per second:\s+([\d.]+)/.exec(stdout)?.[1]),
    cpu: ((user + system) * 1000) / completed,
    user: (user * 1000) / completed,
  };
}

function run(file: string, args: readonly string[]): Promise<{ readonly stdout: string }> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { encoding: 'utf8', maxBuffer: 1 << 24 }, (error, stdout) => {
      if (error !== null && 'code' in error && error.code === 'ENOENT')
        reject(new Error(`${file} is needed: apt-get install unbound dnsperf bind9-dnsutils`));
      else resolve({ stdout });
    });
  });
}
