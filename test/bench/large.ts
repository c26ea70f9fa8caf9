// `npm run bench -- large`: the memory and the CPU time that a worker takes for bodies of ten gigabytes, one in and one out.

import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeFile, startBodyCounter } from './body-target.ts';
import { freePort, loopbackTarget, residentBytes, settledBytes, startLoopback } from './loopback.ts';
import { startTarget, type Contender } from './peers.ts';
import { cpuOf } from './processes.ts';
import type { Row } from './table.ts';

const GIGABYTE = 1024 ** 3;

/** Each direction with a fresh worker. */
export async function benchLarge({ gigabytes }: { readonly gigabytes: number }): Promise<readonly Row[]> {
  return [await measureOnce('in', gigabytes), await measureOnce('out', gigabytes)];
}

async function measureOnce(direction: 'in' | 'out', gigabytes: number): Promise<Row> {
  const size = gigabytes * GIGABYTE;
  const directory = mkdtempSync(join(tmpdir(), 'pergola-large-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const n = 92;
  const target = { host: loopbackTarget(n), port: await freePort(loopbackTarget(n)) };
  if (direction === 'in') stack.use(await startBodyCounter(target.host, target.port));
  else {
    makeFile(directory, 'large', size);
    stack.use(await startTarget({ directory, target, listen: target, enter: [] }));
  }
  const { server, contender } = await startLoopback(stack, { n, workers: 1, target });
  const [pid = 0] = server.workerPids();
  const before = await settledBytes([pid]);
  const cpuBefore = cpuOf(pid);
  let most = before;
  let moved = 0;
  const move = direction === 'in' ? send(contender, size) : receive(contender, size);
  const watched = move.then((bytes) => (moved = bytes));
  while (moved === 0) {
    await Promise.race([watched, delay(50)]);
    most = Math.max(most, residentBytes(pid));
  }
  const cpu = cpuOf(pid);
  return {
    bench: 'large',
    what: `a body of 10 GB ${direction}`,
    'MB more': (most - before) / 1024 / 1024,
    GB: moved / GIGABYTE,
    'cpu s/GB': (cpu.user + cpu.system - cpuBefore.user - cpuBefore.system) / 1000 / (size / GIGABYTE),
  };
}

/** Sends a body of `size` bytes; resolves with how many of them the target got. */
function send({ host, port, hostHeader }: Contender, size: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const piece = Buffer.alloc(256 * 1024);
    let left = size;
    let answer = '';
    const socket = connect(port, host);
    const go = (): void => {
      while (left > 0) {
        const next = left >= piece.length ? piece : piece.subarray(0, left);
        left -= next.length;
        if (!socket.write(next)) return;
      }
    };
    socket.write(`POST /sink HTTP/1.1\r\nhost: ${hostHeader}\r\ncontent-length: ${size}\r\nconnection: close\r\n\r\n`);
    go();
    socket.on('drain', go);
    socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => resolve(Number(answer.split('\r\n\r\n')[1] ?? Number.NaN)));
  });
}

/** Resolves with how many bytes of the target's large file came. */
function receive({ host, port, hostHeader }: Contender, size: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const buffer = Buffer.allocUnsafe(256 * 1024);
    let got = 0;
    let headBytes = -1;
    const socket = connect({
      host,
      port,
      onread: {
        buffer,
        callback(length) {
          if (headBytes < 0) headBytes = buffer.toString('latin1', 0, length).indexOf('\r\n\r\n') + 4;
          got += length;
          if (got - headBytes >= size) socket.end();
          return true;
        },
      },
    });
    socket.write(`GET /files/large HTTP/1.1\r\nhost: ${hostHeader}\r\nconnection: close\r\n\r\n`);
    socket.on('error', reject);
    socket.on('close', () => resolve(got - headBytes));
  });
}
