// Asks the system's resolvers what we do not know, over one UDP socket that stands on the host's network.

import dgram from 'node:dgram';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { answersQuestion, encodeForward } from './foreign.ts';
import { UDP_SIZE, type Query } from './message.ts';

/** Milliseconds that one try waits; with three, a client that gives up after five seconds still hears SERVFAIL. */
const TRY_TIMEOUT = 1500;
const TRIES = 3;
/** Questions that may be out at once; ids are 16 bits and must stay hard to guess. */
const MAX_OPEN = 2048;
/** The largest answer that is asked for on behalf of TCP clients. */
const TCP_SIZE = 4096;
const DNS_PORT = 53;

export interface ForwarderDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  /** Where to ask: `address` or `address:port`; looked at for every question. */
  readonly upstreams: () => readonly string[];
}

/** Asks other resolvers. */
export interface Forwarder {
  /** The bytes of the answer (with another id), or undefined when nobody answered in time. `size`: the most that `stream` clients can take. */
  ask(query: Query, stream: boolean): Promise<Buffer | undefined>;
}

interface OpenQuestion {
  readonly address: string;
  readonly port: number;
  readonly question: Buffer;
  readonly answered: (bytes: Buffer | undefined) => void;
}

/** Makes a forwarder on `handle`, a bound UDP handle of the host's network. */
export function createForwarder(handle: unknown, deps: ForwarderDeps): Forwarder {
  const socket = dgram.createSocket('udp4');
  const open = new Map<number, OpenQuestion>();
  socket.on('error', (error) => deps.log.warn('the socket to other resolvers failed', { error }));
  socket.on('message', (bytes, { address, port }) => {
    if (bytes.length < 12) return;
    const id = bytes.readUInt16BE(0);
    const waiting = open.get(id);
    // Whoever only guesses must hit id, address, port and question.
    if (waiting?.address !== address || waiting.port !== port || !answersQuestion(bytes, waiting.question)) return;
    waiting.answered(bytes);
  });
  // Its types know only ports and options; it takes a handle too.
  socket.bind(handle as dgram.BindOptions);
  socket.unref();

  function freeId(): number {
    for (;;) {
      const id = Number.parseInt(deps.random.hex(2), 16);
      if (!open.has(id)) return id;
    }
  }

  function askOnce(query: Query, size: number, upstream: string): Promise<Buffer | undefined> {
    const [address = '', portText] = upstream.split(':');
    const port = portText === undefined ? DNS_PORT : Number(portText);
    const id = freeId();
    return new Promise((resolve) => {
      const answered = (bytes: Buffer | undefined): void => {
        cancel();
        open.delete(id);
        resolve(bytes);
      };
      const cancel = deps.clock.after(TRY_TIMEOUT, () => answered(undefined));
      open.set(id, { address, port, question: query.question, answered });
      socket.send(encodeForward(query, id, size), port, address, (error) => {
        if (error !== null) deps.log.warn('another resolver cannot be asked', { upstream, error });
      });
    });
  }

  return {
    async ask(query, stream) {
      const upstreams = deps.upstreams();
      for (let i = 0; i < TRIES; i++) {
        const upstream = upstreams[i % upstreams.length];
        if (upstream === undefined || open.size >= MAX_OPEN) return undefined;
        const bytes = await askOnce(query, stream ? TCP_SIZE : UDP_SIZE, upstream);
        if (bytes !== undefined) return bytes;
      }
      return undefined;
    },
  };
}
