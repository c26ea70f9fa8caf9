// The network of one server on this machine: keeps it as it shall be, and knows how it is.

import { assumeApplied } from './assume.ts';
import { desiredNetwork, observedBlocks, type DesiredAnswer, type DesiredPart } from './desired.ts';
import { openSet } from './enforcement.ts';
import { coreName, namespacePath, routerName, workloadName } from './names.ts';
import { nameJoined } from './name-joined.ts';
import { namespaceNames, observe } from './observe.ts';
import { endProcesses, plan } from './plan.ts';
import { apply, CommandFailure, type Run } from './run.ts';
import type { DesiredNetwork, ObservedNetwork, Stage } from './state.ts';
import { findBlocked, joinedLink, withoutForeign, workloadEnd, type WorkloadPlace } from './workload-namespace.ts';
import type { Snapshot } from '../snapshot/index.ts';

/** By VPC id, open `ADDRESS . PORT` pairs. */
export type OpenPairs = ReadonlyMap<string, ReadonlySet<string>>;

/** What one settling did. */
export interface Settled {
  readonly blocks: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
  /** Why namespaces did not join, in sentences by `VPC ADDRESS`; `problems` has them too. */
  readonly unjoined: ReadonlyMap<string, string>;
  /** VPCs that stand as they were because a command for them failed, and why, in sentences by id; `problems` has them too. */
  readonly unsettled: ReadonlyMap<string, string>;
  /** The number of commands that were run. */
  readonly commands: number;
  /** VPCs whose router did not exist before: sockets that were bound in an earlier one serve nobody. */
  readonly madeRouters: ReadonlySet<string>;
}

/** The namespaces of one server. All calls must be made one after the other. */
export interface Network {
  /**
   * Brings this machine to what the snapshot, the workloads and the open pairs ask for. When a command fails, the machine is
   * looked at and planned for once more; then the VPC that it was for is left as it is, or this rejects where that is not known,
   * and the next call looks afresh.
   */
  settle(snapshot: Snapshot, workloads: readonly WorkloadPlace[], open: OpenPairs): Promise<Settled>;
  /** The pairs that are open now, by VPC; looks at the machine when it has not been seen yet. */
  openPairs(): Promise<OpenPairs>;
  /** Ends every process in the workloads' namespaces of these places. */
  endProcesses(places: readonly Pick<WorkloadPlace, 'vpcId' | 'address'>[]): Promise<void>;
  /** Forgets what is known, so that the next call looks at the machine. */
  distrust(): void;
  /** Removes every namespace of this server, also those of an earlier run. */
  remove(): Promise<void>;
}

/**
 * Makes the workers' namespace of the server if there is none, so that workers can be started before the first snapshot is
 * known; resolves with its path. `Network.settle` keeps it.
 */
export async function prepareCore(prefix: string, run: Run): Promise<string> {
  const name = coreName(prefix);
  if (!(await namespaceNames(run)).includes(name)) await run({ argv: ['ip', 'netns', 'add', name] });
  await run({ argv: ['ip', '-n', name, 'link', 'set', 'lo', 'up'] });
  return namespacePath(name);
}

/** An entry of `Settled.unjoined`. */
function whyUnjoined({ vpcId, address, joined }: WorkloadPlace, reason: string): readonly [string, string] {
  return [
    `${vpcId} ${address}`,
    `the namespace ${joined?.path} is not joined to VPC ${vpcId} as ${address}: ${reason}`,
  ];
}

function describeError(error: unknown): string {
  return error instanceof CommandFailure ? error.reason : String(error);
}

/** What is known of the machine: what it was seen to have, or what was applied to it without a failure. */
type Knowledge =
  | { readonly kind: 'seen'; readonly network: ObservedNetwork }
  | { readonly kind: 'applied'; readonly network: DesiredNetwork };

