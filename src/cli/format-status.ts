// The state of a server as lines for people.

import { formatNamed } from './format-named.ts';

/** What `GET /-/status` answers. */
export interface ServerStatus {
  readonly revision: number;
  readonly obeyedRevision: number;
  readonly ageSeconds: number;
  readonly dataDirectory: string;
  readonly attach: string;
  /** Counts reloads, from 1. */
  readonly generation: number;
  readonly supervisorPid: number;
  readonly controlPid: number;
  readonly workers: readonly { readonly worker: number; readonly pid: number; readonly revision: number }[];
  readonly vpcs: readonly {
    readonly id: string;
    readonly name?: string;
    readonly cidrs: readonly string[];
    readonly attachment: { readonly kind: string; readonly n?: number };
    /** With `namespace` it is, or shall be, the namespace at that path, which is not ours. */
    readonly instances: readonly {
      readonly id: string;
      readonly name: string;
      readonly address: string;
      readonly namespace?: string;
    }[];
    readonly workloads: readonly { readonly id: string; readonly address: string; readonly namespace?: string }[];
    readonly services: readonly {
      readonly id: string;
      readonly serviceName: string;
      /** The name by which the VPC's clients reach it. */
      readonly name: string;
      readonly address: string;
      /** Where clients connect: on loopback without rights, ports below 1024 are found 20000 higher. */
      readonly ports: readonly number[];
    }[];
  }[];
  readonly targetGroups: readonly {
    readonly id: string;
    readonly name: string;
    readonly vpcId: string | undefined;
    readonly targets: readonly {
      readonly id: string;
      readonly port: number;
      readonly address: string | undefined;
      readonly health: string;
    }[];
  }[];
  /** Keys of the sockets that every worker listens on: `vpc-1/tcp4/*:80`. */
  readonly listening: readonly string[];
  readonly problems: readonly string[];
}

/** Lines with a final newline; one thing a line, what belongs to it indented below. */
export function formatStatus(status: ServerStatus): string {
  // Targets are instances by their ids, or by their addresses.
  const instanceNames = new Map(
    status.vpcs.map(({ id, instances }) => [
      id,
      new Map(instances.flatMap((one) => [[one.id, one.name] as const, [one.address, one.name] as const])),
    ]),
  );
  const lines = [
    `up ${formatDuration(status.ageSeconds)}, attach ${status.attach}, data in ${status.dataDirectory}`,
    `revision ${status.revision}${status.obeyedRevision < status.revision ? `, obeyed everywhere up to ${status.obeyedRevision}` : ', obeyed everywhere'}`,
    ...status.workers.map(({ worker, pid, revision }) => `worker ${worker}: pid ${pid}, revision ${revision}`),
    ...status.vpcs.flatMap((vpc) => formatVpc(vpc, status.attach)),
    ...status.targetGroups.flatMap(({ id, name, vpcId, targets }) => {
      const names = instanceNames.get(vpcId ?? '');
      return [
        `target group ${formatNamed(name, id)}`,
        ...(targets.length === 0 ? ['  no target'] : []),
        ...targets.map((target) => `  ${formatTarget(target, names?.get(target.id))} ${target.health}`),
      ];
    }),
    ...(status.problems.length === 0 ? ['no problems'] : status.problems.map((problem) => `problem: ${problem}`)),
  ];
  return `${lines.join('\n')}\n`;
}

function formatVpc(
  { id, name, cidrs, attachment, instances, workloads, services }: ServerStatus['vpcs'][number],
  attach: string,
): string[] {
  // What the ready line calls `userns` are namespaces too, as records of VPCs say.
  const kind = attachment.kind === 'netns' && attach === 'userns' ? attach : attachment.kind;
  const number = attachment.n === undefined ? '' : ` ${attachment.n}`;
  return [
    `vpc ${formatNamed(name, id)}: ${cidrs.join(', ')}, ${kind}${number}`,
    ...instances.map(
      (instance) =>
        `  instance ${formatNamed(instance.name, instance.id)} at ${instance.address}${formatNamespace(instance)}`,
    ),
    ...workloads.map((workload) => `  workload ${workload.id} at ${workload.address}${formatNamespace(workload)}`),
    ...services.map(({ serviceName, name: dns, address, ports }) => {
      const where = ports.length === 0 ? 'no listener' : `port${ports.length > 1 ? 's' : ''} ${ports.join(', ')}`;
      return `  service ${serviceName} (${dns}) at ${address}, ${where}`;
    }),
  ];
}

function formatNamespace({ namespace }: { readonly namespace?: string }): string {
  return namespace === undefined ? '' : `, joined from ${namespace}`;
}

function formatTarget({ id, port }: { readonly id: string; readonly port: number }, name: string | undefined): string {
  return `${name === undefined ? formatHost(id) : formatNamed(name, id)}:${port}`;
}

function formatHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function formatDuration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}
