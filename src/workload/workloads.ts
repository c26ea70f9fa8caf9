// The workloads of this machine: those that clients made and hold, and those that the configuration wants.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { WorkloadIdentity } from '../base/workload-identity.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { createWatch, waitFor, type Watch } from '../base/watch.ts';
import { joinedLink, linkLocalDns, namespacePath, workloadName, type WorkloadPlace } from '../network/index.ts';
import type { Snapshot, VpcRecord } from '../snapshot/index.ts';
import { chooseAddress } from './address.ts';
import { enterCommand, workloadEnvironment, writeResolverFiles, type Entrance } from './entrance.ts';
import type { ExistingNamespaces } from './existing-namespace.ts';
import type { WantedInstance } from './instances.ts';
import { noCredentials } from './credential-variables.ts';
import { describeWorkload, findWorkload, isPlaced } from './identity.ts';
import { inOneVpc, placeInstances } from './place-instances.ts';
import { findGroups, findStoodFor, whyNoStandIn } from './wish.ts';
import type { SavedWorkload, StateFile } from './state-file.ts';
import type { Roles, Workload, WorkloadFailure, WorkloadRequest } from './workload.ts';

export interface WorkloadsDeps {
  readonly snapshot: Watch<Snapshot>;
  /** Brings this machine's network to what `places()` says; resolves when it is so. */
  settle(): Promise<void>;
  /** Why nothing was made at this place, or did not join there, in the last settling, in a sentence. */
  whyAbsent(vpcId: string, address: string): string | undefined;
  readonly namespaces: ExistingNamespaces;
  readonly attach: 'netns' | 'loopback';
  /** From `namePrefix()`. */
  readonly prefix: string;
  /** Absolute path; resolver files come into `workloads/` below it. */
  readonly dataDirectory: string;
  readonly state: StateFile;
  readonly roles: Roles;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** How long a workload waits for its first lease, or after a crash for its next one, in milliseconds. */
const unleasedLimit = 10_000;

/** How long the snapshot may take to have a VPC that the API knows, in milliseconds. */
const vpcPatience = 5000;

interface Held {
  readonly saved: SavedWorkload;
  readonly gone: PromiseWithResolvers<void>;
  leases: number;
  cancel: () => void;
}

export class Workloads {
  readonly #deps: WorkloadsDeps;
  readonly #held = new Map<string, Held>();
  #closed = false;
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
  async create(request: WorkloadRequest): Promise<Workload | WorkloadFailure> {
    const vpc = await this.#awaitVpc(request.vpcId);
    if (vpc === undefined) return fail('unavailable', `this server does not know VPC ${request.vpcId} yet`);
    const saved = this.#choose(vpc, request);
    if ('failure' in saved) return saved;
    const identity = describeWorkload(vpc, { ...saved, id: saved.instanceId ?? saved.id });
    const obstacle = this.#deps.roles.problem(identity);
    if (obstacle !== undefined) return fail('invalid', obstacle);
    this.#hold(saved);
    this.#save();
    try {
      await this.#deps.settle();
      const { joined, vpcId, address } = saved;
      const made = { ...saved, ...(identity.profile === undefined ? {} : { instanceProfile: identity.profile.arn }) };
      const absent = this.#deps.whyAbsent(vpcId, address);
      if (absent !== undefined) {
        await this.remove(saved.id);
        return fail('unavailable', absent);
      }
      if (joined === undefined) return { ...made, ...this.#entrance(vpc, identity) };
      return { ...made, environment: {}, interface: joinedLink, resolver: linkLocalDns };
    } catch (error) {
      await this.remove(saved.id).catch(() => {});
      throw error;
    }
  }

  /**
   * Holds the workload until `closed` aborts, then removes it unless another lease holds it. Resolves when the workload
   * is gone, whoever removed it. Undefined when there is no such workload.
   */
  lease(id: string, closed: AbortSignal): Promise<void> | undefined {
    const held = this.#held.get(id);
    if (held === undefined) return undefined;
    held.cancel();
    held.leases++;
    const release = (): void => {
      held.leases--;
      // A lease that ends with this object is taken again from the next one.
      if (held.leases > 0 || this.#closed) return;
      this.remove(id).catch((error: unknown) => this.#tellFailure(id, error));
    };
    if (closed.aborted) release();
    else closed.addEventListener('abort', release, { once: true });
    return held.gone.promise;
  }

  /** Removes a workload, its namespace and the processes in it; resolves also when there is none. */
  async remove(id: string): Promise<void> {
    const held = this.#held.get(id);
    if (held === undefined) return;
    held.cancel();
    this.#held.delete(id);
    this.#save();
    rmSync(this.#folder(held.saved), { recursive: true, force: true });
    try {
      await this.#deps.settle();
    } finally {
      // The agent goes on trying; nobody has to hold the lease for that.
      held.gone.resolve();
    }
  }

  /** Where workloads stand, for the network: those of clients, and instances that the server places. */
  places(snapshot: Snapshot): readonly WorkloadPlace[] {
    const places = new Map<string, WorkloadPlace>();
    for (const { saved } of this.#held.values()) places.set(`${saved.vpcId} ${saved.address}`, saved);
    for (const { vpc, spec, groups, joined } of this.#instances(snapshot).placed) {
      const { address } = spec;
      const key = `${vpc.id} ${address}`;
      const place = { vpcId: vpc.id, address, securityGroups: groups, ...(joined === undefined ? {} : { joined }) };
      if (!places.has(key)) places.set(key, place);
    }
    return [...places.values()];
  }

  /** Whether there are members whose namespaces are not ours, or shall be: they come and go by themselves. */
  hasJoined(snapshot: Snapshot): boolean {
    return (
      this.#list.value.some(({ joined }) => joined !== undefined) ||
      [...snapshot.vpcs.values()].some(({ instances }) => instances.some(({ namespace }) => namespace !== undefined))
    );
  }

  /** Lets go those whose namespaces, or whose processes, are no more; the next `settle()` takes them off the machine. */
  dropLeft(): void {
    const left = [...this.#held.values()].flatMap((held) => {
      const { joined } = held.saved;
      const reason = joined === undefined ? undefined : this.#deps.namespaces.whyLeft(joined);
      return reason === undefined ? [] : [{ ...held, reason }];
    });
    for (const { saved, gone, cancel, reason } of left) {
      this.#deps.log.info('workload left', { workload: saved.id, vpc: saved.vpcId, address: saved.address, reason });
      cancel();
      this.#held.delete(saved.id);
      gone.resolve();
    }
    if (left.length > 0) this.#save();
  }

  /** The workload at an address of a VPC. */
  at(vpcId: string, address: string): WorkloadIdentity | undefined {
    return findWorkload(this.#deps.snapshot.value, this.#list.value, { vpcId, address });
  }

  /** The workload of an id, see `WorkloadIdentity`. */
  named(id: string): WorkloadIdentity | undefined {
    return findWorkload(this.#deps.snapshot.value, this.#list.value, { id });
  }

  /** The instances that shall run, in their entered form; writes their resolver files. */
  prepareInstances(snapshot: Snapshot): readonly WantedInstance[] {
    return this.#instances(snapshot).placed.flatMap(({ vpc, spec, command }) => {
      if (command === undefined) return [];
      const { address } = spec;
      const entrance = this.#entrance(vpc, spec);
      return {
        id: spec.id,
        vpcId: vpc.id,
        address,
        argv: enterCommand(entrance, command),
        environment: {
          ...(spec.role === undefined ? {} : noCredentials),
          ...entrance.environment,
          ...spec.environment,
        },
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
    this.#closed = true;
    for (const { cancel } of this.#held.values()) cancel();
  }

  /** Forgets every workload that clients hold: their namespaces go with the next `settle()`. */
  clear(): void {
    this.close();
    for (const { gone } of this.#held.values()) gone.resolve();
    this.#held.clear();
    this.#save();
    rmSync(join(this.#deps.dataDirectory, 'workloads'), { recursive: true, force: true });
  }

  #choose(vpc: VpcRecord, request: WorkloadRequest): SavedWorkload | WorkloadFailure {
    if (vpc.attachment.kind !== this.#deps.attach)
      return fail('unavailable', `VPC ${vpc.id} is not attached on this server`);
    const instance = findStoodFor(vpc, request);
    if (instance?.stopped === true) return fail('conflict', `instance ${instance.id} is stopped`);
    if (instance !== undefined && isPlaced(instance))
      return fail('conflict', `instance ${instance.id} is run by the server itself`);
    const instanceId = instance?.id ?? request.instance;
    if (instanceId !== undefined && [...this.#held.values()].some(({ saved }) => saved.instanceId === instanceId))
      return fail('conflict', `another workload stands for ${instanceId} already`);
    if (instance === undefined && request.instance !== undefined) {
      const obstacle = whyNoStandIn(this.#deps.snapshot.value.vpcs.values(), vpc, request.instance);
      if (obstacle !== undefined) return fail('invalid', obstacle);
    }
    if (instance !== undefined && request.address !== undefined && request.address !== instance.address)
      return fail('conflict', `instance ${instance.id} has the address ${instance.address}`);
    const named = request.securityGroups.length > 0 ? request.securityGroups : (instance?.securityGroups ?? []);
    const groups = findGroups(vpc, named);
    if (typeof groups === 'string') return fail('invalid', groups);
    const wanted = request.address ?? instance?.address;
    const choice = chooseAddress(vpc, this.#used(vpc, wanted !== undefined), wanted, this.#blocks(vpc));
    if (choice.kind !== 'chosen') return fail(choice.kind === 'taken' ? 'conflict' : 'invalid', choice.reason);
    const joined = request.namespace && this.#deps.namespaces.find(request.namespace);
    if (joined !== undefined && 'reason' in joined) return fail('invalid', joined.reason);
    const other = joined && this.#otherVpc(joined.identity);
    if (joined !== undefined && other !== undefined) return fail('conflict', `${joined.path} ${inOneVpc(other)}`);
    return {
      id: `wl-${this.#deps.random.hex(8)}`,
      vpcId: vpc.id,
      address: choice.address,
      securityGroups: groups,
      ...(instanceId === undefined ? {} : { instanceId }),
      ...(request.role === undefined ? {} : { role: request.role }),
      ...(joined === undefined ? {} : { joined }),
    };
  }

  /** The VPC in which a namespace is, by a client or by the configuration. */
  #otherVpc(identity: string): string | undefined {
    const { placed } = this.#instances(this.#deps.snapshot.value);
    return this.#memberOf(identity) ?? placed.find(({ joined }) => joined?.identity === identity)?.vpc.id;
  }

  /** The VPC as the snapshot has it; one that was made a moment ago is waited for. */
  async #awaitVpc(id: string): Promise<VpcRecord | undefined> {
    const late = new AbortController();
    const cancel = this.#deps.clock.after(vpcPatience, () => late.abort());
    try {
      const snapshot = await waitFor(this.#deps.snapshot, ({ vpcs }) => vpcs.has(id), late.signal);
      return snapshot.vpcs.get(id);
    } catch {
      return undefined;
    } finally {
      cancel();
    }
  }

  #hold(saved: SavedWorkload): void {
    const cancel = this.#deps.clock.after(unleasedLimit, () => {
      this.#deps.log.info('workload was not leased in time', { workload: saved.id });
      void this.remove(saved.id).catch((error: unknown) => this.#tellFailure(saved.id, error));
    });
    this.#held.set(saved.id, { saved, gone: Promise.withResolvers(), leases: 0, cancel });
  }

  #tellFailure(id: string, error: unknown): void {
    // Whoever ends this object says what becomes of its workloads.
    if (this.#closed) return;
    this.#deps.log.error('workload could not be removed', { workload: id, error });
  }

  #save(): void {
    const workloads = [...this.#held.values()].map(({ saved }) => saved);
    this.#deps.state.update({ workloads });
    this.#list.set(workloads);
  }

  /** Addresses in use; to a workload that names its address, an instance that is an address alone is none. */
  #used(vpc: VpcRecord, byName: boolean): ReadonlySet<string> {
    return new Set([
      ...(vpc.reserved ?? []),
      ...vpc.instances.filter((one) => !byName || isPlaced(one)).map(({ address }) => address),
      ...[...this.#held.values()].filter(({ saved }) => saved.vpcId === vpc.id).map(({ saved }) => saved.address),
    ]);
  }

  /** The ranges of the VPC's endpoints. */
  #blocks({ id }: VpcRecord): readonly string[] {
    return [...this.#deps.snapshot.value.doors.values()].flatMap(({ vpcId, blocks = [] }) =>
      vpcId === id ? blocks : [],
    );
  }

  #instances(snapshot: Snapshot) {
    return placeInstances(snapshot, { ...this.#deps, memberOf: (identity) => this.#memberOf(identity) });
  }

  /** The VPC in which a client holds a namespace. */
  #memberOf(identity: string): string | undefined {
    return this.#list.value.find(({ joined }) => joined?.identity === identity)?.vpcId;
  }

  #entrance(
    vpc: VpcRecord,
    { id, address, role, profile }: Pick<WorkloadIdentity, 'id' | 'address' | 'role' | 'profile'>,
  ): Entrance {
    // botocore reads the second alone.
    const region = { AWS_REGION: vpc.region, AWS_DEFAULT_REGION: vpc.region };
    const by = role === undefined ? profile && 'profile' : 'role';
    const credentials = by === undefined ? {} : { ...region, ...this.#deps.roles.environment(id, vpc, by) };
    const environment = { ...workloadEnvironment(vpc, address), ...credentials };
    if (vpc.attachment.kind !== 'netns') return { environment };
    const files = this.#folder({ vpcId: vpc.id, address });
    writeResolverFiles(files, vpc, address);
    return { environment, files, namespace: namespacePath(workloadName(this.#deps.prefix, vpc.id, address)) };
  }

  #folder({ vpcId, address }: Pick<SavedWorkload, 'vpcId' | 'address'>): string {
    return join(this.#deps.dataDirectory, 'workloads', `${vpcId}-${address}`);
  }
}

function fail(failure: WorkloadFailure['failure'], message: string): WorkloadFailure {
  return { failure, message };
}
