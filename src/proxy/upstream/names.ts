// The addresses behind the names of targets: asked for again as their time to live says; a failure keeps the last good answer.

import type { Clock } from '../../base/clock.ts';
import type { Counter } from '../../telemetry/index.ts';

/** What a name stands for. */
export interface ResolvedName {
  readonly addresses: readonly string[];
  /** Seconds. */
  readonly ttl: number;
}

/** Asks for the addresses behind `name` as the VPC's own clients would. Undefined, or a rejection: no answer. */
export type ResolveName = (vpcId: string, name: string) => Promise<ResolvedName | undefined>;

/** The names that targets have. */
export interface TargetNames {
  /** The addresses of the last good answer, in order; none before the first. The first call begins to ask. */
  addresses(vpcId: string, name: string): readonly string[];
  close(): void;
}

export interface TargetNamesDeps {
  readonly clock: Clock;
  readonly resolve: ResolveName;
  /** Counts questions that brought no address. */
  readonly failures: Counter;
  /** Whether a target still has the name; else it is forgotten. */
  wanted(vpcId: string, name: string): boolean;
  /** Another answer came. */
  changed(vpcId: string, name: string): void;
}

/** Milliseconds: between questions at least and at most, whatever the time to live, and after a failure. */
const LEAST = 1000;
const MOST = 3_600_000;
const RETRY = 5000;

/** Addresses that one name may have. */
const MAX_ADDRESSES = 100;

interface Entry {
  addresses: readonly string[];
  cancel: () => void;
}

/** Makes an empty set of names. */
export function createTargetNames(deps: TargetNamesDeps): TargetNames {
  const entries = new Map<string, Entry>();

  const ask = async (vpcId: string, name: string, entry: Entry): Promise<void> => {
    const key = `${vpcId} ${name}`;
    let answer: ResolvedName | undefined;
    try {
      answer = await deps.resolve(vpcId, name);
    } catch {
      // As silence: counted, asked again soon, and what is known stays good.
    }
    if (entries.get(key) !== entry) return;
    if (answer?.addresses.length === 0) answer = undefined;
    const delay = answer === undefined ? RETRY : Math.min(Math.max(answer.ttl * 1000, LEAST), MOST);
    entry.cancel = deps.clock.after(delay, () => {
      if (deps.wanted(vpcId, name)) void ask(vpcId, name, entry);
      else entries.delete(key);
    });
    if (answer === undefined) {
      deps.failures.value++;
      return;
    }
    // The order of answers turns; the order of targets should not.
    const addresses = [...new Set(answer.addresses)].sort().slice(0, MAX_ADDRESSES);
    if (addresses.join() === entry.addresses.join()) return;
    entry.addresses = addresses;
    deps.changed(vpcId, name);
  };

  return {
    addresses(vpcId, name) {
      const key = `${vpcId} ${name}`;
      let entry = entries.get(key);
      if (entry === undefined) {
        entry = { addresses: [], cancel() {} };
        entries.set(key, entry);
        void ask(vpcId, name, entry);
      }
      return entry.addresses;
    },
    close() {
      for (const entry of entries.values()) entry.cancel();
      entries.clear();
    },
  };
}
