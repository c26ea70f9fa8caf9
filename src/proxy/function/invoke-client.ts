// Invokes functions over the Invoke API that the process of functions serves on a Unix socket.

import type { Clock } from '../../base/clock.ts';
import { Agent, request, type IncomingMessage } from 'node:http';

/** What an invocation came to. `reason` is a sentence. */
export type Invoked =
  | { readonly kind: 'response'; readonly payload: Buffer }
  /** The function failed, ended, or took too long; `type` is Lambda's name of it. */
  | { readonly kind: 'failure'; readonly type: string; readonly reason: string }
  /** It was not run: all environments are busy, it is not known, or nobody runs functions. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Calls functions. */
export interface InvokeClient {
  /** Invokes `arn` and tells `done` once, unless the returned function was called before: it gives the call up. */
  invoke(arn: string, payload: Buffer, done: (result: Invoked) => void): () => void;
  close(): void;
}

/** Milliseconds that an idle connection is kept; the other side keeps it for five seconds. */
const IDLE = 3000;

/** Milliseconds between looks for a process that is not there yet, and how many. */
const RETRY = 50;
const RETRIES = 40;

/** Makes a client of the socket at `socketPath`; connections are kept. */
export function createInvokeClient(socketPath: string, clock: Pick<Clock, 'after'>): InvokeClient {
  // An idle connection is let go of before the other side closes it: a call in its way would be lost.
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 64, timeout: IDLE });
  return {
    invoke(arn, payload, done) {
      let over = false;
      let giveUp = (): void => {};
      const end = (result: Invoked): void => {
        if (over) return;
        over = true;
        done(result);
      };
      const attempt = (left: number): void => {
        const call = request(
          {
            agent,
            socketPath,
            method: 'POST',
            path: `/2015-03-31/functions/${encodeURIComponent(arn)}/invocations`,
            headers: { 'content-type': 'application/json', 'content-length': payload.length },
          },
          (answer) => readAnswer(answer, end),
        );
        giveUp = () => call.destroy();
        call.on('error', (error) => {
          if (wasNotTaken(error) && left > 0 && !over) giveUp = clock.after(RETRY, () => attempt(left - 1));
          else end({ kind: 'refused', reason: `the process that runs functions cannot be reached: ${error.message}` });
        });
        call.end(payload);
      };
      attempt(RETRIES);
      return () => {
        over = true;
        giveUp();
      };
    },
    close: () => agent.destroy(),
  };
}

/**
 * Whether the process cannot have read the call: it is being started, or has closed the connection before. A hang-up may come in the
 * middle of an invocation, and what may have run is not run again.
 */
function wasNotTaken({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'EPIPE';
}

function readAnswer(answer: IncomingMessage, end: (result: Invoked) => void): void {
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => void chunks.push(chunk));
  answer.on('error', (error) =>
    end({ kind: 'refused', reason: `the process that runs functions ended: ${error.message}` }),
  );
  answer.on('end', () => {
    const payload = Buffer.concat(chunks);
    const type = answer.headers['x-amz-function-error'];
    if (answer.statusCode !== 200) end({ kind: 'refused', reason: readText(payload, 'Message') });
    else if (typeof type === 'string') end({ kind: 'failure', type, reason: readText(payload, 'errorMessage') });
    else end({ kind: 'response', payload });
  });
}

/** The text under `key` of a JSON document, or its beginning. */
function readText(payload: Buffer, key: string): string {
  try {
    const document: unknown = JSON.parse(payload.toString());
    const found = Object.entries(document ?? {}).find(([name]) => name === key)?.[1] as unknown;
    if (typeof found === 'string') return found;
  } catch {
    // What is no JSON is told as it is.
  }
  return payload.toString('utf8', 0, 200);
}
