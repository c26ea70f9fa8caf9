// The agent: brings this machine to what each snapshot asks for, and says which revision it has finished.
//
// One pass for the newest snapshot; what came in between is skipped:
//   1. network: namespaces, links, filters; doors that are not offered any more are closed first
//   2. `attachments`: where workers dial from
//   3. sockets: `deps.sockets.sync(all)`, which resolves when every live worker listens on what was opened
//   4. network: the doors whose sockets are listened on are opened
//   5. instances: ended, started
//   6. `obeyed` becomes the snapshot's revision
// A pass that fails is told in `problems` and tried again with backoff. A snapshot that asks for the same network as the
// one before is obeyed within its own notification, without a process started.

import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { backoffDelay } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { createWatch, type Watch } from '../base/watch.ts';
import {
  asksForTheSame,
  createNetwork,
  describeAttachments,
  desiredSockets,
  namePrefix,
  openPairs,
  type OpenPairs,
  type Run,
  type SocketSpec,
  type VpcAttachment,
  type WorkloadPlace,
} from '../network/index.ts';
import { emptySnapshot, type Snapshot } from '../snapshot/index.ts';
import {
  createExistingNamespaces,
  createStarter,
  Instances,
  noNamespaces,
  openStateFile,
  systemProcesses,
  Workloads,
  type Roles,
} from '../workload/index.ts';

/** What a sync of sockets came to, by key. */
export interface SocketsAnswer {
  /** Sockets on which every live worker listens. */
  readonly opened: ReadonlySet<string>;
  /** Sockets that are not open, and why. */
  readonly failed: ReadonlyMap<string, string>;
}

export interface AgentDeps {
  /** `emptySnapshot` itself stands for "not known yet": nothing is done before another one comes. */
  readonly snapshot: Watch<Snapshot>;
  /** Opens the sockets of `specs` that are not open, and closes those that are not in `specs`: workers first, then handles. */
  readonly sockets: { sync(specs: readonly SocketSpec[]): Promise<SocketsAnswer> };
  readonly attach: 'netns' | 'loopback';
  /** Why existing namespaces cannot join VPCs of this server, in a sentence; undefined when they can. */
  readonly whyNoMembers: string | undefined;
  /** Whether ports below 1024 can be bound (`canBindLowPorts()`, asked in the process that binds). */
  readonly lowPorts: boolean;
  /** Absolute path with links resolved: names of namespaces carry its hash. */
  readonly dataDirectory: string;
  /** What instances inherit. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly roles: Roles;
  readonly run: Run;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** The agent of one data-plane node. */
export interface Agent {
  /** The newest revision that this machine has finished. */
  readonly obeyed: Watch<number>;
  /** What kept VPCs, sockets or instances from being as they should in the last pass, in sentences. */
  readonly problems: Watch<readonly string[]>;
  /** Which instances do not stay up, as of now, in sentences. */
  readonly instanceProblems: () => readonly string[];
  /** By VPC id; what workers need to dial. Empty until the machine has been seen: that is no news for workers, who know from the agent before. */
  readonly attachments: Watch<ReadonlyMap<string, VpcAttachment>>;
  /** The sockets of the last pass that opened all of them. */
  readonly listening: Watch<ReadonlySet<string>>;
  readonly workloads: Workloads;
  /**
   * Ends the agent. `leave`: everything stays as it is, for the next agent to adopt. `remove`: instances end and no
   * namespace is left.
   */
  close(how: 'leave' | 'remove'): Promise<void>;
}

/** How often the machine is looked at though nothing was asked, in milliseconds: to mend what others changed. */
const auditEvery = 30_000;
/** How often namespaces and processes that are not ours are looked for, where there are any to look for: one stat(2) each. */
const lookEvery = 1000;
const retry = { base: 200, limit: 5000 };

/** Starts an agent on `deps.snapshot`. */
export function createAgent(deps: AgentDeps): Agent {
  const { clock, log, attach, dataDirectory } = deps;
  const prefix = namePrefix(dataDirectory);
  const network = createNetwork(prefix, attach, deps.run);
  const state = openStateFile(join(dataDirectory, 'workloads.json'), log);
  const obeyed = createWatch(0);
  const problems = createWatch<readonly string[]>([]);
  const attachments = createWatch<ReadonlyMap<string, VpcAttachment>>(new Map());
  const listening = createWatch<ReadonlySet<string>>(new Set());
  const instances = new Instances({
    start: createStarter(join(dataDirectory, 'instances'), deps.environment, log),
    processes: systemProcesses,
    state,
    clock,
    random: deps.random,
    log,
  });

  /** The snapshot of the last whole pass. */
  let done: Snapshot | undefined;
  /** Whether a pass is owed though the snapshot may be the same. */
  let owed = true;
  /** The snapshot of the last pass, whole or not. */
  let tried: Snapshot | undefined;
  /** VPCs whose open sockets may be those of a namespace that is no more. */
  const stale = new Set<string>();
  let running: Promise<void> | undefined;
  let failures = 0;
  let closed = false;
  let cancelTimer: () => void = () => {};
  /** Why namespaces did not join in the last pass, and why VPCs stand as they were. */
  let unjoined: ReadonlyMap<string, string> = new Map();
  let unsettled: ReadonlyMap<string, string> = new Map();
  /** Where workloads stood at the last pass. */
  let standing: readonly WorkloadPlace[] = [];
  let cancelLook: () => void = () => {};
  let waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];

