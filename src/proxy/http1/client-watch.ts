// Looks at a client's connection every second: what of it is too slow, unused for too long, or need not be read any more.

import type { ProxyLimits } from '../limits.ts';

/** What is looked at; of the socket only what it has taken. */
export interface Watched {
  readonly state: 'head' | 'exchange' | 'blocked' | 'discard' | 'linger' | 'closed';
  readonly socket: {
    readonly bytesWritten: number;
    readonly writableLength: number;
    readonly writableFinished: boolean;
  };
  /** Monotonic milliseconds of the last byte in. */
  readonly lastActive: number;
  /** Whether nothing is going on. */
  readonly idle: boolean;
}

/** What is to be done: nothing, our FIN, 408, a reset (the client does not take what it asked for), or the end of what lingers. */
export type WatchVerdict = 'stay' | 'end' | 'refuse' | 'reset' | 'destroy';

/** The patience with one client. */
export class ClientWatch {
  /** How long the connection may be unused, and how long it may take nothing of what is written to it. */
  idleTimeout: number;
  readonly #limits: Pick<ProxyLimits, 'requestHeadTimeout' | 'lingerPause' | 'lingerTime'>;
  /** Monotonic milliseconds since when the client owes us something: the rest of a head or of a body that nobody reads, room for our answer, its end. */
  #owedSince = 0;
  /** Bytes that it had taken at the last look. */
  #taken = -1;

  constructor(limits: Pick<ProxyLimits, 'requestHeadTimeout' | 'clientIdleTimeout' | 'lingerPause' | 'lingerTime'>) {
    this.#limits = limits;
    // Before a request no service says how long.
    this.idleTimeout = limits.clientIdleTimeout;
  }

  /** The client owes us something since `now`. */
  owe(now: number): void {
    this.#owedSince = now;
  }

  /** What `now` says. */
  look(watched: Watched, now: number): WatchVerdict {
    const owed = now - this.#owedSince;
    switch (watched.state) {
      case 'head':
        if (watched.idle) return now - watched.lastActive > this.idleTimeout ? 'end' : 'stay';
        return owed > this.#limits.requestHeadTimeout ? 'refuse' : 'stay';
      case 'discard':
        return owed > this.#limits.requestHeadTimeout ? 'end' : 'stay';
      case 'blocked':
        return this.#takesNothing(watched, now) ? 'reset' : 'stay';
      case 'linger':
        if (!watched.socket.writableFinished) return this.#takesNothing(watched, now) ? 'reset' : 'stay';
        return now - watched.lastActive > this.#limits.lingerPause || owed > this.#limits.lingerTime
          ? 'destroy'
          : 'stay';
      default:
        return 'stay';
    }
  }

  /** Whether a client has taken nothing for as long as an idle one is kept; one that is merely slow takes a little again and again. */
  #takesNothing({ socket }: Watched, now: number): boolean {
    const taken = socket.bytesWritten - socket.writableLength;
    if (taken !== this.#taken) {
      this.#taken = taken;
      this.#owedSince = now;
    }
    return now - this.#owedSince > this.idleTimeout;
  }
}
