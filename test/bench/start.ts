// `npm run bench -- start`: from starting a server that knows 1,000 services with 10,000 rules to its first served request.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateListenerCommand,
  CreateRuleCommand,
  CreateServiceCommand,
  CreateServiceNetworkCommand,
  CreateServiceNetworkServiceAssociationCommand,
  CreateServiceNetworkVpcAssociationCommand,
  VPCLatticeClient,
} from '@aws-sdk/client-vpc-lattice';
import { askFixedResponse } from './ask.ts';
import { configuredVpcId } from './loopback.ts';
import { benchQuotas } from './pergola.ts';
import { median } from './processes.ts';
import type { Row } from './table.ts';

const SERVICES = 1000;
const RULES = 10;
const root = join(import.meta.dirname, '..', '..');

/** Makes the records once, then starts the server on them `rounds` times. */
export async function benchStart({ rounds }: { readonly rounds: number }): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'pergola-start-'));
  try {
    const n = [95, 96];
    const vpcs = n.map((one, i) => ({
      name: `vpc-${i}`,
      cidrs: ['10.0.0.0/16'],
      attachment: { kind: 'loopback', n: one },
      subnets: [{ cidr: '10.0.1.0/24', zone: 'us-east-1a' }],
    }));
    writeFileSync(join(directory, 'pergola.yaml'), JSON.stringify({ vpcs, quotas: benchQuotas }));
    const filling = await startOn(directory);
    const names = await fill(directory, filling.api);
    await filling.stop();
    const times: number[] = [];
    const readies: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const start = performance.now();
      const running = startOn(directory);
      const host = names.at(-1) ?? '';
      let status = 0;
      while (status !== 404) {
        status = await askFixedResponse(`127.${100 + (n[1] ?? 0)}.0.1`, 8080, '/', host);
        if (status === 0) await delay(5);
        if (performance.now() - start > 60_000) throw new Error('no request was served in a minute');
      }
      times.push(performance.now() - start);
      const { stop, readyAt } = await running;
      readies.push(readyAt - start);
      await stop();
    }
    return [
      {
        bench: 'start',
        what: `${SERVICES} services, ${SERVICES * RULES} rules, two VPCs: first request served`,
        'median ms': median(times),
        'worst ms': Math.max(...times),
      },
      { bench: 'start', what: 'the ready line', 'median ms': median(readies), 'worst ms': Math.max(...readies) },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function startOn(
  directory: string,
): Promise<{ readonly api: string; readonly readyAt: number; readonly stop: () => Promise<void> }> {
  const args = [
    'serve',
    '--data',
    join(directory, 'data'),
    '--config',
    join(directory, 'pergola.yaml'),
    '--api',
    '127.0.0.1:0',
    '--dns',
    '127.0.0.1:0',
    '--attach',
    'loopback',
  ];
  const child = spawn(join(root, 'node_modules', '.bin', 'node'), [join(root, 'src/cli/main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString()));
    void ended.then(() => reject(new Error('the server ended')));
  });
  return {
    api: /api=(\S+)/.exec(line)?.[1] ?? '',
    readyAt: performance.now(),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Makes the services and rules; resolves with the services' names. The last one's component is the one that is asked for. */
async function fill(directory: string, api: string): Promise<readonly string[]> {
  const credentials = JSON.parse(readFileSync(join(directory, 'data', 'admin.json'), 'utf8')) as {
    accessKeyId: string;
    secretAccessKey: string;
  };
  const client = new VPCLatticeClient({ endpoint: api, region: 'us-east-1', credentials });
  const network = await client.send(new CreateServiceNetworkCommand({ name: 'bench' }));
  for (const i of [0, 1])
    await client.send(
      new CreateServiceNetworkVpcAssociationCommand({
        vpcIdentifier: configuredVpcId(`vpc-${i}`),
        serviceNetworkIdentifier: network.id,
      }),
    );
  const names: string[] = [];
  let next = 0;
  const action = { fixedResponse: { statusCode: 404 } };
  const worker = async (): Promise<void> => {
    for (let i = next++; i < SERVICES; i = next++) {
      const service = await client.send(new CreateServiceCommand({ name: `service-${i}` }));
      const listener = await client.send(
        new CreateListenerCommand({
          serviceIdentifier: service.id,
          name: 'http',
          protocol: 'HTTP',
          port: 8080,
          defaultAction: action,
        }),
      );
      const where = { serviceIdentifier: service.id, listenerIdentifier: listener.id };
      for (let j = 1; j < RULES; j++)
        await client.send(
          new CreateRuleCommand({
            ...where,
            name: `rule${j}`,
            priority: j,
            match: { httpMatch: { pathMatch: { match: { prefix: `/${j}` } } } },
            action,
          }),
        );
      await client.send(
        new CreateServiceNetworkServiceAssociationCommand({
          serviceIdentifier: service.id,
          serviceNetworkIdentifier: network.id,
        }),
      );
      names.push(service.dnsEntry?.domainName ?? '');
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  client.destroy();
  return names;
}
