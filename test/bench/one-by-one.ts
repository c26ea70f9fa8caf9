// One connection that asks again when it is answered: how long every single request takes.

import { connect } from 'node:net';
import type { Contender } from './peers.ts';

/** Microseconds of the requests of one run. */
export interface Times {
  readonly p50: number;
  readonly p99: number;
}

/**
 * Asks for `/bench` (512 bytes) for `seconds`. wrk is not asked for these times: it counts a request that takes ten times as
 * long as ten (its correction for coordinated omission, by its own rate), so that its p99 of one connection is a share of the
 * time and not of the requests.
 */
export async function askOneByOne(contender: Contender, seconds: number): Promise<Times> {
  const times: number[] = [];
  const request = Buffer.from(`GET /bench HTTP/1.1\r\nHost: ${contender.hostHeader}\r\n\r\n`);
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: contender.host, port: contender.port, noDelay: true });
    const end = performance.now() + seconds * 1000;
    let sentAt = 0;
    let answer = '';
    const ask = (): void => {
      answer = '';
      sentAt = performance.now();
      socket.write(request);
    };
    socket.on('connect', ask);
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      const head = answer.indexOf('\r\n\r\n');
      if (head < 0) return;
      if (!answer.startsWith('HTTP/1.1 200 ')) reject(new Error(`${contender.name}: ${answer.slice(0, 200)}`));
      if (answer.length < head + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(answer)?.[1] ?? 0)) return;
      times.push((performance.now() - sentAt) * 1000);
      if (performance.now() < end) ask();
      else {
        socket.destroy();
        resolve();
      }
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`${contender.name} closed the connection`)));
  });
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
