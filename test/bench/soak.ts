// `npm run bench -- soak --minutes N`: load with every kind of fault, and whether memory, sockets and descriptors stay where they are.

import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RegisterTargetsCommand } from '@aws-sdk/client-vpc-lattice';
import { makeFile } from './body-target.ts';
import { freePort, loopbackTarget, residentBytes, startLoopback } from './loopback.ts';
import { startTarget, type Contender } from './peers.ts';
import { commandOf, treeOf } from './processes.ts';
import type { Row } from './table.ts';

/** Clients of each kind, and milliseconds between two looks. */
const STEADY = 32;
const FAULTY = 8;
const LOOK = 1000;
/** Milliseconds between two kills of a worker. */
const KILL = 15_000;
/** The part of the time in which control stands still. */
const STOPPED = [0.4, 0.6] as const;
/** The part of the time after which slopes are taken: before, heaps still grow to their size. */
const WARM = 0.3;

/** What one look saw of the worker that is never killed. */
interface Look {
  readonly minute: number;
  readonly megabytes: number;
  readonly sockets: number;
  readonly descriptors: number;
}

/** Two workers on loopback: one is killed again and again, the other is watched. */
export async function benchSoak({ minutes }: { readonly minutes: number }): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'pergola-soak-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const n = 85;
  const target = { host: loopbackTarget(n), port: await freePort(loopbackTarget(n)) };
  makeFile(directory, 'megabyte', 1024 ** 2);
  stack.use(await startTarget({ directory, target, listen: target, enter: [] }));
  const { server, targetGroupId, contender } = await startLoopback(stack, { n, workers: 2, target });
  const breaking = stack.use(await startBreakingTarget(loopbackTarget(n)));
  await server.client.send(
    new RegisterTargetsCommand({
      targetGroupIdentifier: targetGroupId,
      targets: [{ id: '10.0.1.10', port: breaking.port }],
    }),
  );
  const [watched = 0] = server.workerPids();
  const control = treeOf(server.pid).find((pid) => commandOf(pid).includes('control-process')) ?? 0;
  const count = { answers: 0, broken: 0, faults: 0 };
  let kills = 0;
  const end = performance.now() + minutes * 60_000;
  const running = (): boolean => performance.now() < end;
  const clients = [
    ...Array.from({ length: STEADY }, () => askSteadily(contender, running, count)),
    ...Array.from({ length: FAULTY }, (_, i) => askBadly(contender, running, count, i)),
  ];
  const looks: Look[] = [];
  let killed = performance.now();
  let standing = false;
  const start = performance.now();
  while (running()) {
    await delay(LOOK);
    const now = performance.now();
    const part = (now - start) / (minutes * 60_000);
    const stand = part >= STOPPED[0] && part < STOPPED[1];
    if (stand !== standing) process.kill(control, stand ? 'SIGSTOP' : 'SIGCONT');
    standing = stand;
    if (now - killed > KILL) {
      killed = now;
      for (const pid of server.workerPids().filter((one) => one !== watched)) process.kill(pid, 'SIGKILL');
      kills++;
    }
    looks.push({ minute: (now - start) / 60_000, ...lookAt(watched) });
  }
  if (standing) process.kill(control, 'SIGCONT');
  await Promise.all(clients);
  const flat = looks.filter(({ minute }) => minute > minutes * WARM);
  const slope = (of: 'megabytes' | 'sockets' | 'descriptors'): number =>
    slopeOf(flat.map((look) => [look.minute, look[of]]));
  const last = looks.at(-1);
  return [
    {
      bench: 'soak',
      what: 'one of two workers under load and faults',
      minutes,
      answers: count.answers,
      'broken off': count.broken,
      'bad requests': count.faults,
      kills,
      MB: last?.megabytes ?? Number.NaN,
      'MB/minute': slope('megabytes'),
      'sockets/minute': slope('sockets'),
      'descriptors/minute': slope('descriptors'),
    },
  ];
}

