// Connections of one worker to one target: reused while they last, dialled from the VPC's own source addresses.

import { connect, type Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { Counter } from '../../telemetry/index.ts';
import type { ProxyLimits } from '../limits.ts';

/** Who uses a connection now. Calls come in the order connected, data…, ended; after `release` none come any more. */
export interface UpstreamUser {
  onUpstreamConnect(): void;
  /** `chunk` is only good during the call: the next read overwrites it. */
  onUpstreamData(chunk: Buffer): void;
  onUpstreamDrain(): void;
  /** The connection is over: with an error, or cleanly closed by the target. */
  onUpstreamEnd(error: Error | undefined): void;
}

/** A connection to a target. */
export interface UpstreamConnection {
  readonly socket: Socket;
  user: UpstreamUser | undefined;
  connected: boolean;
  /** Requests that it has been given, this one included. */
  uses: number;
}

/** Where to dial: what is needed from the attachment of the target's VPC. */
export interface DialPlan {
  readonly host: string;
  readonly port: number;
  /** Local addresses to dial from, in the order to try; empty: the system's choice. */
  sources(): readonly string[];
}

/** The connections of one worker to one target. */
export interface UpstreamPool {
  /** An unused open connection, now given to `user`, or undefined. */
  reuse(user: UpstreamUser): UpstreamConnection | undefined;
  /** A new connection, being made; a failure is reported to `user.onUpstreamEnd`. */
  dial(user: UpstreamUser): UpstreamConnection;
  /** Gives a connection back after a complete exchange. */
  release(connection: UpstreamConnection): void;
  /** Closes unused connections and keeps none from now on. */
  close(): void;
}

/** Counters that a pool adds to. */
export interface PoolCounters {
  readonly connections: Counter;
  readonly connectionErrors: Counter;
  readonly sourcePortsExhausted: Counter;
}

/** Makes a pool. `readBuffer` is what its connections read into; all connections of a worker may share one. */
export function createUpstreamPool(
  plan: DialPlan,
  limits: ProxyLimits,
  counters: PoolCounters,
  clock: Clock,
  readBuffer: Buffer,
): UpstreamPool {
  const idle: { readonly connection: UpstreamConnection; readonly since: number }[] = [];
  let closed = false;
  let sweeping = false;

  const sweep = (): void => {
    sweeping = false;
    const oldest = clock.monotonic() - limits.upstreamIdleTimeout;
    while (idle[0] !== undefined && idle[0].since <= oldest) idle.shift()?.connection.socket.destroy();
    if (idle.length > 0) startSweep();
  };
  const startSweep = (): void => {
    if (sweeping) return;
    sweeping = true;
    clock.after(limits.upstreamIdleTimeout / 2, sweep);
  };

  const open = (
    connection: { socket: Socket | undefined; user: UpstreamUser | undefined; connected: boolean },
    sources: readonly string[],
    attempt: number,
  ): Socket => {
    const localAddress = sources[attempt];
    const socket = connect({
      host: plan.host,
      port: plan.port,
      noDelay: true,
      ...(localAddress === undefined ? {} : { localAddress }),
      onread: {
        // One buffer for all: a buffer of 64 KB for each read cost a tenth of a worker's time.
        buffer: readBuffer,
        callback(size: number) {
          // A target that speaks without being asked is not trusted with the next request.
          if (connection.user === undefined) socket.destroy();
          else connection.user.onUpstreamData(readBuffer.subarray(0, size));
          return true;
        },
      },
    });
    connection.socket = socket;
    let failure: Error | undefined;
    const timer = clock.after(limits.upstreamConnectTimeout, () => socket.destroy(new Error('connect timed out')));
    socket.on('connect', () => {
      timer();
      connection.connected = true;
      connection.user?.onUpstreamConnect();
    });
    socket.on('drain', () => connection.user?.onUpstreamDrain());
    // Nothing can come any more: whoever waits for it need not wait until what is still unsent has gone out.
    socket.on('end', () => {
      const { user } = connection;
      connection.user = undefined;
      socket.destroy();
      user?.onUpstreamEnd(undefined);
    });
    socket.on('error', (error: Error) => {
      failure = error;
    });
    socket.on('close', () => {
      timer();
      const place = idle.findIndex((entry) => entry.connection === connection);
      if (place >= 0) idle.splice(place, 1);
      const code = failure !== undefined && 'code' in failure ? failure.code : undefined;
      if (
        !connection.connected &&
        connection.user !== undefined &&
        (code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL') &&
        attempt + 1 < sources.length
      ) {
        counters.sourcePortsExhausted.value++;
        open(connection, sources, attempt + 1);
        return;
      }
      if (!connection.connected && failure !== undefined) counters.connectionErrors.value++;
      const { user } = connection;
      connection.user = undefined;
      user?.onUpstreamEnd(failure);
    });
    return socket;
  };

  return {
    reuse(user) {
      for (let entry = idle.pop(); entry !== undefined; entry = idle.pop()) {
        const { connection } = entry;
        if (connection.socket.destroyed || connection.socket.readableEnded) continue;
        connection.user = user;
        connection.uses++;
        return connection;
      }
      return undefined;
    },
    dial(user) {
      counters.connections.value++;
      const connection: {
        socket: Socket | undefined;
        user: UpstreamUser | undefined;
        connected: boolean;
        uses: number;
      } = { socket: undefined, user, connected: false, uses: 1 };
      const sources = plan.sources();
      open(connection, sources, 0);
      return connection as UpstreamConnection;
    },
    release(connection) {
      connection.user = undefined;
      const { socket } = connection;
      if (closed || socket.destroyed || socket.readableEnded || idle.length >= limits.maxIdlePerTarget) {
        socket.destroy();
        return;
      }
      if (socket.isPaused()) socket.resume();
      idle.push({ connection, since: clock.monotonic() });
      startSweep();
    },
    close() {
      closed = true;
      for (const entry of idle.splice(0)) entry.connection.socket.destroy();
    },
  };
}
