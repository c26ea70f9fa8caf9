// A data plane on loopback with a snapshot made by hand, for tests of the proxy alone.

import { createServer as createTcpServer, connect, type AddressInfo, type Socket } from 'node:net';
import {
  createDataPlane,
  createListeners,
  defaultProxyLimits,
  type DataPlane,
  type HealthReport,
  type ProxyLimits,
} from '../../src/proxy/index.ts';
import { emptySnapshot, type ActionRecord, type Snapshot, type TargetRecord } from '../../src/snapshot/index.ts';
import type { RuleMatch } from '../../src/routing/index.ts';
import { createCounterSet, type CounterSet } from '../../src/telemetry/index.ts';
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';

/** The host name of the one service. */
export const HOST = 'shop.example';

/** A rule of the service's one listener. */
export interface PlaneRule {
  readonly id: string;
  readonly match?: RuleMatch;
  readonly action: ActionRecord;
}

/** A running plane. */
export interface Plane extends AsyncDisposable {
  readonly port: number;
  readonly log: Record<string, unknown>[];
  readonly counters: CounterSet;
  readonly plane: DataPlane;
  readonly reports: HealthReport[];
  apply(rules: readonly PlaneRule[], groups: Readonly<Record<string, readonly number[]>>, revision?: number): void;
  /** Sends every request to the target port `target`. */
  forwardTo(target: number): void;
}

/** The snapshot of a loopback VPC (n = 90) with one service whose listener has `rules`; `groups` are target ports on 127.0.0.1. */
export function planeSnapshot(
  port: number,
  rules: readonly PlaneRule[],
  groups: Readonly<Record<string, readonly number[]>>,
  revision: number,
  idleTimeoutSeconds = 60,
): Snapshot {
  const vpc = {
    id: 'vpc-1',
    revision,
    account: '123456789012',
    region: 'us-east-1',
    arn: 'arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1',
    cidrs: ['10.0.0.0/16'],
    attachment: { kind: 'loopback' as const, n: 90 },
    subnets: [],
    securityGroups: [],
    instances: [],
  };
  const targetGroups = Object.entries(groups).map(([id, ports]) => ({
    id,
    revision,
    arn: `arn:aws:vpc-lattice:us-east-1:123456789012:targetgroup/${id}`,
    type: 'IP' as const,
    vpcId: 'vpc-1',
    protocol: 'HTTP' as const,
    protocolVersion: 'HTTP1' as const,
    healthCheck: {
      enabled: true,
      protocol: 'HTTP' as const,
      protocolVersion: 'HTTP1' as const,
      path: '/',
      intervalSeconds: 5,
      timeoutSeconds: 1,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      matcher: '200',
    },
    upstreamTls: { verify: false },
    retry: { staleConnection: true },
    targets: ports.map((target): TargetRecord => ({
      id: '127.0.0.1',
      port: target,
      address: '127.0.0.1',
      draining: false,
    })),
  }));
  const service = {
    id: 'svc-1',
    revision,
    arn: 'arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-1',
    name: 'shop',
    account: '123456789012',
    domainNames: [HOST],
    idleTimeoutSeconds,
    listeners: [
      {
        id: 'listener-1',
        arn: 'arn:listener',
        protocol: 'HTTP' as const,
        port,
        rules: rules.map((rule) => ({ id: rule.id, match: rule.match ?? {}, filters: [], action: rule.action })),
      },
    ],
  };
  return {
    ...emptySnapshot,
    revision,
    vpcs: new Map([[vpc.id, vpc]]),
    networks: new Map([
      [
        'sn-1',
        {
          id: 'sn-1',
          revision,
          arn: 'arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-1',
          components: [{ kind: 'service', id: 'svc-1', associationId: 'snsa-1', index: 1 }],
        },
      ],
    ]),
    doors: new Map([
      ['snva-1', { id: 'snva-1', revision, vpcId: 'vpc-1', serviceNetworkId: 'sn-1', securityGroups: [] }],
    ]),
    services: new Map([[service.id, service]]),
    targetGroups: new Map(targetGroups.map((group) => [group.id, group])),
  };
}

/** Opens a plane on a free port; connections are served as if they had come to the service's address. `idle` is the service's idle timeout in seconds. */
export async function openPlane(limits: Partial<ProxyLimits> = {}, idle = 60): Promise<Plane> {
  const counters = createCounterSet();
  const log: Record<string, unknown>[] = [];
  const reports: HealthReport[] = [];
  const plane = createDataPlane({
    worker: 0,
    limits: { ...defaultProxyLimits, ...limits },
    clock: systemClock,
    random: systemRandom,
    counters,
    appendAccessLog: (line) => void log.push(JSON.parse(line) as Record<string, unknown>),
    sources: () => [],
    reportHealth: (report) => void reports.push(report),
  });
  // Bound to the address of the first component of loopback VPC 90, which is where a door looks.
  const address = '127.190.0.1';
  const port = await freePort(address);
  const listeners = createListeners((socket, spec) => plane.accept(socket, spec));
  await listeners.listen({ key: 'k', vpcId: 'vpc-1', port }, { host: address, port });
  let revision = 0;
  const apply: Plane['apply'] = (rules, groups, at) => {
    revision = at ?? revision + 1;
    plane.apply(planeSnapshot(port, rules, groups, revision, idle));
  };
  return {
    port,
    log,
    counters,
    plane,
    reports,
    apply,
    forwardTo: (target) =>
      apply([{ id: 'default', action: { kind: 'forward', targetGroups: [{ id: 'tg-1', weight: 1 }] } }], {
        'tg-1': [target],
      }),
    [Symbol.asyncDispose]() {
      listeners.close();
      plane.close();
      return Promise.resolve();
    },
  };
}

async function freePort(address: string): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Connects to the plane's listener. */
export function connectPlane(plane: Plane): Socket {
  return connect(plane.port, '127.190.0.1');
}

/** Sends `bytes` (latin1) and resolves with everything that comes back until the connection ends or is quiet for `quiet` ms. */
export function talk(plane: Plane, bytes: string | readonly string[], quiet = 150): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectPlane(plane);
    let got = '';
    let timer = setTimeout(() => socket.destroy(), quiet + 500);
    socket.on('data', (data) => {
      got += data.toString('latin1');
      clearTimeout(timer);
      timer = setTimeout(() => socket.destroy(), quiet);
    });
    socket.on('error', (error) => (got === '' ? reject(error) : undefined));
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(got);
    });
    const parts = typeof bytes === 'string' ? [bytes] : [...bytes];
    const next = (): void => {
      const part = parts.shift();
      if (part === undefined || socket.destroyed) return;
      socket.write(part, 'latin1');
      setTimeout(next, 2);
    };
    next();
  });
}