  const workloads = new Workloads({
    ...{ snapshot: deps.snapshot, attach, prefix, dataDirectory, state, clock, random: deps.random, log },
    roles: deps.roles,
    namespaces:
      deps.whyNoMembers === undefined
        ? createExistingNamespaces(prefix, systemProcesses)
        : noNamespaces(deps.whyNoMembers),
    whyAbsent: (vpcId, address) => unjoined.get(`${vpcId} ${address}`) ?? unsettled.get(vpcId),
    settle: () =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(new Error('the server is stopping'));
          return;
        }
        waiting.push({ resolve, reject });
        owed = true;
        wake();
      }),
  });

  /** Resolves with the sockets that are not open, and why: all else is then as it shall be. */
  async function pass(snapshot: Snapshot): Promise<SocketsAnswer['failed']> {
    workloads.dropLeft();
    const places = workloads.places(snapshot);
    standing = places;
    lookForJoined(snapshot);
    const specs = desiredSockets(snapshot, { attach, prefix, lowPorts: deps.lowPorts });
    const offered = openPairs(snapshot, new Set(specs.map(({ key }) => key)));
    const closing = await network.settle(snapshot, places, intersect(await network.openPairs(), offered));
    unjoined = closing.unjoined;
    const attached = describeAttachments(snapshot, closing.blocks, attach, places);
    // Every worker is told the whole of it.
    if (!isDeepStrictEqual(attached, attachments.value)) attachments.set(attached);
    for (const vpcId of closing.madeRouters) stale.add(vpcId);
    if (stale.size > 0) await deps.sockets.sync(specs.filter(({ vpcId }) => !stale.has(vpcId)));
    stale.clear();
    const { opened, failed } = await deps.sockets.sync(specs);
    const opening = await network.settle(snapshot, places, openPairs(snapshot, opened));
    unsettled = new Map([...closing.unsettled, ...opening.unsettled]);
    for (const vpcId of opening.madeRouters) stale.add(vpcId);
    if (stale.size > 0) throw new Error(`the namespace of ${[...stale].join(', ')} went away meanwhile`);
    const wanted = workloads.prepareInstances(snapshot);
    if (attach === 'netns') await network.endProcesses(instances.unknown(wanted));
    await instances.sync(wanted);
    listening.set(opened);
    problems.set([
      ...new Set([...closing.problems, ...opening.problems]),
      ...workloads.problems(snapshot),
      ...failed.values(),
    ]);
    return failed;
  }

  function finish(snapshot: Snapshot): void {
    done = snapshot;
    obeyed.set(Math.max(obeyed.value, snapshot.revision));
  }

  async function work(): Promise<void> {
    while (!closed && (owed || done !== deps.snapshot.value)) {
      const snapshot = deps.snapshot.value;
      if (!owed && done !== undefined && asksForTheSame(done, snapshot)) {
        finish(snapshot);
        continue;
      }
      const served = waiting;
      waiting = [];
      owed = false;
      tried = snapshot;
      try {
        const failed = await pass(snapshot);
        // A socket that is not open is no reason against a workload.
        for (const { resolve } of served) resolve();
        if (failed.size > 0) throw new Error(`sockets could not be opened: ${[...failed.values()].join('; ')}`);
        if (unsettled.size > 0) throw new Error([...unsettled.values()].join('; '));
        failures = 0;
        finish(snapshot);
      } catch (error) {
        for (const { reject } of served) reject(error);
        tellFailure(snapshot, error);
        later(backoffDelay(failures++, retry, deps.random));
        return;
      }
    }
    later(auditEvery);
  }

  function tellFailure({ revision }: Snapshot, error: unknown): void {
    log.error('network not settled', { revision, error });
    const sentence = error instanceof Error ? error.message : String(error);
    if (!problems.value.some((one) => sentence.includes(one))) problems.set([...problems.value, sentence]);
  }

  function wake(): void {
    if (closed || running !== undefined) return;
    cancelTimer();
    running = work().finally(() => {
      running = undefined;
      // What came after the last look; the same snapshot after a failed pass waits for its timer.
      if (deps.snapshot.value !== tried && deps.snapshot.value !== done) wake();
      else if (failures === 0 && owed) wake();
    });
  }

  function later(delay: number): void {
    if (closed) return;
    cancelTimer = clock.after(delay, () => {
      network.distrust();
      owed = true;
      wake();
    });
  }

  /** Existing namespaces come, and go, without a word. */
  function lookForJoined(snapshot: Snapshot): void {
    cancelLook();
    if (closed || !workloads.hasJoined(snapshot)) return;
    cancelLook = clock.after(lookEvery, () => {
      workloads.dropLeft();
      if (isDeepStrictEqual(workloads.places(snapshot), standing)) lookForJoined(snapshot);
      else {
        owed = true;
        wake();
      }
    });
  }

  function intersect(some: OpenPairs, offered: OpenPairs): OpenPairs {
    return new Map(
      [...offered].map(([id, pairs]) => [id, new Set([...(some.get(id) ?? [])].filter((pair) => pairs.has(pair)))]),
    );
  }

  const unsubscribe = deps.snapshot.subscribe((snapshot) => {
    if (running === undefined && !owed && done !== undefined && asksForTheSame(done, snapshot)) finish(snapshot);
    else wake();
  });
  if (deps.snapshot.value !== emptySnapshot) wake();

  return {
    obeyed,
    problems,
    instanceProblems: () => instances.problems,
    attachments,
    listening,
    workloads,
    async close(how) {
      closed = true;
      unsubscribe();
      cancelTimer();
      cancelLook();
      // First: a lease that ends from here on ends with the server.
      workloads.close();
      await running;
      for (const { reject } of waiting) reject(new Error('the server is stopping'));
      if (how === 'leave') {
        instances.close();
        return;
      }
      try {
        await instances.stop();
        workloads.clear();
      } finally {
        await network.remove();
      }
    },
  };
}
