// Connections of one worker to one target: reused while they last, dialled from the VPC's own source addresses, encrypted where the group asks for it.

import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { Counter } from '../../telemetry/index.ts';
import type { ProxyLimits } from '../limits.ts';
import type { TargetGroupMetrics } from '../metrics.ts';
import { dialSocket, type DialPlan } from './dial.ts';
import { ConnectionReads, type ReadBuffers } from '../read-buffers.ts';

/** Who uses a connection now. Calls come in the order connected, data…, ended; after `release` none come any more. */
export interface UpstreamUser {
  onUpstreamConnect(): void;
  /** `chunk` is only good during the call; if it is `own`, until the connection is read again. */
  onUpstreamData(chunk: Buffer, own: boolean): void;
  onUpstreamDrain(): void;
  /** The connection is over: with an error, or cleanly closed by the target. */
  onUpstreamEnd(error: Error | undefined): void;
}

/** A connection to a target. */
export interface UpstreamConnection {
  readonly socket: Socket;
  readonly reads: ConnectionReads;
  user: UpstreamUser | undefined;
  connected: boolean;
  /** Monotonic milliseconds of its return to the pool. */
  idleSince: number;
  /** Monotonic milliseconds since when the target may count it as unused at the earliest: when its last request had gone out. */
  quietSince: number;
  /** Seconds for which the target says that it keeps it unused; -1 when it did not say. */
  keepAliveSeconds: number;
}

/** The connections of one worker to one target. */
export interface UpstreamPool {
  /**
   * An unused open connection, now given to `user`, or undefined. A request that cannot be sent again (`repeatable` is false) gets only
   * one that the target cannot have begun to close for being unused.
   */
  reuse(user: UpstreamUser, repeatable: boolean): UpstreamConnection | undefined;
  /** A new connection, being made; a failure is reported to `user.onUpstreamEnd`. */
  dial(user: UpstreamUser): UpstreamConnection;
  /** Gives a connection back after a complete exchange whose request had gone out at `sentMark` (monotonic); `keepAliveSeconds` as of a response. */
  release(connection: UpstreamConnection, sentMark: number, keepAliveSeconds: number): void;
  /** Closes unused connections and keeps none from now on. */
  close(): void;
}

/** Counters that a pool adds to: those of its target group, and one of ours. */
export interface PoolCounters {
  readonly group: TargetGroupMetrics;
  readonly sourcePortsExhausted: Counter;
}

interface Dialled extends UpstreamConnection {
  socket: Socket;
}

