// A data plane on loopback with a snapshot made by hand, for tests of the proxy alone.

import { createServer as createTcpServer, connect, type AddressInfo, type Socket } from 'node:net';
import {
  createDataPlane,
  createListeners,
  defaultProxyLimits,
  type DataPlane,
  type DataPlaneDeps,
  type HealthReport,
  type ProxyLimits,
} from '../../src/proxy/index.ts';
import { sampleSnapshot, type SampleRule } from '../../src/proxy/snapshot-sample.ts';
import type { Snapshot, TargetGroupRecord } from '../../src/snapshot/index.ts';
import { createCounterSet, type CounterSet } from '../../src/telemetry/index.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';

/** A running plane. */
export interface Plane extends AsyncDisposable {
  readonly port: number;
  readonly log: Record<string, unknown>[];
  readonly counters: CounterSet;
  readonly plane: DataPlane;
  readonly reports: HealthReport[];
  /** Obeys these rules; `groups` are target ports on 127.0.0.1, without health checks unless `change` says so; `more` changes the whole. */
  apply(
    rules: readonly SampleRule[],
    groups: Readonly<Record<string, readonly number[]>>,
    change?: Partial<TargetGroupRecord>,
    more?: (snapshot: Snapshot) => Snapshot,
  ): void;
  /** Sends every request to one group of these target ports. */
  forwardTo(
    targets: number | readonly number[],
    change?: Partial<TargetGroupRecord>,
    more?: (snapshot: Snapshot) => Snapshot,
  ): void;
}

/** Opens a plane on a free port; connections are served as if they had come to the service's address. `idle` is the service's idle timeout in seconds, `more` takes the place of the plane's usual surroundings. */
export async function openPlane(
  limits: Partial<ProxyLimits> = {},
  idle = 60,
  more: Partial<DataPlaneDeps> = {},
): Promise<Plane> {
  const counters = createCounterSet();
  const log: Record<string, unknown>[] = [];
  const reports: HealthReport[] = [];
  const plane = createDataPlane({
    worker: 0,
    limits: { ...defaultProxyLimits, ...limits },
    clock: systemClock,
    random: systemRandom,
    counters,
    log: silentLog,
    appendAccessLog: (line) => void log.push(JSON.parse(line) as Record<string, unknown>),
    appendSubscription: () => {},
    sources: () => [],
    members: () => [],
    functionSocket: '',
    reportHealth: (report) => void reports.push(report),
    targetTls: { verify: false },
    resolve: () => Promise.resolve(undefined),
    ...more,
  });
  // Bound to the address of the first component of loopback VPC 90, which is where a door looks.
  const address = '127.190.0.1';
  const port = await freePort(address);
  const listeners = createListeners(
    (socket, spec) => plane.accept(socket, spec),
    (error) => {
      throw error;
    },
  );
  await listeners.listen({ key: 'k', vpcId: 'vpc-1', port }, { host: address, port });
  let revision = 0;
  const apply: Plane['apply'] = (rules, groups, change = {}, more = (snapshot) => snapshot) => {
    const snapshot = sampleSnapshot(port, rules, groups, ++revision, idle);
    const targetGroups = new Map<string, TargetGroupRecord>();
    for (const [id, group] of snapshot.targetGroups)
      // Checks are requests: targets of tests see only what a test sends, unless it asks for more.
      targetGroups.set(id, { ...group, healthCheck: { ...group.healthCheck, enabled: false }, ...change });
    plane.apply(more({ ...snapshot, targetGroups }));
  };
  return {
    port,
    log,
    counters,
    plane,
    reports,
    apply,
    forwardTo: (targets, change, more) =>
      apply(
        [{ id: 'default', action: { kind: 'forward', targetGroups: [{ id: 'tg-1', weight: 1 }] } }],
        { 'tg-1': typeof targets === 'number' ? [targets] : targets },
        change,
        more,
      ),
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
