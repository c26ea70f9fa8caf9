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
  /** Workers that cannot listen on it. */
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
  /** By worker, the sockets for which it has not answered. */
  readonly #owed = new Map<number, Set<string>>();
  #queue: Promise<unknown> = Promise.resolve();
  #waiting: (() => void) | undefined;

  constructor(deps: SocketRegistryDeps) {
    this.#deps = deps;
  }

  /** A worker is up: it gets every socket. */
  addWorker(taker: SocketTaker): void {
    this.#takers.set(taker.worker, taker);
    this.#owed.set(taker.worker, new Set());
    for (const held of this.#held.values()) this.#give(taker, held);
  }

  /** A worker is gone: nobody waits for it. */
  removeWorker(worker: number): void {
    this.#takers.delete(worker);
    this.#owed.delete(worker);
    for (const held of this.#held.values()) held.refused.delete(worker);
    this.#waiting?.();
  }

  onListening(worker: number, key: string): void {
    this.#owed.get(worker)?.delete(key);
    this.#waiting?.();
  }

  onRefused(worker: number, key: string, reason: string): void {
    this.#held.get(key)?.refused.set(worker, reason);
    this.#owed.get(worker)?.delete(key);
    this.#waiting?.();
  }

  /** Whether a worker has answered for every socket. */
  hasAnswered(worker: number): boolean {
    return this.#owed.get(worker)?.size === 0;
  }

  #give(taker: SocketTaker, { spec, handle }: Held): void {
    this.#owed.get(taker.worker)?.add(spec.key);
    taker.give(spec, handle);
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
      for (const owed of this.#owed.values()) owed.delete(key);
    }
    const failed = new Map<string, string>();
    const { handles, failed: reasons } = await this.#deps.open(specs.filter(({ key }) => !this.#held.has(key)));
    for (const [key, reason] of reasons) failed.set(key, reason);
    for (const [key, handle] of handles) {
      const spec = wanted.get(key);
      if (spec === undefined) continue;
      const held: Held = { spec, handle, refused: new Map() };
      this.#held.set(key, held);
      for (const taker of this.#takers.values()) this.#give(taker, held);
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
    const whole = (): boolean => [...this.#owed.values()].every((owed) => owed.size === 0);
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
