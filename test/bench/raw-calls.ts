// Signed calls as bytes, sent over many connections one after the other: the client costs as little as it can.

import { connect, type Socket } from 'node:net';
import { sha256, signHeaders, type Signer } from '../../src/sigv4/index.ts';
import type { Place } from './peers.ts';

/** What went over the connections. Times are in milliseconds, from the request's bytes to the answer's last. */
export interface CallRun {
  readonly times: readonly number[];
  /** Answers whose status was not 2xx, by status. */
  readonly failed: ReadonlyMap<number, number>;
}

/** The headers of one call, signed for now. */
function headersOf(place: Place, signer: Signer, method: string, target: string, body: string): Record<string, string> {
  const [path = '', query = ''] = target.split('?');
  const headers = new Map([['host', `${place.host}:${place.port}`]]);
  const added = signHeaders({ method, path, query, headers }, signer, { now: Date.now(), bodyHash: sha256(body) });
  return { ...Object.fromEntries(headers), ...added, 'content-type': 'application/json' };
}

/** One call of a server whose clients are few. Throws when the answer is none of success. */
export async function callOnce(
  place: Place,
  signer: Signer,
  method: string,
  target: string,
  body = '',
): Promise<Response> {
  const answer = await fetch(`http://${place.host}:${place.port}${target}`, {
    method,
    headers: headersOf(place, signer, method, target, body),
    ...(body === '' ? {} : { body }),
  });
  if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** The bytes of one call of VPC Lattice, signed for now. */
export function signCall(place: Place, signer: Signer, method: string, target: string, body = ''): Buffer {
  const headers = headersOf(place, signer, method, target, body);
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

/** Sends what `next` gives over `connections` connections, each its next one when the last is answered, until `next` gives nothing. */
export async function runCalls(place: Place, connections: number, next: () => Buffer | undefined): Promise<CallRun> {
  const times: number[] = [];
  const failed = new Map<number, number>();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      let socket = await open(place);
      for (let call = next(); call !== undefined; call = next()) {
        const begin = performance.now();
        const { status, closes } = await exchange(socket, call);
        times.push(performance.now() - begin);
        if (status < 200 || status > 299) failed.set(status, (failed.get(status) ?? 0) + 1);
        if (!closes) continue;
        // A server without keep-alive.
        socket.destroy();
        socket = await open(place);
      }
      socket.destroy();
    }),
  );
  return { times, failed };
}

/** The value below which the share `share` of `times` lies. */
export function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function open({ host, port }: Place): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** The status of the answer, when all of it has come, and whether it is the connection's last. */
function exchange(socket: Socket, call: Buffer): Promise<{ readonly status: number; readonly closes: boolean }> {
  return new Promise((resolve, reject) => {
    let text = '';
    const onData = (data: Buffer): void => {
      text += data.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      finish();
      resolve({
        status: Number(text.slice(9, 12)),
        closes: /\r\nconnection: *close\r\n/i.test(text.slice(0, end + 2)),
      });
    };
    const onClose = (): void => {
      finish();
      reject(new Error('the server closed the connection'));
    };
    const finish = (): void => {
      socket.off('data', onData).off('close', onClose);
    };
    socket.on('data', onData).on('close', onClose);
    socket.write(call);
  });
}
