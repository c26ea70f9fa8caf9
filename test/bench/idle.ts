// `npm run bench -- idle`: the memory that a worker takes for a client's connection that has asked once and stays open.

import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, loopbackTarget, settledBytes, startLoopback } from './loopback.ts';
import { startTarget, type Contender } from './peers.ts';
import { median } from './processes.ts';
import type { Row } from './table.ts';

const CONNECTIONS = 10_000;
/** Connections that are being made at a time. */
const AT_ONCE = 200;

/** Opens the connections to a fresh worker, `rounds` times but at most three. */
export async function benchIdle({ rounds }: { readonly rounds: number }): Promise<readonly Row[]> {
  const figures: number[] = [];
  for (let round = 0; round < Math.min(rounds, 3); round++) figures.push(await measureOnce());
  return [
    {
      bench: 'idle',
      what: `${CONNECTIONS} idle connections, one worker`,
      'bytes each': median(figures),
      'worst bytes': Math.max(...figures),
    },
  ];
}

async function measureOnce(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'pergola-idle-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const n = 94;
  const target = { host: loopbackTarget(n), port: await freePort(loopbackTarget(n)) };
  stack.use(await startTarget({ directory, target, listen: target, enter: [] }));
  const limits = { clientIdleTimeout: 600_000 };
  const { server, contender } = await startLoopback(stack, { n, workers: 1, target, limits });
  // From a worker that has served nothing: after a load, connections would fit into what its heap had already taken.
  const pids = server.workerPids();
  const before = await settledBytes(pids);
  const sockets = await openIdle(contender, CONNECTIONS);
  const after = await settledBytes(pids);
  const lost = sockets.filter((socket) => socket.destroyed).length;
  for (const socket of sockets) socket.destroy();
  if (lost > 0) throw new Error(`${lost} connections did not stay open`);
  return (after - before) / CONNECTIONS;
}

/** Resolves with `count` connections on each of which one request was answered with 200. */
async function openIdle({ host, port, hostHeader }: Contender, count: number): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  const text = `GET /idle HTTP/1.1\r\nhost: ${hostHeader}\r\nuser-agent: bench\r\naccept: */*\r\n\r\n`;
  const open = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, host, () => socket.write(text));
      sockets.push(socket);
      socket.once('data', (data: Buffer) => {
        const line = data.toString('latin1', 0, 15);
        if (line.startsWith('HTTP/1.1 200 ')) resolve();
        else reject(new Error(`answered ${line}`));
      });
      socket.on('error', reject);
    });
  let left = count;
  const opener = async (): Promise<void> => {
    while (left-- > 0) await open();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, opener));
  return sockets;
}
