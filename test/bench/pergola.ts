// Pergola as the contender: a real server with one service in front of the bench's target.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateListenerCommand,
  CreateServiceCommand,
  CreateServiceNetworkCommand,
  CreateServiceNetworkServiceAssociationCommand,
  CreateServiceNetworkVpcAssociationCommand,
  CreateTargetGroupCommand,
  GetServiceNetworkVpcAssociationCommand,
  ListTargetsCommand,
  RegisterTargetsCommand,
  VPCLatticeClient,
} from '@aws-sdk/client-vpc-lattice';
import { setTimeout as delay } from 'node:timers/promises';
import { commandOf, treeOf } from './processes.ts';

const root = join(import.meta.dirname, '..', '..');

/** A running server. */
export interface BenchServer extends AsyncDisposable {
  readonly pid: number;
  readonly directory: string;
  /** The folder of configuration and data. */
  readonly root: string;
  readonly api: string;
  /** HOST:PORT of the host's name server. */
  readonly dns: string;
  readonly client: VPCLatticeClient;
  /** Processes of workers. */
  workerPids(): readonly number[];
  /** What `pergola status --json` prints. */
  status(): { readonly vpcs: readonly { readonly id: string; readonly sources: readonly string[] }[] };
}

/** Options of a server under measurement. */
export interface BenchServerOptions {
  readonly attach: 'netns' | 'loopback';
  readonly workers: number;
  readonly configuration: object;
  /** Besides that of the bench. */
  readonly env?: NodeJS.ProcessEnv;
  /** The folder of a server that ran before (its `root`), to go on with, its configuration included; it stays when this one ends. */
  readonly resume?: string;
}

/** What benches make more of than an account has. */
export const benchQuotas = {
  rulesPerListener: 100_000,
  services: 1_000_000,
  serviceAssociationsPerNetwork: 1_000_000,
  targetGroups: 1_000_000,
  targetsPerTargetGroup: 100_000,
};

/** Starts `pergola serve` on free ports with a directory of its own and resolves when it is ready. */
export async function startServer(options: BenchServerOptions): Promise<BenchServer> {
  const directory = options.resume ?? mkdtempSync(join(tmpdir(), 'pergola-bench-'));
  const file = join(directory, 'pergola.yaml');
  if (options.resume === undefined)
    writeFileSync(file, JSON.stringify({ quotas: benchQuotas, ...options.configuration }));
  const node = join(root, 'node_modules', '.bin', 'node');
  const args = [
    join(root, 'src/cli/main.ts'),
    'serve',
    '--data',
    join(directory, 'data'),
    '--api',
    '127.0.0.1:0',
    '--dns',
    '127.0.0.1:0',
  ];
  const child = spawn(
    node,
    [...args, '--config', file, '--attach', options.attach, '--workers', String(options.workers)],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } },
  );
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    errors = (errors + data.toString()).slice(-8000);
    process.stderr.write(data);
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
      if (out.includes('\n')) resolve(out);
    });
    void ended.then(() => reject(new Error(`the server ended\n${errors}`)));
  });
  const api = /api=(\S+)/.exec(line)?.[1] ?? '';
  const dns = /dns=(\S+)/.exec(line)?.[1] ?? '';
  const admin = JSON.parse(readFileSync(join(directory, 'data', 'admin.json'), 'utf8')) as {
    accessKeyId: string;
    secretAccessKey: string;
  };
  const client = new VPCLatticeClient({ endpoint: api, region: 'us-east-1', credentials: admin, maxAttempts: 1 });
  const pid = child.pid ?? 0;
  return {
    pid,
    directory: join(directory, 'data'),
    root: directory,
    api,
    dns,
    client,
    status: () =>
      JSON.parse(
        execFileSync(node, [join(root, 'src/cli/main.ts'), 'status', '--json', '--data', join(directory, 'data')], {
          encoding: 'utf8',
        }),
      ) as ReturnType<BenchServer['status']>,
    workerPids: () => treeOf(pid).filter((one) => commandOf(one).includes('worker-process')),
    async [Symbol.asyncDispose]() {
      client.destroy();
      child.kill('SIGTERM');
      await Promise.race([ended, delay(10_000)]);
      if (child.exitCode === null) child.kill('SIGKILL');
      await ended;
      if (options.resume === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** One service in a network, forwarding to one address of `targetVpc`, reachable from `clientVpc`. */
export interface BenchService {
  readonly serviceId: string;
  readonly listenerId: string;
  readonly targetGroupId: string;
  readonly serviceNetworkId: string;
  readonly domainName: string;
}

/** Makes the service by the API and resolves when its association is ACTIVE and its target HEALTHY. */
export async function makeService(
  server: BenchServer,
  clientVpc: string,
  targetVpc: string,
  target: { readonly address: string; readonly port: number },
  port: number,
): Promise<BenchService> {
  const { client } = server;
  const network = await client.send(new CreateServiceNetworkCommand({ name: 'bench' }));
  const service = await client.send(new CreateServiceCommand({ name: 'bench' }));
  const group = await client.send(
    new CreateTargetGroupCommand({
      name: 'bench',
      type: 'IP',
      config: { port: target.port, protocol: 'HTTP', vpcIdentifier: targetVpc },
    }),
  );
  await client.send(
    new RegisterTargetsCommand({
      targetGroupIdentifier: group.id,
      targets: [{ id: target.address, port: target.port }],
    }),
  );
  const listener = await client.send(
    new CreateListenerCommand({
      serviceIdentifier: service.id,
      name: 'bench',
      protocol: 'HTTP',
      port,
      defaultAction: { forward: { targetGroups: [{ targetGroupIdentifier: group.id, weight: 100 }] } },
    }),
  );
  await client.send(
    new CreateServiceNetworkServiceAssociationCommand({
      serviceIdentifier: service.id,
      serviceNetworkIdentifier: network.id,
    }),
  );
  const association = await client.send(
    new CreateServiceNetworkVpcAssociationCommand({ vpcIdentifier: clientVpc, serviceNetworkIdentifier: network.id }),
  );
  for (let status: string | undefined; status !== 'ACTIVE'; await delay(20))
    ({ status } = await client.send(
      new GetServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier: association.id }),
    ));
  for (let status: string | undefined; status !== 'HEALTHY'; await delay(20))
    status = (await client.send(new ListTargetsCommand({ targetGroupIdentifier: group.id }))).items?.[0]?.status;
  return {
    serviceId: service.id ?? '',
    listenerId: listener.id ?? '',
    targetGroupId: group.id ?? '',
    serviceNetworkId: network.id ?? '',
    domainName: service.dnsEntry?.domainName ?? '',
  };
}
