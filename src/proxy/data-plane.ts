// The data plane of one worker: obeys snapshots, takes connections, keeps targets' health, counts and logs.

import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { GroupMember, Snapshot } from '../snapshot/index.ts';
import { createAccessFormat, type CounterSet } from '../telemetry/index.ts';
import type { OpenConnection, ProxyContext } from './context.ts';
import { createInvokeClient } from './function/invoke-client.ts';
import { createHealthChecker, type HealthReport } from './health/checker.ts';
import { ClientConnection } from './http1/client-connection.ts';
import type { ProxyLimits } from './limits.ts';
import { createMetrics } from './metrics.ts';
import { isAdmitted } from './listener/door-guard.ts';
import type { ListenSpec } from './listener/listeners.ts';
import { ReadBuffers } from './read-buffers.ts';
import { createTargetGroups, type TargetTls } from './upstream/groups.ts';
import type { ResolveName } from './upstream/names.ts';
import { targetKey, type GroupState } from './upstream/target-state.ts';
import { createWorldCompiler, emptyWorld } from './world.ts';
import { createZoneFinder } from './zones.ts';

/** A worker's data plane. */
export interface DataPlane {
  /** Obeys `snapshot` from the next request on. */
  apply(snapshot: Snapshot): void;
  /** Serves a client's connection. */
  accept(socket: Socket, spec: ListenSpec): void;
  /** Takes what another worker saw of a target. */
  takeHealth(report: HealthReport): void;
  /** What this worker knows of every target's health, for the others and for control. */
  health(): readonly HealthReport[];
  /** The workers of this node that are up. */
  setLiveWorkers(live: readonly number[]): void;
  /** Ends idle connections now and the others after their running exchange; resolves when none is left. */
  drain(): Promise<void>;
  /** Another worker is in this one's place: checks no health, lets each connection ask once more; resolves when none is left. */
  retire(): Promise<void>;
  close(): void;
}

export interface DataPlaneDeps {
  readonly worker: number;
  readonly limits: ProxyLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly counters: CounterSet;
  readonly log: Log;
  /** Takes one finished access-log line. */
  appendAccessLog(line: string): void;
  /** Takes the same line for a subscription. */
  appendSubscription(id: string, line: string): void;
  /** Of a VPC on loopback, the workloads that have security groups. */
  members(vpcId: string): readonly GroupMember[];
  /** Addresses to dial from into a VPC, in this worker's order. */
  sources(vpcId: string): readonly string[];
  reportHealth(report: HealthReport): void;
  readonly targetTls: TargetTls;
  /** Asks for the addresses of a target that has a name. */
  readonly resolve: ResolveName;
  /** The Unix socket with the Invoke API of functions. */
  readonly functionSocket: string;
  /** Told of every connection, so that workers can even out what they carry; absent where no other one takes from the same sockets. */
  readonly share?: { opened(): void; closed(): void; leave(): void };
}

/** Milliseconds between looks at slow and idle connections. */
const SWEEP = 1000;

