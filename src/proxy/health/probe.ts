// One health check: a request on a connection of its own, and what its response says.

import { connect as connectHttp2 } from 'node:http2';
import { connect, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '../../base/clock.ts';
import { parseResponseHead } from '../http1/response-head.ts';
import type { HealthReason } from '../upstream/target-state.ts';

/** What is asked, and of whom. */
export interface Probe {
  readonly host: string;
  readonly port: number;
  /** Local addresses to dial from, in the order to try; empty: the system's choice. */
  readonly sources: readonly string[];
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly protocolVersion: 'HTTP1' | 'HTTP2';
  readonly path: string;
  /** Milliseconds until the status must be there. */
  readonly timeout: number;
  matches(status: number): boolean;
}

/** Why a check failed; undefined: it did not. */
export type ProbeResult = HealthReason | undefined;

/** What checks say of themselves. */
const USER_AGENT = 'Pergola-HealthChecker/1.0';

/** Bytes of a response's head, interim ones included, that a check reads. */
const MAX_RESPONSE = 16 * 1024;

/** What asks on a socket that is being connected, and says by `answer` which status came, undefined for none. */
type Ask = (socket: Socket, probe: Probe, authority: string, answer: (status: number | undefined) => void) => void;

/**
 * Checks once and calls `done` once. The connection is new and ends by a reset, so that no port is left in TIME_WAIT. TLS takes every
 * certificate, as AWS does.
 */
export function probeTarget(probe: Probe, clock: Clock, done: (result: ProbeResult) => void): void {
  const { host, port, sources } = probe;
  const [localAddress, ...others] = sources;
  const raw = connect({ host, port, noDelay: true, ...(localAddress === undefined ? {} : { localAddress }) });
  let over = false;
  const end = (result: ProbeResult): void => {
    if (over) return;
    over = true;
    cancel();
    // A reset would wait for a connection that may never stand.
    if (raw.connecting) raw.destroy();
    else raw.resetAndDestroy();
    done(result);
  };
  const cancel = clock.after(probe.timeout, () => end('Target.Timeout'));
  raw.on('error', (error: NodeJS.ErrnoException) => {
    // An address that has no port left says nothing about the target.
    const spent = error.code === 'EADDRINUSE' || error.code === 'EADDRNOTAVAIL';
    if (!spent || others.length === 0 || over) end('Target.FailedHealthChecks');
    else {
      over = true;
      cancel();
      probeTarget({ ...probe, sources: others }, clock, done);
    }
  });
  raw.on('close', () => end('Target.FailedHealthChecks'));
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const ask = probe.protocolVersion === 'HTTP2' ? askHttp2 : askHttp1;
  const socket = probe.protocol === 'HTTPS' ? encrypt(raw, probe) : raw;
  if (socket !== raw) socket.on('error', () => end('Target.FailedHealthChecks'));
  ask(socket, probe, authority, (status) => {
    if (status === undefined) end('Target.FailedHealthChecks');
    else end(probe.matches(status) ? undefined : 'Target.ResponseCodeMismatch');
  });
}

function encrypt(socket: Socket, { protocolVersion }: Probe): Socket {
  const ALPNProtocols = [protocolVersion === 'HTTP2' ? 'h2' : 'http/1.1'];
  return connectTls({ socket, rejectUnauthorized: false, ALPNProtocols });
}

const askHttp1: Ask = (socket, { path }, authority, answer) => {
  let got = '';
  socket.write(
    `GET ${path} HTTP/1.1\r\nhost: ${authority}\r\nuser-agent: ${USER_AGENT}\r\naccept: */*\r\nconnection: close\r\n\r\n`,
    'latin1',
  );
  socket.on('data', (chunk: Buffer) => {
    got += chunk.toString('latin1', 0, MAX_RESPONSE - got.length);
    for (let end = got.indexOf('\r\n\r\n'); end >= 0; end = got.indexOf('\r\n\r\n')) {
      const head = parseResponseHead(got.slice(0, end + 2));
      if ('reason' in head) {
        answer(undefined);
        return;
      }
      if (head.status >= 200) {
        answer(head.status);
        return;
      }
      got = got.slice(end + 4);
    }
    if (got.length >= MAX_RESPONSE) answer(undefined);
  });
};

/** Prior knowledge on a plain connection, ALPN on an encrypted one. */
const askHttp2: Ask = (socket, { path, protocol }, authority, answer) => {
  const session = connectHttp2(`${protocol.toLowerCase()}://${authority}`, {
    createConnection: () => socket,
    settings: { enablePush: false, maxHeaderListSize: MAX_RESPONSE },
    // Megabytes.
    maxSessionMemory: 1,
  });
  session.on('error', () => answer(undefined));
  const stream = session.request({ ':path': path, 'user-agent': USER_AGENT, accept: '*/*' }, { endStream: true });
  stream.on('error', () => answer(undefined));
  stream.on('response', (headers) => answer(headers[':status']));
};