function lookAt(pid: number): Omit<Look, 'minute'> {
  const folder = `/proc/${pid}/fd`;
  const links = readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(join(folder, name))];
    } catch {
      // It was closed meanwhile.
      return [];
    }
  });
  const sockets = links.filter((link) => link.startsWith('socket:')).length;
  return { megabytes: residentBytes(pid) / 1024 ** 2, sockets, descriptors: links.length };
}

/** Least squares: what `y` grows by for each unit of `x`. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map((point) => point[0])), mean(points.map((point) => point[1]))];
  const sum = (of: (dx: number, dy: number) => number): number =>
    points.reduce((total, [px, py]) => total + of(px - x, py - y), 0);
  return sum((dx, dy) => dx * dy) / sum((dx) => dx * dx);
}

/** A target that answers, breaks off before or within its answer, or takes its time, in turns. */
async function startBreakingTarget(host: string): Promise<{ readonly port: number } & Disposable> {
  let turn = 0;
  const server = createServer((incoming, response) => {
    incoming.on('error', () => {}).resume();
    const kind = turn++ % 5;
    if (kind === 0) incoming.socket.destroy();
    else if (kind === 1) {
      response.writeHead(200, { 'content-length': 100_000 });
      response.write('x'.repeat(1000), () => incoming.socket.destroy());
    } else if (kind === 2) setTimeout(() => response.end('late'), 100);
    else response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Count {
  answers: number;
  broken: number;
  faults: number;
}

/** Asks for short bodies, a new connection every few hundred requests: a worker that came back gets its part. */
async function askSteadily(contender: Contender, running: () => boolean, count: Count): Promise<void> {
  const text = `GET /soak HTTP/1.1\r\nhost: ${contender.hostHeader}\r\n\r\n`;
  while (running())
    await new Promise<void>((resolve) => {
      const socket = connect({ host: contender.host, port: contender.port, noDelay: true });
      let left = 300;
      let got = '';
      const ask = (): void => {
        got = '';
        if (left-- > 0 && running()) socket.write(text);
        else socket.destroy();
      };
      socket.on('connect', ask);
      socket.on('data', (data: Buffer) => {
        got += data.toString('latin1');
        const end = got.indexOf('\r\n\r\n');
        const length = Number(/^content-length: (\d+)\r?$/im.exec(got)?.[1] ?? Number.NaN);
        const chunked = /^transfer-encoding: chunked\r?$/im.test(got);
        if (end < 0 || (chunked ? !got.endsWith('0\r\n\r\n') : got.length < end + 4 + length)) return;
        count.answers++;
        if (/^connection: close\r?$/im.test(got)) socket.destroy();
        else setTimeout(ask, 2);
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        if (left >= 0 && running()) count.broken++;
        setTimeout(resolve, 5);
      });
      socket.setTimeout(10_000, () => socket.destroy());
    });
}

/** Asks in a way that a proxy must bear: reads slowly and leaves, leaves at once, leaves in the middle of its body, sends no HTTP. */
async function askBadly(contender: Contender, running: () => boolean, count: Count, kind: number): Promise<void> {
  const host = `host: ${contender.hostHeader}\r\n`;
  const texts = [
    `GET /files/megabyte HTTP/1.1\r\n${host}\r\n`,
    `GET /soak HTTP/1.1\r\n${host}\r\n`,
    `POST /soak HTTP/1.1\r\n${host}content-length: 1000000\r\n\r\n${'x'.repeat(10_000)}`,
    `GET /soak HTTP/1.1\r\nno header\r\n\r\n`,
  ];
  const [text = '', stay = 0] = [texts[kind % texts.length], [500, 0, 50, 20][kind % texts.length]];
  while (running())
    await new Promise<void>((resolve) => {
      const socket = connect(contender.port, contender.host, () => {
        count.faults++;
        socket.write(text);
        setTimeout(() => socket.destroy(), stay);
      });
      // What is not read holds the target back.
      socket.pause();
      socket.on('error', () => {});
      socket.on('close', () => setTimeout(resolve, 20));
    });
}
