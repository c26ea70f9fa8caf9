// `npm run bench -- vpcs`: what many attached VPCs, each with one workload, cost to make, to keep, to change, to start with and to stop.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateServiceCommand,
  CreateServiceNetworkCommand,
  CreateServiceNetworkServiceAssociationCommand,
  CreateServiceNetworkVpcAssociationCommand,
  DeleteServiceNetworkVpcAssociationCommand,
  GetServiceNetworkVpcAssociationCommand,
} from '@aws-sdk/client-vpc-lattice';
import { callApi, openApiCall } from '../../src/cli/api-client.ts';
import { namePrefix, namespacePath, workloadName } from '../../src/network/index.ts';
import { makeEstate } from './estate.ts';
import { settledBytes } from './loopback.ts';
import { startServer, type BenchServer } from './pergola.ts';
import { commandOf, treeOf } from './processes.ts';
import { quantile } from './raw-calls.ts';
import type { Row } from './table.ts';

/** Calls at a time, associations one after the other at each size, and the sizes at which they are made. */
const AT_ONCE = 16;
const ASSOCIATIONS = 20;
const SIZES = [10, 50, 200];
const PER_NETWORK = 500;
/** The port of the one service, and the address of every workload. */
const PORT = 8080;
const ADDRESS = '10.0.1.10';
const DNS = '10.0.0.2';
/** How long anything may take, in milliseconds. */
const PATIENCE = 300_000;

interface Estate {
  readonly server: BenchServer;
  readonly ec2: EC2Client;
  readonly serviceNetworkId: string;
  readonly domainName: string;
  /** VPCs that are associated, each with a workload at `ADDRESS`. */
  readonly vpcs: string[];
  /** What holds the workloads. */
  readonly leases: IncomingMessage[];
}

/** Needs what namespaces need. All VPCs have the same addresses. */
export function benchVpcs({ vpcs }: { readonly vpcs: number }): Promise<readonly Row[]> {
  return measureVpcs('vpcs', vpcs, SIZES, 0);
}

/** What `benchVpcs` measures, as rows of `bench`, beside `services` services of other networks with rules and targets. */
export async function measureVpcs(
  bench: string,
  count: number,
  sizes: readonly number[],
  services: number,
): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startServer({ attach: 'netns', workers: 2, configuration: {} }));
  const prefix = namePrefix(server.directory);
  const { serviceNetworkId, domainName } = await makeService(server);
  const ec2 = new EC2Client({
    endpoint: server.api,
    region: 'us-east-1',
    credentials: await server.client.config.credentials(),
    maxAttempts: 1,
  });
  stack.defer(() => ec2.destroy());
  const estate: Estate = { server, ec2, serviceNetworkId, domainName, vpcs: [], leases: [] };
  stack.defer(() => estate.leases.forEach((lease) => lease.destroy()));
  await addVpcs(estate, 1);
  await addServices(estate, services);
  const beside = services === 0 ? '' : ` beside ${services} services`;
  const before = await settledBytes(treeOf(server.pid));
  const rows: Row[] = [];
  let seconds = 0;
  for (const size of [...sizes.filter((one) => one < count), count]) {
    const begin = performance.now();
    const cpu = processorSeconds(server);
    await addVpcs(estate, size - estate.vpcs.length);
    seconds += (performance.now() - begin) / 1000;
    const busy = total(usedSince(cpu, server));
    rows.push({
      bench,
      what: `${size} VPCs, made at once${beside}`,
      'ready s': seconds,
      'processor s': busy,
      ...(await measureAssociations(estate)),
    });
  }
  const bytes = (await settledBytes(treeOf(server.pid))) - before;
  const what = `${count} VPCs with one workload each, two workers${beside}`;
  const started = await measureStart(stack, estate);
  for (const lease of estate.leases) lease.destroy();
  const stopping = performance.now();
  process.kill(started.server.pid, 'SIGTERM');
  const gone = await until(() => treeOf(started.server.pid).every((pid) => commandOf(pid) === ''), PATIENCE);
  rows.push({
    bench,
    what,
    'ready s': seconds,
    'MB each': bytes / (count - 1) / 1024 ** 2,
    'kill -9 to served ms': started.served,
    'to ready ms': started.ready,
    'stop s': gone ? (performance.now() - stopping) / 1000 : Number.NaN,
    'namespaces left': readdirSync('/run/netns').filter((name) => name.startsWith(prefix)).length,
  });
  return rows;
}

