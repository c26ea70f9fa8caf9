// The workloads of this machine: those that clients made and hold, and those that the configuration wants.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { createWatch, type Watch } from '../base/watch.ts';
import { namespacePath, workloadName, type WorkloadPlace } from '../network/index.ts';
import type { Snapshot, VpcRecord } from '../snapshot/index.ts';
import { chooseAddress } from './address.ts';
import { enterCommand, workloadEnvironment, writeResolverFiles, type Entrance } from './entrance.ts';
import type { WantedInstance } from './instances.ts';
import type { SavedWorkload, StateFile } from './state-file.ts';

/** What a client asks for. `vpc` is an id or a name; security groups are ids or names of the VPC. */
export interface WorkloadRequest {
  readonly vpc: string;
  readonly address?: string;
  /** The target id that stands for the workload. An instance of the configuration without a command gives it its address. */
  readonly instanceId?: string;
  readonly securityGroups?: readonly string[];
}

/** A workload and the way into it. */
export interface Workload extends SavedWorkload, Entrance {}

export type WorkloadAnswer =
  | { readonly kind: 'made'; readonly workload: Workload }
  | { readonly kind: 'refused'; readonly reason: string };

export interface WorkloadsDeps {
  readonly snapshot: Watch<Snapshot>;
  /** Brings this machine's network to what `places()` says; resolves when it is so. */
  settle(): Promise<void>;
  readonly attach: 'netns' | 'loopback';
  /** From `namePrefix()`. */
  readonly prefix: string;
  /** Absolute path; resolver files come into `workloads/` below it. */
  readonly dataDirectory: string;
  readonly state: StateFile;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** How long a workload waits for its first lease, or after a crash for its next one, in milliseconds. */
const unleasedLimit = 10_000;

interface Held {
  readonly saved: SavedWorkload;
  leases: number;
  cancel: () => void;
}

export class Workloads {
  readonly #deps: WorkloadsDeps;
  readonly #held = new Map<string, Held>();
  readonly #list = createWatch<readonly SavedWorkload[]>([]);

  constructor(deps: WorkloadsDeps) {
    this.#deps = deps;
    for (const saved of deps.state.value.workloads) this.#hold(saved);
    this.#list.set(deps.state.value.workloads);
  }

  /** The workloads that clients hold: which instance ids stand for which addresses. */
  get list(): Watch<readonly SavedWorkload[]> {
    return this.#list;
  }