/** The network of the server whose names begin with `prefix`. With `loopback` it has no namespaces, and removes left ones. */
export function createNetwork(prefix: string, attach: 'netns' | 'loopback', run: Run): Network {
  let known: Knowledge | undefined;
  let parts: ReadonlyMap<string, DesiredPart> = new Map();
  let blocks: ReadonlyMap<string, number> = new Map();
  /** Namespaces that were not there at some look since the last settling that succeeded. */
  const absent = new Set<string>();
  /** Namespaces that joined, or shall, in which somebody else has a link of our name. */
  let blocked: ReadonlySet<string> = new Set();
  /** Why what an earlier server left could not be looked at. */
  let unseen: readonly string[] = [];
  /** What loopback finds of an earlier server in namespaces; what it may not look at, it cannot remove either, and says so. */
  const lookForLeft = async (): Promise<ObservedNetwork> => {
    // The same program lists and makes namespaces: where it fails there are none of ours.
    const names = await namespaceNames(run).catch((): readonly string[] => []);
    const left = names.filter((name) => name.startsWith(prefix));
    unseen = [];
    if (left.length === 0) return new Map();
    try {
      return await observe(prefix, run);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      unseen = [`The namespaces ${left.join(', ')} of an earlier server are left as they are: ${reason}`];
      return new Map();
    }
  };
  const look = async (): Promise<Knowledge> => {
    if (known !== undefined) return known;
    const seen = attach === 'netns' ? await observe(prefix, run) : await lookForLeft();
    blocked = findBlocked(seen);
    const network = withoutForeign(seen);
    blocks = new Map([...blocks, ...observedBlocks(network, prefix)]);
    return (known = { kind: 'seen', network });
  };
  /** Names the namespaces that join. Those for which that cannot be are left out, so that all others come to their right. */
  const admit = async (places: readonly WorkloadPlace[]) => {
    const unjoined = new Map<string, string>();
    const refuse = (place: WorkloadPlace, reason: string): void => void unjoined.set(...whyUnjoined(place, reason));
    const { network } = await look();
    for (const place of places) {
      const { name } = workloadEnd(prefix, place.vpcId, place);
      if (place.joined === undefined || network.has(name)) continue;
      try {
        await run(nameJoined(name, place.joined));
        known = undefined;
      } catch (error) {
        refuse(place, describeError(error));
      }
    }
    const { network: now } = await look();
    const admitted = places.filter((place) => {
      if (place.joined === undefined) return true;
      const { name } = workloadEnd(prefix, place.vpcId, place);
      if (unjoined.has(`${place.vpcId} ${place.address}`)) return false;
      if (blocked.has(name)) refuse(place, `it has a link ${joinedLink} that is not of this server`);
      else if (!now.has(name)) refuse(place, 'it cannot be looked at');
      return !unjoined.has(`${place.vpcId} ${place.address}`);
    });
    return { admitted, unjoined };
  };
  /** Those that joined and that a failure is about; all of them where it does not say. */
  const findSuspects = (places: readonly WorkloadPlace[], error: unknown): ReadonlySet<WorkloadPlace> => {
    const joined = places.filter((place) => place.joined !== undefined);
    const named = joined.filter((place) => String(error).includes(workloadEnd(prefix, place.vpcId, place).name));
    return new Set(named.length > 0 ? named : joined);
  };
  /** Resolves with the number of commands. */
  const become = async (desired: DesiredNetwork, left: ReadonlySet<string>, attempts = 2): Promise<number> => {
    const before = await look();
    for (const name of desired.keys()) if (!before.network.has(name)) absent.add(name);
    const stages = planFrom(before, desired, coreName(prefix), left);
    known = undefined;
    try {
      await apply(stages, run);
    } catch (error) {
      // Somebody else may have changed the machine since it was seen: once more, with open eyes.
      if (attempts <= 1) throw error;
      return become(desired, left, attempts - 1);
    }
    if (left.size === 0) known = { kind: 'applied', network: desired };
    return stages.flat().length;
  };
  /** The VPCs that a failure is about: those whose namespaces it names. */
  const findUnsettled = ({ vpcs }: Snapshot, error: unknown): readonly string[] => {
    const text = String(error);
    return [...vpcs.keys()].filter((id) => new RegExp(`${routerName(prefix, id)}(?![0-9a-zA-Z])`).test(text));
  };
  return {
    async settle(snapshot, workloads, open) {
      const { admitted, unjoined } = await admit(workloads.filter(({ vpcId }) => snapshot.vpcs.has(vpcId)));
      let carried = admitted;
      let wanted: DesiredAnswer;
      let commands: number;
      const unsettled = new Map<string, string>();
      for (;;) {
        // One that is not there yet stays away; one that stands is left as it is.
        const { network: there } = await look();
        const away = [...unsettled.keys()].filter((id) => !there.has(routerName(prefix, id)));
        const attached = { ...snapshot, vpcs: new Map([...snapshot.vpcs].filter(([id]) => !away.includes(id))) };
        wanted = desiredNetwork(attached, { attach, prefix, blocks, workloads: carried, open, parts });
        const own = (name: string): boolean => [...unsettled.keys()].some((id) => isOf(name, routerName(prefix, id)));
        const left = new Set([...there.keys(), ...wanted.network.keys()].filter(own));
        try {
          commands = await become(wanted.network, left);
          break;
        } catch (error) {
          // Whoever rules a namespace that joined can make our commands fail there: that is no reason against the others.
          const suspects = findSuspects(carried, error);
          if (suspects.size === 0) {
            // One VPC that the machine refuses is no reason against the others either.
            const about = findUnsettled(snapshot, error).filter((id) => !unsettled.has(id));
            if (about.length === 0) throw error;
            for (const id of about) unsettled.set(id, `VPC ${id} stands as it was: ${describeError(error)}`);
            continue;
          }
          for (const place of suspects) unjoined.set(...whyUnjoined(place, describeError(error)));
          carried = carried.filter((place) => !suspects.has(place));
        }
      }
      ({ blocks } = wanted);
      // What was left as it is must be asked for again.
      parts = new Map([...wanted.parts].filter(([id]) => !unsettled.has(id)));
      const made = new Set([...blocks.keys()].filter((id) => absent.has(routerName(prefix, id))));
      absent.clear();
      const problems = [...wanted.problems, ...unseen, ...unjoined.values(), ...unsettled.values()];
      return { blocks, problems, unjoined, unsettled, commands, madeRouters: made };
    },
    async openPairs() {
      const pairs = openSets(await look());
      return new Map([...pairs].map(([name, open]) => [name.slice(prefix.length), open ?? new Set()]));
    },
    async endProcesses(places) {
      const names = places.map(({ vpcId, address }) => workloadName(prefix, vpcId, address));
      await apply([endProcesses(names)], run);
    },
    distrust() {
      known = undefined;
    },
    async remove() {
      known = undefined;
      await become(new Map(), new Set());
      blocks = new Map();
    },
  };
}

