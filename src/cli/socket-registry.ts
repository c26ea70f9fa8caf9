// The supervisor's sockets: bound once, kept for as long as they are wanted, handed to every worker and every respawned one.

import type { Log } from '../base/log.ts';
import type { RawHandle, SocketSpec } from '../network/index.ts';

/** How the registry reaches a worker. */
export interface SocketTaker {
  readonly worker: number;
  give(spec: SocketSpec, handle: RawHandle): void;
  take(key: string): void;
}

export interface SocketRegistryDeps {
  open(
    specs: readonly SocketSpec[],
  ): Promise<{ readonly handles: ReadonlyMap<string, RawHandle>; readonly failed: ReadonlyMap<string, string> }>;
  readonly log: Log;
}

interface Held {
  readonly spec: SocketSpec;
  readonly handle: RawHandle;
  /** Workers that listen on it, and those that cannot. */
  readonly listening: Set<number>;
  readonly refused: Map<number, string>;
}

/** What a sync came to. */
export interface SyncResult {
  readonly opened: readonly string[];
  readonly failed: readonly (readonly [string, string])[];
}

/** The sockets of one server. Syncs run one after the other. */
export class SocketRegistry {
  readonly #deps: SocketRegistryDeps;
  readonly #held = new Map<string, Held>();
  readonly #takers = new Map<number, SocketTaker>();
  #queue: Promise<unknown> = Promise.resolve();
  #waiting: (() => void) | undefined;

  constructor(deps: SocketRegistryDeps) {
    this.#deps = deps;
  }

  /** A worker is up: it gets every socket. */
  addWorker(taker: SocketTaker): void {
    this.#takers.set(taker.worker, taker);
    for (const { spec, handle } of this.#held.values()) taker.give(spec, handle);
  }

  /** A worker is gone: nobody waits for it. */
  removeWorker(worker: number): void {
    this.#takers.delete(worker);
    for (const held of this.#held.values()) {
      held.listening.delete(worker);
      held.refused.delete(worker);
    }
    this.#waiting?.();
  }

  onListening(worker: number, key: string): void {
    this.#held.get(key)?.listening.add(worker);
    this.#waiting?.();
  }

  onRefused(worker: number, key: string, reason: string): void {
    this.#held.get(key)?.refused.set(worker, reason);
    this.#waiting?.();
  }

  /** Whether a worker has answered for every socket. */
  hasAnswered(worker: number): boolean {
    return [...this.#held.values()].every((held) => held.listening.has(worker) || held.refused.has(worker));
  }

  /** Closes what is not in `specs` (workers first), opens what is missing, and resolves when every live worker has answered for each. */
  sync(specs: readonly SocketSpec[]): Promise<SyncResult> {
    const run = this.#queue.then(() => this.#sync(specs));
    this.#queue = run.catch(() => {});
    return run;
  }

  async #sync(specs: readonly SocketSpec[]): Promise<SyncResult> {
    const wanted = new Map(specs.map((spec) => [spec.key, spec]));
    for (const [key, held] of this.#held) {
      if (wanted.has(key)) continue;
      for (const taker of this.#takers.values()) taker.take(key);
      held.handle.close();
      this.#held.delete(key);
    }
    const failed = new Map<string, string>();
    const { handles, failed: reasons } = await this.#deps.open(specs.filter(({ key }) => !this.#held.has(key)));
    for (const [key, reason] of reasons) failed.set(key, reason);
    for (const [key, handle] of handles) {
      const spec = wanted.get(key);
      if (spec === undefined) continue;
      this.#held.set(key, { spec, handle, listening: new Set(), refused: new Map() });
      for (const taker of this.#takers.values()) taker.give(spec, handle);
    }
    await this.#everyWorkerAnswered();
    const opened: string[] = [];
    for (const [key, held] of this.#held) {
      const [reason] = held.refused.values();
      if (reason === undefined) opened.push(key);
      else failed.set(key, reason);
    }
    return { opened, failed: [...failed] };
  }

  #everyWorkerAnswered(): Promise<void> {
    const whole = (): boolean =>
      [...this.#held.values()].every((held) =>
        [...this.#takers.keys()].every((worker) => held.listening.has(worker) || held.refused.has(worker)),
      );
    if (whole()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting = () => {
        if (!whole()) return;
        this.#waiting = undefined;
        resolve();
      };
    });
  }

  /** Closes every handle. */
  close(): void {
    for (const { handle } of this.#held.values()) handle.close();
    this.#held.clear();
  }
}