/** Makes a data plane that serves nothing until its first snapshot. */
export function createDataPlane(deps: DataPlaneDeps): DataPlane {
  const { counters, clock, limits } = deps;
  const connections = new Set<OpenConnection>();
  /** Client connections by door. */
  const perDoor = new Map<string, number>();
  const compiler = createWorldCompiler(deps.worker);
  let world = emptyWorld;
  let onEmpty: (() => void) | undefined;
  const format = createAccessFormat();

  const checker = createHealthChecker({
    worker: deps.worker,
    clock,
    speed: limits.healthCheckSpeed,
    report: (report) => deps.reportHealth(report),
  });
  const metrics = createMetrics(counters);
  const zoneOf = createZoneFinder();
  const groups = createTargetGroups({
    metrics,
    zoneOf,
    tls: deps.targetTls,
    resolve: (vpcId, name) => deps.resolve(vpcId, name),
    limits,
    clock,
    sources: (vpcId) => deps.sources(vpcId),
    changed: (group) => checker.changed(group),
    gone: (groupId) => checker.gone(groupId),
    counters: {
      nameFailures: counters.counter('pergola_target_name_failures_total'),
      sourcePortsExhausted: counters.counter('pergola_upstream_source_address_in_use_total'),
    },
  });
  const bugs = counters.counter('pergola_internal_errors_total');
  const accepted = counters.counter('pergola_client_connections_total');
  const open = counters.counter('pergola_client_connections');
  const refused = counters.counter('pergola_client_connections_refused_total');
  const kept = counters.counter('pergola_security_group_refusals_total');
  const received = counters.counter('pergola_received_bytes_total');
  const sent = counters.counter('pergola_sent_bytes_total');

  const functions = createInvokeClient(deps.functionSocket, clock);

  const context: ProxyContext = {
    world: () => world,
    functions,
    groups: { find: (id: string): GroupState | undefined => groups.find(id) },
    limits,
    clock,
    random: deps.random,
    log(record, subscriptions) {
      const line = format(record);
      deps.appendAccessLog(line);
      for (const id of subscriptions) deps.appendSubscription(id, line);
    },
    metrics,
    zoneOf,
    buffers: new ReadBuffers(),
    countBytes(bytesIn, bytesOut) {
      received.value += bytesIn;
      sent.value += bytesOut;
    },
    reportBug(error) {
      bugs.value++;
      deps.log.error('a request ended by what was not expected', { error });
    },
    forget(connection) {
      connections.delete(connection);
      open.value--;
      const left = (perDoor.get(connection.doorKey) ?? 1) - 1;
      if (left === 0) perDoor.delete(connection.doorKey);
      else perDoor.set(connection.doorKey, left);
      deps.share?.closed();
      if (connections.size === 0) onEmpty?.();
    },
  };

  const empty = (): Promise<void> => {
    if (connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      onEmpty = resolve;
    });
  };

  let cancelSweep = (): void => {};
  const sweep = (): void => {
    const now = clock.monotonic();
    for (const connection of connections)
      try {
        connection.sweep(now);
      } catch (error) {
        connection.onBug(error);
      }
    cancelSweep = clock.after(SWEEP, sweep);
  };
  sweep();

  return {
    apply(snapshot) {
      groups.update(snapshot);
      world = compiler.compile(snapshot);
    },
    accept(socket, spec) {
      accepted.value++;
      const localAddress = socket.localAddress ?? '';
      const { vpcId, port } = spec;
      const door = world.vpcs.get(vpcId)?.doorsByAddress.get(localAddress);
      const comer = { remoteAddress: socket.remoteAddress ?? '', port, members: deps.members(vpcId) };
      if (door !== undefined && !isAdmitted(door, comer)) {
        kept.value++;
        socket.resetAndDestroy();
        return;
      }
      const doorKey = door?.id ?? vpcId;
      const before = perDoor.get(doorKey) ?? 0;
      const most = limits.maxConnectionsPerDoor;
      if (before >= most) refused.value++;
      if (before >= 2 * most) {
        socket.resetAndDestroy();
        return;
      }
      perDoor.set(doorKey, before + 1);
      open.value++;
      const connection = new ClientConnection(socket, { vpcId, localAddress, port }, doorKey, context);
      connections.add(connection);
      if (before >= most) connection.turnAway();
    },
    takeHealth: (report) => groups.setHealth(report.groupId, report.target, report),
    health: () =>
      [...groups.all()].flatMap((group) =>
        group.targets.map(({ record, health, reason }) => ({
          groupId: group.record.id,
          target: targetKey(record),
          health,
          ...(reason === undefined ? {} : { reason }),
        })),
      ),
    setLiveWorkers(workers) {
      checker.setLive(workers, groups.all());
    },
    retire() {
      deps.share?.leave();
      checker.setLive([], groups.all());
      for (const connection of connections) connection.closeNext();
      return empty();
    },
    drain() {
      deps.share?.leave();
      for (const connection of connections) connection.closeSoon();
      return empty();
    },
    close() {
      cancelSweep();
      checker.close();
      groups.close();
      functions.close();
      for (const connection of connections) connection.socket.destroy();
    },
  };
}
