// `npm run bench -- slow`: the memory that a worker takes for a client that reads almost nothing of a response of a megabyte.

import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeFile } from './body-target.ts';
import { freePort, loopbackTarget, residentBytes, settledBytes, startLoopback } from './loopback.ts';
import { startTarget, type Contender } from './peers.ts';
import type { Row } from './table.ts';

const READERS = 2000;
const SIZE = 1024 * 1024;
/** Milliseconds between the reads of a reader, and seconds for which all of them read so. */
const PAUSE = 500;
const SECONDS = 10;

/** Runs one worker; every reader gets the whole body in the end. */
export async function benchSlow(): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'pergola-slow-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const n = 93;
  const target = { host: loopbackTarget(n), port: await freePort(loopbackTarget(n)) };
  makeFile(directory, 'megabyte', SIZE);
  stack.use(await startTarget({ directory, target, listen: target, enter: [] }));
  const { server, contender } = await startLoopback(stack, { n, workers: 1, target });
  const pids = server.workerPids();
  const before = await settledBytes(pids);
  const readers = Array.from({ length: READERS }, () => openReader(contender));
  let most = 0;
  for (let elapsed = 0; elapsed < SECONDS * 1000; elapsed += PAUSE) {
    await delay(PAUSE);
    for (const reader of readers) reader.readOne();
    most = Math.max(most, ...pids.map(residentBytes));
  }
  for (const reader of readers) reader.readAll();
  const whole = (await Promise.all(readers.map(({ done }) => done))).filter((got) => got === SIZE).length;
  return [
    {
      bench: 'slow',
      what: `${READERS} slow readers of 1 MB, one worker`,
      'bytes each': (most - before) / READERS,
      failed: READERS - whole,
    },
  ];
}

interface SlowReader {
  /** Takes one piece. */
  readOne(): void;
  /** Takes the rest as it comes. */
  readAll(): void;
  /** Bytes of the body that came until the connection ended. */
  readonly done: Promise<number>;
}

function openReader({ host, port, hostHeader }: Contender): SlowReader {
  let got = 0;
  let all = false;
  let headEnd = -1;
  const buffer = Buffer.allocUnsafe(16 * 1024);
  const socket: Socket = connect({
    host,
    port,
    onread: {
      buffer,
      callback(size) {
        if (headEnd < 0) headEnd = buffer.toString('latin1', 0, size).indexOf('\r\n\r\n') + 4;
        got += size;
        return all;
      },
    },
  });
  socket.write(`GET /files/megabyte HTTP/1.1\r\nhost: ${hostHeader}\r\nconnection: close\r\n\r\n`);
  socket.on('error', () => {});
  return {
    readOne: () => void socket.resume(),
    readAll() {
      all = true;
      socket.resume();
    },
    done: new Promise((resolve) => socket.on('close', () => resolve(got - headEnd))),
  };
}