/** Seconds of processor that each of a server's processes, with the programs that it ran, has used; proc(5): ticks of 10 ms. */
function processorSeconds({ pid }: BenchServer): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>();
  for (const one of treeOf(pid)) {
    const stat = statOf(one);
    // It has ended, and is counted with its parent.
    if (stat === undefined) continue;
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [name = 'supervisor'] = /(control|worker|function)(?=-process)/.exec(commandOf(one)) ?? [];
    const own = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / 100;
    seconds.set(name, (seconds.get(name) ?? 0) + own);
  }
  return seconds;
}

function statOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
}

/** What was used since `before`. */
function usedSince(before: ReadonlyMap<string, number>, server: BenchServer): ReadonlyMap<string, number> {
  return new Map([...processorSeconds(server)].map(([name, seconds]) => [name, seconds - (before.get(name) ?? 0)]));
}

function total(used: ReadonlyMap<string, number>): number {
  return [...used.values()].reduce((sum, one) => sum + one, 0);
}

/** One service that answers 404 by itself, in one network. */
async function makeService({ client }: BenchServer) {
  const network = await client.send(new CreateServiceNetworkCommand({ name: 'bench' }));
  const service = await client.send(new CreateServiceCommand({ name: 'bench' }));
  await client.send(
    new CreateListenerCommand({
      serviceIdentifier: service.id,
      name: 'bench',
      protocol: 'HTTP',
      port: PORT,
      defaultAction: { fixedResponse: { statusCode: 404 } },
    }),
  );
  await client.send(
    new CreateServiceNetworkServiceAssociationCommand({
      serviceIdentifier: service.id,
      serviceNetworkIdentifier: network.id,
    }),
  );
  return { serviceNetworkId: network.id ?? '', domainName: service.dnsEntry?.domainName ?? '' };
}

/** Makes services as `scale` has them, five hundred in a network as AWS's quota is. */
async function addServices({ server: { client }, vpcs: [vpc = ''] }: Estate, services: number): Promise<void> {
  for (let first = 0; first < services; first += PER_NETWORK) {
    const network = await client.send(new CreateServiceNetworkCommand({ name: `estate-${first}` }));
    const counts = { first, services: Math.min(PER_NETWORK, services - first), rules: 8, targets: 20 };
    await makeEstate({ client, serviceNetworkId: network.id ?? '', vpc, ...counts });
  }
}

/** Makes VPCs with a subnet, a workload and an association each; resolves when all are ACTIVE. */
async function addVpcs(estate: Estate, more: number): Promise<void> {
  let next = 0;
  const maker = async (): Promise<void> => {
    while (next++ < more) {
      const id = await makeVpc(estate);
      estate.vpcs.push(id);
      await addWorkload(estate, id);
      await awaitStatus(estate, await associate(estate, id), 'ACTIVE');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, maker));
}

async function makeVpc({ ec2 }: Estate): Promise<string> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.1.0/24' }));
  return Vpc?.VpcId ?? '';
}

async function addWorkload({ server, leases }: Estate, vpc: string): Promise<void> {
  const { accessKeyId, secretAccessKey } = await server.client.config.credentials();
  const place = { api: server.api, accessKeyId, secretAccessKey, region: 'us-east-1' };
  const body = { vpc, address: ADDRESS, securityGroups: [] };
  const made = await callApi(place, { method: 'POST', path: '/-/workloads', body }, Date.now());
  const { id } = made.body as { readonly id?: string };
  if (id === undefined) throw new Error(`no workload: ${JSON.stringify(made.body)}`);
  const lease = await openApiCall(place, { method: 'GET', path: `/-/workloads/${id}/lease` }, Date.now());
  lease.resume().on('error', () => {});
  leases.push(lease);
}

