// Clients that notice every request that is not answered exactly as it should be: half of them steady, half with pauses of about a second.

import { connect, type Socket } from 'node:net';

/** What the clients saw. */
export interface LoadCount {
  readonly requests: number;
  readonly failed: number;
  /** The first failures, in words. */
  readonly failures: readonly string[];
}

/** A running load. */
export interface Load {
  readonly count: LoadCount;
  /** Resolves when as many requests as wanted are answered; at once, half of what runs, after `stop`. */
  readonly done: Promise<void>;
  stop(): void;
}

export interface LoadOptions {
  readonly host: string;
  readonly port: number;
  /** What is sent as Host. */
  readonly name: string;
  readonly requests: number;
  readonly connections: number;
}

/** Bytes of a POST's body. */
const BODY = 200;

/**
 * Clients with pauses ask for `BURST` milliseconds and rest together for `PAUSE`, give or take `JITTER`: as long as targets keep unused
 * connections, so that many of those are asked for again in the moment in which they end.
 */
const BURST = 100;
const PAUSE = 1000;
const JITTER = 5;

/** Milliseconds without an answer that count as a failure. */
const PATIENCE = 30_000;

/** Starts the clients; every second request is a POST with a body. */
export function startLoad({ host, port, name, requests, connections }: LoadOptions): Load {
  const body = 'x'.repeat(BODY);
  const texts = [
    { method: 'GET', text: `GET / HTTP/1.1\r\nhost: ${name}\r\n\r\n`, wanted: 'GET 0' },
    {
      method: 'POST',
      text: `POST / HTTP/1.1\r\nhost: ${name}\r\ncontent-length: ${BODY}\r\n\r\n${body}`,
      wanted: `POST ${BODY}`,
    },
  ] as const;
  const count = { requests: 0, failed: 0, failures: [] as string[] };
  const start = performance.now();
  let begun = 0;
  let stopped = false;
  const fail = (what: string): void => {
    count.failed++;
    if (count.failures.length < 20) count.failures.push(what);
  };

  const run = (pausing: boolean): Promise<void> =>
    new Promise((resolve) => {
      let socket: Socket | undefined;
      let waiting: (typeof texts)[number] | undefined;
      let got = '';
      let timer: NodeJS.Timeout | undefined;

      const over = (what?: string): void => {
        clearTimeout(timer);
        if (waiting === undefined) return;
        if (what !== undefined) fail(`${waiting.method}: ${what}`);
        waiting = undefined;
        count.requests++;
        got = '';
        const inPeriod = (performance.now() - start) % (BURST + PAUSE);
        if (pausing && inPeriod > BURST)
          setTimeout(next, Math.max(1, BURST + PAUSE - inPeriod + (Math.random() * 2 - 1) * JITTER));
        else next();
      };
      const open = (): Socket => {
        const made = connect({ host, port, noDelay: true });
        made.on('data', (chunk: Buffer) => {
          got += chunk.toString('latin1');
          const end = got.indexOf('\r\n\r\n');
          if (end < 0) return;
          const length = Number(/^content-length: (\d+)\r?$/im.exec(got.slice(0, end))?.[1] ?? Number.NaN);
          if (got.length < end + 4 + length) return;
          const text = got;
          if (/^connection: close\r?$/im.test(text.slice(0, end))) {
            socket = undefined;
            made.destroy();
          }
          const good = text.startsWith('HTTP/1.1 200 ') && text.slice(end + 4) === waiting?.wanted;
          over(good ? undefined : `answered ${JSON.stringify(text.slice(0, 300))}`);
        });
        made.on('error', (error) => over(String(error)));
        made.on('close', () => {
          if (socket !== made) return;
          socket = undefined;
          over('the connection ended');
        });
        return made;
      };
      const next = (): void => {
        if (stopped || begun >= requests) {
          const last = socket;
          socket = undefined;
          last?.destroy();
          resolve();
          return;
        }
        waiting = texts[begun++ % 2] ?? texts[0];
        timer = setTimeout(() => over('no answer'), PATIENCE);
        socket ??= open();
        socket.write(waiting.text);
      };
      next();
    });

  const done = Promise.all(Array.from({ length: connections }, (_, i) => run(i % 2 === 1))).then(() => {});
  return {
    count,
    done,
    stop() {
      stopped = true;
    },
  };
}