/** Makes a pool. `buffers` are what its connections read into. */
export function createUpstreamPool(
  plan: DialPlan,
  limits: ProxyLimits,
  counters: PoolCounters,
  clock: Clock,
  buffers: ReadBuffers,
): UpstreamPool {
  /** By the time of their return, the newest last. */
  const idle: Dialled[] = [];
  let closed = false;
  let sweeping = false;
  /** About how soon the target closes an unused connection, as seen. */
  let patience = Infinity;
  let session: Buffer | undefined;

  const sweep = (): void => {
    sweeping = false;
    const oldest = clock.monotonic() - limits.upstreamIdleTimeout;
    while (idle[0] !== undefined && idle[0].idleSince <= oldest) idle.shift()?.socket.destroy();
    if (idle.length > 0) startSweep();
  };
  const startSweep = (): void => {
    if (sweeping) return;
    sweeping = true;
    clock.after(limits.upstreamIdleTimeout / 2, sweep);
  };

  /** A target that was restarted closed what it had just used: later closings tell how patient it is. */
  const learn = ({ quietSince }: Dialled): void => {
    const lasted = clock.monotonic() - quietSince;
    patience = lasted < patience ? lasted : patience + (lasted - patience) / 4;
  };

  /** Milliseconds for which the target surely keeps the connection: half of what it says, or else of what is usual, and of what was seen. */
  const safeAge = ({ keepAliveSeconds }: Dialled): number => {
    const said = keepAliveSeconds < 0 ? limits.unrepeatableReuseWindow : keepAliveSeconds * 500;
    return Math.min(said, patience / 2, limits.upstreamIdleTimeout / 2);
  };

  const leave = (connection: Dialled): void => {
    const place = idle.indexOf(connection);
    if (place >= 0) idle.splice(place, 1);
  };

  const open = (
    connection: Omit<Dialled, 'socket'> & { socket: Socket | undefined },
    sources: readonly string[],
    attempt: number,
  ): void => {
    /** Whether TCP stands: what fails from then on is TLS. */
    let reached = false;
    const { reads } = connection;
    let buffer = reads.next;
    const read = {
      buffer: () => (buffer = reads.next),
      callback(size: number) {
        const { own } = reads;
        // A target that speaks without being asked is not trusted with the next request.
        if (connection.user === undefined) socket.destroy();
        else {
          reads.note(size);
          connection.user.onUpstreamData(buffer.subarray(0, size), own);
        }
        return true;
      },
    };
    const socket = dialSocket(plan, sources[attempt], session, read, {
      onReached() {
        reached = true;
      },
      onConnected() {
        timer();
        connection.connected = true;
        if (plan.tls !== undefined) counters.group.tlsHandshakes.value++;
        counters.group.http1.value++;
        counters.group.activeConnections.value++;
        connection.user?.onUpstreamConnect();
      },
      onSession(made) {
        session = made;
      },
    });
    connection.socket = socket;
    let failure: Error | undefined;
    const timer = clock.after(limits.upstreamConnectTimeout, () => {
      counters.group.connectionTimeouts.value++;
      socket.destroy(new Error('connect timed out'));
    });
    socket.on('drain', () => connection.user?.onUpstreamDrain());
    // Nothing can come any more: whoever waits for it need not wait until what is still unsent has gone out.
    socket.on('end', () => {
      const { user } = connection;
      if (user === undefined && connection.connected) learn(connection as Dialled);
      if (!connection.connected) {
        socket.destroy(new Error('closed before the connection stood'));
        return;
      }
      connection.user = undefined;
      socket.destroy();
      user?.onUpstreamEnd(undefined);
    });
    socket.on('error', (error: Error) => {
      failure = error;
    });
    socket.on('close', () => {
      timer();
      leave(connection as Dialled);
      if (connection.connected) counters.group.activeConnections.value--;
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
      if (!connection.connected && failure !== undefined) {
        counters.group.connectionErrors.value++;
        if (reached) {
          counters.group.tlsErrors.value++;
          // What was kept of an earlier handshake may be what the target does not like.
          session = undefined;
        }
      }
      const { user } = connection;
      connection.user = undefined;
      user?.onUpstreamEnd(failure);
    });
  };

  return {
    reuse(user, repeatable) {
      for (let connection = idle.pop(); connection !== undefined; connection = idle.pop()) {
        if (connection.socket.destroyed || connection.socket.readableEnded) continue;
        if (!repeatable && clock.monotonic() - connection.quietSince > safeAge(connection)) {
          idle.push(connection);
          return undefined;
        }
        connection.user = user;
        return connection;
      }
      return undefined;
    },
    dial(user) {
      counters.group.connections.value++;
      const fresh = { connected: false, idleSince: 0, quietSince: 0, keepAliveSeconds: -1 };
      const connection = { socket: undefined, reads: new ConnectionReads(buffers), user, ...fresh };
      open(connection, plan.sources(), 0);
      return connection as unknown as Dialled;
    },
    release(connection, sentMark, keepAliveSeconds) {
      connection.user = undefined;
      const { socket } = connection;
      if (closed || socket.destroyed || socket.readableEnded || idle.length >= limits.maxIdlePerTarget) {
        socket.destroy();
        return;
      }
      if (socket.isPaused()) socket.resume();
      connection.idleSince = clock.monotonic();
      connection.quietSince = sentMark;
      connection.keepAliveSeconds = keepAliveSeconds;
      idle.push(connection);
      startSweep();
    },
    close() {
      closed = true;
      for (const connection of idle.splice(0)) connection.socket.destroy();
    },
  };
}