  /** Makes a workload; it goes again unless it is leased within 10 s. Rejects when the machine fails. */
  async create(request: WorkloadRequest): Promise<WorkloadAnswer> {
    const { snapshot, attach, random } = this.#deps;
    const vpc = findVpc(snapshot.value, request.vpc);
    if (typeof vpc === 'string') return refuse(vpc);
    if (vpc.attachment.kind !== attach) return refuse(`VPC ${vpc.id} is not attached on this server`);
    const instance = vpc.instances.find(({ id, name }) => id === request.instanceId || name === request.instanceId);
    if (instance?.command !== undefined) return refuse(`instance ${instance.id} is run by the server itself`);
    const instanceId = instance?.id ?? request.instanceId;
    if (instanceId !== undefined && [...this.#held.values()].some(({ saved }) => saved.instanceId === instanceId))
      return refuse(`another workload stands for ${instanceId} already`);
    const groups = findGroups(vpc, request.securityGroups ?? instance?.securityGroups ?? []);
    if (typeof groups === 'string') return refuse(groups);
    const wanted = request.address ?? instance?.address;
    const choice = chooseAddress(vpc, this.#used(vpc, wanted !== undefined), wanted);
    if (choice.kind === 'refused') return choice;
    const saved: SavedWorkload = {
      id: `wl-${random.hex(8)}`,
      vpcId: vpc.id,
      address: choice.address,
      securityGroups: groups,
      ...(instanceId === undefined ? {} : { instanceId }),
    };
    this.#hold(saved);
    this.#save();
    try {
      await this.#deps.settle();
      return { kind: 'made', workload: { ...saved, ...this.#entrance(vpc, saved.address) } };
    } catch (error) {
      await this.remove(saved.id).catch(() => {});
      throw error;
    }
  }

  /** Holds a workload until the returned function is called; undefined when there is no such workload. */
  lease(id: string): (() => void) | undefined {
    const held = this.#held.get(id);
    if (held === undefined) return undefined;
    held.cancel();
    held.leases++;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      held.leases--;
      if (held.leases === 0) void this.remove(id).catch((error: unknown) => this.#tellFailure(id, error));
    };
  }

  /** Removes a workload, its namespace and the processes in it; resolves also when there is none. */
  async remove(id: string): Promise<void> {
    const held = this.#held.get(id);
    if (held === undefined) return;
    held.cancel();
    this.#held.delete(id);
    this.#save();
    rmSync(this.#folder(held.saved), { recursive: true, force: true });
    await this.#deps.settle();
  }

  /** Where workloads stand, for the network: those of clients, and instances that have a command. */
  places(snapshot: Snapshot): readonly WorkloadPlace[] {
    const places = new Map<string, WorkloadPlace>();
    for (const { saved } of this.#held.values()) places.set(`${saved.vpcId} ${saved.address}`, saved);
    for (const { vpc, address, groups } of this.#instances(snapshot).runnable) {
      const key = `${vpc.id} ${address}`;
      if (!places.has(key)) places.set(key, { vpcId: vpc.id, address, securityGroups: groups });
    }
    return [...places.values()];
  }

  /** The instances that shall run, in their entered form; writes their resolver files. */
  prepareInstances(snapshot: Snapshot): readonly WantedInstance[] {
    return this.#instances(snapshot).runnable.map(({ vpc, spec, command, address }) => {
      const entrance = this.#entrance(vpc, address);
      return {
        id: spec.id,
        argv: enterCommand(entrance, command),
        environment: { ...entrance.environment, ...spec.environment },
        ...(spec.directory === undefined ? {} : { directory: spec.directory }),
      };
    });
  }

  /** Why instances cannot run, in sentences. */
  problems(snapshot: Snapshot): readonly string[] {
    return this.#instances(snapshot).problems;
  }

  /** Stops the timers; workloads stay for the next run to adopt. */
  close(): void {
    for (const { cancel } of this.#held.values()) cancel();
  }

  /** Forgets every workload that clients hold: their namespaces go with the next `settle()`. */
  clear(): void {
    this.close();
    this.#held.clear();
    this.#save();
    rmSync(join(this.#deps.dataDirectory, 'workloads'), { recursive: true, force: true });
  }

  #hold(saved: SavedWorkload): void {
    const cancel = this.#deps.clock.after(unleasedLimit, () => {
      this.#deps.log.info('workload was not leased in time', { workload: saved.id });
      void this.remove(saved.id).catch((error: unknown) => this.#tellFailure(saved.id, error));
    });
    this.#held.set(saved.id, { saved, leases: 0, cancel });
  }

  #tellFailure(id: string, error: unknown): void {
    this.#deps.log.error('workload could not be removed', { workload: id, error });
  }

  #save(): void {
    const workloads = [...this.#held.values()].map(({ saved }) => saved);
    this.#deps.state.update({ workloads });
    this.#list.set(workloads);
  }

  /** Addresses in use; to a workload that names its address, an instance without a command is none. */
  #used(vpc: VpcRecord, byName: boolean): ReadonlySet<string> {
    return new Set([
      ...vpc.instances.filter(({ command }) => !byName || command !== undefined).map(({ address }) => address),
      ...[...this.#held.values()].filter(({ saved }) => saved.vpcId === vpc.id).map(({ saved }) => saved.address),
    ]);
  }

  #instances(snapshot: Snapshot) {
    const runnable = [];
    const problems: string[] = [];
    for (const vpc of snapshot.vpcs.values()) {
      if (vpc.attachment.kind !== this.#deps.attach) continue;
      const used = new Set<string>();
      for (const spec of vpc.instances) {
        const { command, address } = spec;
        if (command === undefined) continue;
        const choice = chooseAddress(vpc, used, address);
        const groups = findGroups(vpc, spec.securityGroups);
        if (choice.kind === 'refused') problems.push(`instance ${spec.id} does not run: ${choice.reason}`);
        else if (typeof groups === 'string') problems.push(`instance ${spec.id} does not run: ${groups}`);
        else runnable.push({ vpc, spec, command, address, groups });
        used.add(address);
      }
    }
    return { runnable, problems };
  }

  #entrance(vpc: VpcRecord, address: string): Entrance {
    const environment = workloadEnvironment(vpc, address);
    if (vpc.attachment.kind !== 'netns') return { environment };
    const files = this.#folder({ vpcId: vpc.id, address });
    writeResolverFiles(files, vpc, address);
    return { environment, files, namespace: namespacePath(workloadName(this.#deps.prefix, vpc.id, address)) };
  }

  #folder({ vpcId, address }: Pick<SavedWorkload, 'vpcId' | 'address'>): string {
    return join(this.#deps.dataDirectory, 'workloads', `${vpcId}-${address}`);
  }
}

function refuse(reason: string): WorkloadAnswer {
  return { kind: 'refused', reason };
}

/** The VPC with this id, or the only one with this name; else a sentence. */
function findVpc(snapshot: Snapshot, vpc: string): VpcRecord | string {
  const byId = snapshot.vpcs.get(vpc);
  if (byId !== undefined) return byId;
  const named = [...snapshot.vpcs.values()].filter(({ name }) => name === vpc);
  if (named.length > 1) return `several VPCs have the name ${vpc}: ${named.map(({ id }) => id).join(', ')}`;
  return named[0] ?? `there is no VPC ${vpc}`;
}

/** The ids of security groups that are given by id or name; else a sentence. */
function findGroups(vpc: VpcRecord, groups: readonly string[]): readonly string[] | string {
  const ids: string[] = [];
  for (const group of groups) {
    const found = vpc.securityGroups.find(({ id, name }) => id === group || name === group);
    if (found === undefined) return `VPC ${vpc.id} has no security group ${group}`;
    ids.push(found.id);
  }
  return ids;
}