async function associate({ server, serviceNetworkId }: Estate, vpc: string): Promise<string> {
  const made = await server.client.send(
    new CreateServiceNetworkVpcAssociationCommand({
      vpcIdentifier: vpc,
      serviceNetworkIdentifier: serviceNetworkId,
    }),
  );
  return made.id ?? '';
}

async function awaitStatus({ server }: Estate, id: string, status: 'ACTIVE' | 'gone'): Promise<void> {
  const command = new GetServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier: id });
  const read = async (): Promise<boolean> => {
    try {
      const found = await server.client.send(command);
      if (found.status === 'CREATE_FAILED') throw new Error(`an association failed: ${found.failureMessage}`);
      return found.status === status;
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return status === 'gone';
      throw error;
    }
  };
  const begin = performance.now();
  while (!(await read())) {
    if (performance.now() - begin > PATIENCE) throw new Error(`association ${id} is not ${status}`);
    await delay(10);
  }
}

/** From the call to ACTIVE, of an association of a VPC that was made before, and of a VPC and its association together. */
async function measureAssociations(estate: Estate): Promise<Row> {
  const { client } = estate.server;
  const vpc = await makeVpc(estate);
  const once = async (): Promise<number> => {
    const begin = performance.now();
    const id = await associate(estate, vpc);
    await awaitStatus(estate, id, 'ACTIVE');
    const time = performance.now() - begin;
    await client.send(new DeleteServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier: id }));
    await awaitStatus(estate, id, 'gone');
    return time;
  };
  // The first one waits until the VPC is attached.
  await once();
  const times: number[] = [];
  const cpu = processorSeconds(estate.server);
  for (let i = 0; i < ASSOCIATIONS; i++) times.push(await once());
  const used = usedSince(cpu, estate.server);
  const begin = performance.now();
  await awaitStatus(estate, await associate(estate, await makeVpc(estate)), 'ACTIVE');
  return {
    'one more association p50 ms': quantile(times, 0.5),
    'p99 ms': quantile(times, 0.99),
    'made and deleted: processor ms': [...used]
      .map(([name, seconds]) => `${name} ${Math.round((seconds * 1000) / ASSOCIATIONS)}`)
      .join(', '),
    'with its VPC ms': performance.now() - begin,
  };
}

/** Kills every process, starts on what is left, and asks from the last VPC until it is answered. */
async function measureStart(stack: AsyncDisposableStack, { server, domainName, vpcs }: Estate) {
  for (const pid of treeOf(server.pid)) process.kill(pid, 'SIGKILL');
  stack.defer(() => rmSync(server.root, { recursive: true, force: true }));
  const begin = performance.now();
  const namespace = namespacePath(workloadName(namePrefix(server.directory), vpcs.at(-1) ?? '', ADDRESS));
  const client = spawn(
    'nsenter',
    [
      `--net=${namespace}`,
      process.execPath,
      join(import.meta.dirname, 'first-answer.ts'),
      DNS,
      String(PORT),
      domainName,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const served = new Promise<number>((resolve, reject) => {
    client.stdout.once('data', () => resolve(performance.now() - begin));
    client.once('exit', (code) => reject(new Error(`no request was served (status ${code})`)));
  });
  const next = stack.use(await startServer({ attach: 'netns', workers: 2, configuration: {}, resume: server.root }));
  const ready = performance.now() - begin;
  return { server: next, ready, served: await served };
}

async function until(condition: () => boolean, patience: number): Promise<boolean> {
  for (const begin = performance.now(); performance.now() - begin < patience; await delay(20))
    if (condition()) return true;
  return false;
}
