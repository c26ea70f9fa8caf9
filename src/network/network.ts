// The network of one server on this machine: keeps it as it shall be, and knows how it is.

import { assumeApplied } from './assume.ts';
import { desiredNetwork, observedBlocks, type WorkloadPlace } from './desired.ts';
import { openSet } from './enforcement.ts';
import { coreName, namespacePath, routerName, workloadName } from './names.ts';
import { namespaceNames, observe } from './observe.ts';
import { endProcesses, plan } from './plan.ts';
import { apply, type Run } from './run.ts';
import type { DesiredNetwork, ObservedNetwork } from './state.ts';
import type { Snapshot } from '../snapshot/index.ts';

/** By VPC id, open `ADDRESS . PORT` pairs. */
export type OpenPairs = ReadonlyMap<string, ReadonlySet<string>>;

/** What one settling did. */
export interface Settled {
  readonly blocks: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
  /** The number of commands that were run. */
  readonly commands: number;
  /** VPCs whose router did not exist before: sockets that were bound in an earlier one serve nobody. */
  readonly madeRouters: ReadonlySet<string>;
}

/** The namespaces of one server. All calls must be made one after the other. */
export interface Network {
  /**
   * Brings this machine to what the snapshot, the workloads and the open pairs ask for. When a command fails, the machine is
   * looked at and planned for once more; then this rejects, and the next call looks afresh.
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

/** The network of the server whose names begin with `prefix`. With `loopback` it has no namespaces, and removes left ones. */
export function createNetwork(prefix: string, attach: 'netns' | 'loopback', run: Run): Network {
  let known: ObservedNetwork | undefined;
  /** Whether `known` is what was planned, not what was seen. */
  let assumed = false;
  let blocks: ReadonlyMap<string, number> = new Map();
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
  const look = async (): Promise<ObservedNetwork> => {
    if (known !== undefined) return known;
    known = attach === 'netns' ? await observe(prefix, run) : await lookForLeft();
    assumed = false;
    blocks = new Map([...blocks, ...observedBlocks(known, prefix)]);
    return known;
  };
  /** Resolves with what was there before, and the number of commands. */
  const become = async (desired: DesiredNetwork): Promise<{ before: ObservedNetwork; commands: number }> => {
    const before = await look();
    const wasAssumed = assumed;
    const commands = plan(desired, before, coreName(prefix));
    known = undefined;
    try {
      await apply(commands, run);
    } catch (error) {
      // Somebody else may have changed the machine since it was seen: once more, with open eyes.
      if (!wasAssumed) throw error;
      return become(desired);
    }
    known = assumeApplied(desired);
    assumed = true;
    return { before, commands: commands.length };
  };
  return {
    async settle(snapshot, workloads, open) {
      await look();
      const wanted = desiredNetwork(snapshot, { attach, prefix, blocks, workloads, open });
      const { before, commands } = await become(wanted.network);
      blocks = wanted.blocks;
      const made = [...blocks.keys()].filter((id) => !before.has(routerName(prefix, id)));
      return { blocks, problems: [...wanted.problems, ...unseen], commands, madeRouters: new Set(made) };
    },
    async openPairs() {
      const observed = await look();
      return new Map(
        [...observed].map(([name, { filter }]) => [name.slice(prefix.length), filter.sets.get(openSet) ?? new Set()]),
      );
    },
    async endProcesses(places) {
      const names = places.map(({ vpcId, address }) => workloadName(prefix, vpcId, address));
      await apply(endProcesses(names), run);
    },
    distrust() {
      known = undefined;
    },
    async remove() {
      known = undefined;
      await become(new Map());
      blocks = new Map();
    },
  };
}