/** The commands from what is known to `desired`. Of what was applied, only what is wanted otherwise now is gone through. */
function planFrom(
  before: Knowledge,
  desired: DesiredNetwork,
  core: string,
  left: ReadonlySet<string>,
): readonly Stage[] {
  if (left.size > 0 && before.kind === 'seen') {
    const named = (names: Iterable<string>): ReadonlySet<string> => new Set([...names].filter((one) => !left.has(one)));
    return plan(only(desired, named(desired.keys())), only(before.network, named(before.network.keys())), core);
  }
  if (before.kind === 'seen') return plan(desired, before.network, core);
  const { network } = before;
  const changed = new Set(
    [...network.keys(), ...desired.keys()].filter((name) => network.get(name) !== desired.get(name)),
  );
  return plan(only(desired, changed), assumeApplied(only(network, changed)), core);
}

function only<State>(network: ReadonlyMap<string, State>, names: ReadonlySet<string>): ReadonlyMap<string, State> {
  return new Map(
    [...names].flatMap((name) => {
      const state = network.get(name);
      return state === undefined ? [] : [[name, state]];
    }),
  );
}

/** Whether the namespace is the router `router`, or of a workload behind it. */
function isOf(name: string, router: string): boolean {
  return name === router || name.startsWith(`${router}-`);
}

/** By namespace, the open pairs of its filter. */
function openSets(before: Knowledge): ReadonlyMap<string, ReadonlySet<string> | undefined> {
  return before.kind === 'seen'
    ? new Map([...before.network].map(([name, { filter }]) => [name, filter.sets.get(openSet)]))
    : new Map([...before.network].map(([name, { filter }]) => [name, filter?.sets.get(openSet)?.elements]));
}
