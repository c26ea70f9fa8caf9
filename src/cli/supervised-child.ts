// A child process of the supervisor: started, started again with backoff when it ends, retired when another one takes its place.

import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { backoffDelay } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { entryUrl } from '../base/entry-path.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { RawHandle } from '../network/index.ts';

export interface ChildDeps {
  /** The entry file beside this one, without its extension. */
  readonly entry: 'control-process' | 'worker-process' | 'function-process';
  /** A network namespace to run in. */
  readonly namespace?: string | undefined;
  /** A descriptor that the child finds as its fifth. */
  readonly share: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Whether a child that ended is to be started again. */
  wanted(): boolean;
  /** The process runs: the first messages can be sent. */
  begin(child: SupervisedChild): void;
  onMessage(message: unknown, child: SupervisedChild): void;
  /** The process has ended. */
  onGone(child: SupervisedChild): void;
}

/** A child that lived this long starts its backoff anew. */
const STABLE = 10_000;
const BACKOFF = { base: 20, limit: 5000 } as const;

/** A child; `up` is set by its owner, and over when the process ends. */
export class SupervisedChild {
  up = false;
  /** Exit status of the last process; null when a signal ended it. */
  code: number | null = null;
  readonly #deps: ChildDeps;
  #process: ChildProcess | undefined;
  #attempt = 0;
  #retired = false;

  constructor(deps: ChildDeps) {
    this.#deps = deps;
    this.#start();
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get running(): boolean {
    return this.#process !== undefined;
  }

  /** Sends if the process is there; a channel that closes in this moment is a process that is ending, which its exit tells. */
  send(message: object, handle?: RawHandle): void {
    if (this.#process?.connected !== true) return;
    this.#process.send(message, handle as Parameters<ChildProcess['send']>[1], {}, () => {});
  }

  kill(): void {
    this.#process?.kill('SIGKILL');
  }

  /** Closes the channel, at which the process ends in its own way. */
  disconnect(): void {
    if (this.#process?.connected === true) this.#process.disconnect();
  }

  /** Lets the process end for good. */
  retire(): void {
    this.#retired = true;
  }

  #start(): void {
    const { entry, namespace, share, clock, log } = this.#deps;
    const command = namespace === undefined ? [process.execPath] : ['nsenter', `--net=${namespace}`, process.execPath];
    const [file, ...args] = [...command, fileURLToPath(entryUrl(import.meta.url, entry))];
    // Standard output belongs to the ready line alone.
    const started = spawn(file, args, { stdio: ['ignore', 2, 2, 'ipc', share] });
    const since = clock.monotonic();
    this.#process = started;
    started.on('message', (message) => this.#deps.onMessage(message, this));
    let over = false;
    const gone = (code: number | null, signal: string | null): void => {
      if (over) return;
      over = true;
      this.#process = undefined;
      this.code = code;
      this.up = false;
      this.#deps.onGone(this);
      if (this.#retired || !this.#deps.wanted()) return;
      if (clock.monotonic() - since > STABLE) this.#attempt = 0;
      const delay = backoffDelay(this.#attempt++, BACKOFF, this.#deps.random);
      log.warn(`${entry} ended and is started again`, { code, signal, delay: Math.round(delay) });
      clock.after(delay, () => {
        if (!this.#retired && this.#deps.wanted()) this.#start();
      });
    };
    started.on('exit', gone);
    started.on('error', (error) => {
      log.error(`${entry} cannot be started`, { error });
      if (started.pid === undefined) gone(null, null);
    });
    this.#deps.begin(this);
  }
}
