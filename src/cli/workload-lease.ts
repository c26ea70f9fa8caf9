// The lease by which a client holds its workload: a call that lasts as long as it.

import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { openApiCall } from './api-client.ts';
import type { Server } from './server-file.ts';

/** How long a server that went away is waited for, in milliseconds: its control process may be coming back. */
const leasePatience = 15_000;

/** Holds a workload, also over a restart of the server. */
export class Lease {
  readonly #find: () => Server;
  readonly #path: string;
  readonly #lost: () => void;
  #answer: IncomingMessage | undefined;
  #ended = false;

  /** `find` is asked for every lease: a server that was started again may be elsewhere. `lost` is called when the server let go. */
  constructor(find: () => Server, id: string, lost: () => void) {
    this.#find = find;
    this.#lost = lost;
    this.#path = `/-/workloads/${id}/lease`;
  }

  /** Whether the lease was taken; rejects when the server cannot be reached. */
  async take(): Promise<boolean> {
    const answer = await openApiCall(this.#find(), { method: 'GET', path: this.#path }, Date.now());
    answer.resume();
    answer.on('error', () => {});
    if (answer.statusCode !== 200 || this.#ended) {
      answer.destroy();
      return false;
    }
    this.#answer = answer;
    answer.once('close', () => void this.#retake(answer.complete));
    return true;
  }

  /** Lets the workload go. */
  end(): void {
    this.#ended = true;
    this.#answer?.destroy();
  }

  async #retake(removed: boolean): Promise<void> {
    const start = performance.now();
    while (!this.#ended && !removed && performance.now() - start < leasePatience) {
      if (await this.take().catch(() => false)) return;
      await sleep(200, undefined, { ref: false });
    }
    if (!this.#ended) this.#lost();
  }
}
