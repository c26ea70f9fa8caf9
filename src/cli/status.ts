// What `pergola status` shows of a running server, as plain data.

import type { HealthBoard } from '../control/index.ts';
import type { FeedPeer } from '../feed/index.ts';
import { doorAddresses, nameThrough, type Snapshot, type VpcRecord } from '../snapshot/index.ts';
import type { Agent } from './agent.ts';
import type { ServerStatus } from './format-status.ts';
import type { ToControl, WorkerInfo } from './messages.ts';
import { createNamer } from './say-names.ts';
import { describeAttachment, type ServerSettings } from './settings.ts';

export interface StatusSource {
  readonly settings: ServerSettings;
  readonly start: Extract<ToControl, { type: 'start' }>;
  readonly snapshot: Snapshot;
  readonly obeyed: number;
  readonly agent: Agent;
  readonly live: readonly WorkerInfo[];
  readonly peers: ReadonlySet<FeedPeer>;
  readonly health: HealthBoard;
  /** Access-log records that could not be written. */
  readonly droppedRecords: number;
  /** Audit events of reads and refusals that could not be kept. */
  readonly lostEvents: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Attachments, addresses, listeners, targets, workers, revision and problems of the server. */
export function describeServer(source: StatusSource) {
  const { settings, start, snapshot, obeyed, agent, live, peers, health, droppedRecords, lostEvents, now } = source;
  const sayNames = createNamer(snapshot);
  return {
    revision: snapshot.revision,
    obeyedRevision: obeyed,
    ageSeconds: Math.round((now - start.startedAt) / 1000),
    dataDirectory: settings.dataDirectory,
    attach: describeAttachment(settings),
    generation: start.generation,
    supervisorPid: process.ppid,
    controlPid: process.pid,
    workers: live.map(({ worker, pid }) => ({
      worker,
      pid,
      revision: [...peers].find((peer) => peer.worker === worker)?.acknowledged ?? -1,
    })),
    vpcs: [...snapshot.vpcs.values()].map((vpc) => describeVpc(vpc, snapshot, agent, settings)),
    targetGroups: [...snapshot.targetGroups.values()].map((group) => ({
      id: group.id,
      name: group.name,
      vpcId: group.vpcId,
      targets: group.targets.map(({ id, port, address, draining }) => ({
        id,
        port,
        address,
        health: draining
          ? 'draining'
          : group.healthCheck.enabled
            ? (health.find(group.id, `${id}|${port}`)?.health ?? 'initial')
            : 'unavailable',
      })),
    })),
    listening: [...agent.listening.value].sort(),
    problems: [
      ...[...agent.problems.value, ...agent.instanceProblems()].map(sayNames),
      ...targetProblems(source),
      ...listenerProblems(snapshot),
      ...(droppedRecords === 0
        ? []
        : [`${droppedRecords} records of access logs were dropped: the disk does not take them`]),
      ...(lostEvents === 0 ? [] : [`${lostEvents} audit events of reads or refused calls were lost: see the log`]),
    ],
  } satisfies ServerStatus;
}

function describeVpc(vpc: VpcRecord, snapshot: Snapshot, agent: Agent, settings: ServerSettings) {
  const doors = [...snapshot.doors.values()].filter((door) => door.vpcId === vpc.id);
  return {
    id: vpc.id,
    ...(vpc.name === undefined ? {} : { name: vpc.name }),
    cidrs: vpc.cidrs,
    attachment: vpc.attachment,
    sources: agent.attachments.value.get(vpc.id)?.sources ?? [],
    instances: vpc.instances.map(({ id, name, address, namespace }) => ({
      ...{ id, name, address },
      ...(namespace === undefined ? {} : { namespace }),
    })),
    workloads: agent.workloads.list.value
      .filter((one) => one.vpcId === vpc.id)
      .map(({ id, address, joined }) => ({ id, address, ...(joined === undefined ? {} : { namespace: joined.path }) })),
    services: doors.flatMap((door) =>
      (snapshot.networks.get(door.serviceNetworkId)?.components ?? []).flatMap((component) => {
        const service = snapshot.services.get(component.id);
        if (service === undefined) return [];
        return doorAddresses(vpc, door, component.index).v4.map((address) => ({
          id: service.id,
          serviceName: service.name,
          name: nameThrough(door, component, vpc) ?? service.domainNames[0] ?? service.name,
          address,
          ports: service.listeners.map(({ port }) => openPort(port, vpc, settings)),
        }));
      }),
    ),
  };
}

/** The port that clients use: without the right to ports below 1024, loopback opens them at port + 20000. */
function openPort(port: number, vpc: VpcRecord, settings: ServerSettings): number {
  return vpc.attachment.kind === 'loopback' && port < 1024 && !settings.lowPorts ? port + 20000 : port;
}

/** Target groups that requests are sent to and that have nobody to take them. */
function targetProblems({ snapshot, health }: Pick<StatusSource, 'snapshot' | 'health'>): readonly string[] {
  return [...snapshot.targetGroups.values()].flatMap(({ id, name, healthCheck, targets }) => {
    const serving = targets.filter(({ draining }) => !draining);
    if (!healthCheck.enabled || serving.length === 0) return [];
    const down = serving.filter((one) => health.find(id, `${one.id}|${one.port}`)?.health === 'unhealthy');
    return down.length < serving.length
      ? []
      : [`target group ${name} (${id}): none of its ${serving.length} targets is healthy`];
  });
}

/** Listeners whose protocol is not carried yet. */
function listenerProblems({ services }: Snapshot): readonly string[] {
  return [...services.values()].flatMap(({ id, name, listeners }) =>
    listeners.flatMap(({ protocol, port }) =>
      protocol === 'HTTP'
        ? []
        : [`service ${name} (${id}): its listener at port ${port} is ${protocol}, which is not served yet`],
    ),
  );
}
