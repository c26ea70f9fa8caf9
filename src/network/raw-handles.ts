// Listening handles that are bound and not yet listened on: the one place that touches what Node does not document.
//
// `net.Server` and `dgram.Socket` take from the kernel as soon as they are bound; a process that only keeps a socket for
// others must hold the handle beneath them (a passed `net.Server` lost 44 of 200 connections: tried 2026-11-22).

import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { getSystemErrorName } from 'node:util';

/** A bound handle. It can be passed to `process.send`, to `net.Server.listen` (TCP) and to `dgram.Socket.bind` (UDP). */
export interface RawHandle {
  close(callback?: () => void): void;
}

interface NodeHandle extends RawHandle {
  getsockname(out: { port?: number }): number;
}

interface UdpNodeHandle extends NodeHandle {
  bind(address: string, port: number, flags: number): number;
  bind6(address: string, port: number, flags: number): number;
}

interface NetInternals {
  _createServerHandle(
    address: string,
    port: number,
    addressType: 4 | 6,
    fd: undefined,
    flags: number,
  ): NodeHandle | number;
}

/** UV_TCP_IPV6ONLY and UV_UDP_IPV6ONLY. */
const ipv6Only = 1;

/** What is bound: an address of the family (absent: the wildcard) and a port (0: any free one). */
export interface BindRequest {
  readonly kind: 'tcp' | 'udp';
  readonly family: 4 | 6;
  readonly address?: string;
  readonly port: number;
}

/** Binds, and never listens or receives. Throws an `Error` with the system's error name (`EADDRINUSE`) in its message. */
export function bindHandle(request: BindRequest): { readonly handle: RawHandle; readonly port: number } {
  const handle = request.kind === 'tcp' ? bindTcp(request) : bindUdp(request);
  const bound: { port?: number } = {};
  // libuv keeps EADDRINUSE of a TCP bind back until here.
  const failure = handle.getsockname(bound);
  if (failure !== 0) {
    handle.close();
    throw bindError(request, failure);
  }
  return { handle, port: bound.port ?? request.port };
}

function bindTcp(request: BindRequest): NodeHandle {
  const { family, address = family === 4 ? '0.0.0.0' : '::', port } = request;
  const internals = net as unknown as NetInternals;
  const handle = internals._createServerHandle(address, port, family, undefined, family === 6 ? ipv6Only : 0);
  if (typeof handle === 'number') throw bindError(request, handle);
  return handle;
}

function bindUdp(request: BindRequest): NodeHandle {
  const { family, address = family === 4 ? '0.0.0.0' : '::', port } = request;
  const handle = udpHandle(dgram.createSocket(family === 4 ? 'udp4' : 'udp6'));
  const failure = family === 4 ? handle.bind(address, port, 0) : handle.bind6(address, port, ipv6Only);
  if (failure === 0) return handle;
  handle.close();
  throw bindError(request, failure);
}

/** The handle beneath a fresh UDP socket, which must not be used itself any more. */
function udpHandle(socket: dgram.Socket): UdpNodeHandle {
  const symbol = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'state symbol');
  const state = symbol === undefined ? undefined : (Reflect.get(socket, symbol) as { handle?: UdpNodeHandle });
  if (state?.handle === undefined) throw new Error('this version of Node keeps UDP handles in another place');
  return state.handle;
}

function bindError({ kind, address = '*', port }: BindRequest, code: number): Error {
  return new Error(`bind ${kind} ${address}:${port}: ${getSystemErrorName(code)}`);
}

/**
 * Tries on this machine's loopback that bound handles can be listened on and received from. Rejects with the reason when
 * this version of Node has other internals.
 */
export async function rawHandleSelfTest(): Promise<void> {
  const tcp = bindHandle({ kind: 'tcp', family: 4, address: '127.0.0.1', port: 0 });
  const server = net.createServer((socket) => socket.end('x'));
  const accepted = once(server, 'connection');
  server.listen(tcp.handle);
  const client = net.connect(tcp.port, '127.0.0.1').resume();
  const udp = bindHandle({ kind: 'udp', family: 4, address: '127.0.0.1', port: 0 });
  const receiver = dgram.createSocket('udp4');
  const sender = dgram.createSocket('udp4');
  try {
    const received = once(receiver, 'message');
    // Its types know only ports and options; it takes a handle too.
    receiver.bind(udp.handle as dgram.BindOptions);
    sender.send('x', udp.port, '127.0.0.1');
    const late = AbortSignal.timeout(2000);
    const timeout = once(late, 'abort').then(() => {
      throw new Error('handles of this version of Node cannot be passed on: nothing arrived on them');
    });
    await Promise.race([Promise.all([accepted, received, once(client, 'close')]), timeout]);
  } finally {
    server.close();
    receiver.close();
    sender.close();
    client.destroy();
  }
}
