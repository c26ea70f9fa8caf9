// Keeps the configured instances running: starts, restarts with backoff, adopts after a crash, ends.

import { createHash } from 'node:crypto';
import { backoffDelay } from '../base/backoff.ts';
import { sleep, type Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { isRunning, type ProcessName, type ProcessTable } from './process-table.ts';
import type { StateFile } from './state-file.ts';

/** A process that shall run, and its place. */
export interface WantedInstance {
  readonly vpcId: string;
  readonly address: string;
  /** Unique among the instances of this machine. */
  readonly id: string;
  readonly argv: readonly string[];
  readonly directory?: string;
  /** Beside what every instance inherits from the server; undefined: it does not inherit this. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface InstancesDeps {
  /** Starts a process in a session of its own; undefined when it cannot be started. `onExit` is called once when it ends. */
  start(wanted: WantedInstance, onExit: () => void): ProcessName | undefined;
  readonly processes: ProcessTable;
  readonly state: Pick<StateFile, 'value' | 'update'>;
  readonly clock: Clock;
  readonly random: Pick<Random, 'fraction'>;
  readonly log: Log;
}

interface Slot {
  readonly wanted: WantedInstance;
  readonly digest: string;
  process: ProcessName | undefined;
  /** Ends in a row, each soon after its start. */
  failures: number;
  startedAt: number;
  cancel: () => void;
}

/** How long a process must have run for its end to count as the first one again. */
const settledAfter = 10_000;
/** How long a process may take to end by itself. */
const patience = 5000;
const restart = { base: 200, limit: 10_000 };
/** How often adopted processes, whose end the system does not tell us, are looked at. */
const lookEvery = 500;

/** Runs instances. Ending this object leaves the processes alone; `stop` ends them. */
export class Instances {
  readonly #deps: InstancesDeps;
  readonly #slots = new Map<string, Slot>();
  readonly #adopted = new Set<Slot>();
  #cancelLook: () => void = () => {};
  #closed = false;

  constructor(deps: InstancesDeps) {
    this.#deps = deps;
  }

  /** Ends the processes that are not wanted any more or wanted otherwise, adopts those that run already, starts the others. */
  async sync(wanted: readonly WantedInstance[]): Promise<void> {
    const wishes = new Map(wanted.map((one) => [one.id, { one, digest: digestOf(one) }]));
    const unwanted = [...this.#slots.values()].filter(
      ({ wanted: { id }, digest }) => wishes.get(id)?.digest !== digest,
    );
    const strays = this.#deps.state.value.instances.filter(
      ({ id, digest }) => !this.#slots.has(id) && wishes.get(id)?.digest !== digest,
    );
    for (const slot of unwanted) this.#slots.delete(slot.wanted.id);
    await Promise.all([
      ...unwanted.map((slot) => this.#end(slot)),
      ...strays.map((stray) => (isRunning(this.#deps.processes, stray) ? this.#endProcess(stray) : undefined)),
    ]);
    for (const [id, { one, digest }] of wishes) {
      if (this.#slots.has(id)) continue;
      const slot: Slot = { wanted: one, digest, process: undefined, failures: 0, startedAt: 0, cancel: () => {} };
      this.#slots.set(id, slot);
      const saved = this.#deps.state.value.instances.find((other) => other.id === id && other.digest === digest);
      if (saved !== undefined && isRunning(this.#deps.processes, saved)) this.#adopt(slot, saved);
      else this.#start(slot);
    }
    this.#save();
  }

  /** Those of `wanted` that have neither been started nor can be adopted: whatever runs in their places is a stray. */
  unknown(wanted: readonly WantedInstance[]): readonly WantedInstance[] {
    const { state, processes } = this.#deps;
    const alive = new Set(state.value.instances.filter((saved) => isRunning(processes, saved)).map(({ id }) => id));
    return wanted.filter(({ id }) => !this.#slots.has(id) && !alive.has(id));
  }

  /** What runs, by instance id. */
  get running(): ReadonlyMap<string, ProcessName> {
    return new Map(
      [...this.#slots].flatMap(([id, { process }]) => (process === undefined ? [] : [[id, process] as const])),
    );
  }

  /** Instances that ended soon after each of their last starts, in sentences. */
  get problems(): readonly string[] {
    return [...this.#slots.values()]
      .filter(({ failures }) => failures >= 3)
      .map(({ wanted, failures }) => `instance ${wanted.id} ended ${failures} times soon after its start`);
  }

  /** Ends every process. */
  async stop(): Promise<void> {
    await this.sync([]);
    this.close();
  }

  /** Stops looking after the processes, which go on. */
  close(): void {
    this.#closed = true;
    this.#cancelLook();
    for (const slot of this.#slots.values()) slot.cancel();
  }

  #start(slot: Slot): void {
    slot.startedAt = this.#deps.clock.monotonic();
    const started = this.#deps.start(slot.wanted, () => this.#ended(slot, started));
    slot.process = started;
    if (started === undefined) this.#ended(slot, undefined);
    else this.#deps.log.info('instance started', { instance: slot.wanted.id, pid: started.pid });
  }

  #adopt(slot: Slot, saved: ProcessName): void {
    slot.process = { pid: saved.pid, startTime: saved.startTime };
    slot.startedAt = this.#deps.clock.monotonic();
    this.#deps.log.info('instance adopted', { instance: slot.wanted.id, pid: saved.pid });
    this.#adopted.add(slot);
    if (this.#adopted.size === 1) this.#look();
  }

  /** Looks at adopted processes until all of them have ended. */
  #look(): void {
    this.#cancelLook = this.#deps.clock.after(lookEvery, () => {
      for (const slot of this.#adopted) {
        if (slot.process !== undefined && isRunning(this.#deps.processes, slot.process)) continue;
        this.#adopted.delete(slot);
        this.#ended(slot, slot.process);
      }
      if (this.#adopted.size > 0) this.#look();
    });
  }

  #ended(slot: Slot, process: ProcessName | undefined): void {
    if (this.#closed || this.#slots.get(slot.wanted.id) !== slot || slot.process !== process) return;
    const { clock, log, random } = this.#deps;
    const settled = clock.monotonic() - slot.startedAt >= settledAfter;
    slot.process = undefined;
    slot.failures = settled ? 1 : slot.failures + 1;
    const delay = backoffDelay(slot.failures - 1, restart, random);
    log.warn('instance ended', { instance: slot.wanted.id, pid: process?.pid, restartsIn: Math.round(delay) });
    slot.cancel = clock.after(delay, () => {
      this.#start(slot);
      this.#save();
    });
    this.#save();
  }

  async #end(slot: Slot): Promise<void> {
    slot.cancel();
    this.#adopted.delete(slot);
    if (slot.process !== undefined) await this.#endProcess(slot.process);
  }

  /** Ends a process and its group: asks, waits, and then does not ask. */
  async #endProcess(one: ProcessName): Promise<void> {
    const { processes, clock } = this.#deps;
    if (isRunning(processes, one)) processes.signalGroup(one.pid, 'SIGTERM');
    const start = clock.monotonic();
    while (isRunning(processes, one) && clock.monotonic() - start < patience) await sleep(clock, 20);
    // Also when the leader has ended: others of its group may not have.
    processes.signalGroup(one.pid, 'SIGKILL');
  }

  #save(): void {
    const instances = [...this.#slots.values()].flatMap(({ wanted: { id }, digest, process }) =>
      process === undefined ? [] : [{ id, digest, ...process }],
    );
    this.#deps.state.update({ instances });
  }
}

function digestOf({ argv, directory, environment }: WantedInstance): string {
  const text = JSON.stringify([
    argv,
    directory ?? '',
    Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
