// Time and size limits of the data plane by name, as `limits:` in pergola.yaml sets them.

/** Milliseconds unless the name says otherwise. */
export interface ProxyLimits {
  /** From the first byte of a request to the end of its head. */
  readonly requestHeadTimeout: number;
  /** An unused client connection is closed after this time (AWS: the service's idle timeout, 60 s by default; before a request no service is known). */
  readonly clientIdleTimeout: number;
  /** Bytes of a request's head, the request line included (AWS: 60 KB of headers, else 400). */
  readonly maxRequestHead: number;
  /** Bytes of a request line; a longer one is 414. */
  readonly maxRequestLine: number;
  /** Header lines of a request (AWS: 100, else 400). */
  readonly maxRequestHeaders: number;
  /** Bytes of a request's body, as sent (the sizes of chunks count); a longer one is 413. AWS publishes no limit, so there is none unless it is set. */
  readonly maxRequestBody: number;
  /** Bytes of a request's body that are read and thrown away after an answer of our own, before the connection is given up. */
  readonly maxDiscard: number;
  /**
   * A connection that we end is read on, so that no reset overtakes the answer: while bytes come, with pauses of at most `lingerPause`, and
   * not longer than `lingerTime`.
   */
  readonly lingerPause: number;
  readonly lingerTime: number;
  /** Client connections of one worker through one door: one more is answered 503, and beyond twice as many they are reset. */
  readonly maxConnectionsPerDoor: number;
  /** A target's connection must stand within this time. */
  readonly upstreamConnectTimeout: number;
  /** A pooled connection to a target is closed after being unused for this long. */
  readonly upstreamIdleTimeout: number;
  /**
   * A request that could not be sent again (a POST, or any with a body) takes a pooled connection only when that one's last request went out
   * at most this long ago (for a target that announces its time by Keep-Alive: half of that): a target may close what it has not used for a second.
   */
  readonly unrepeatableReuseWindow: number;
  /** AWS: a connection lasts at most ten minutes (User Guide: Services). A response that runs then gets `clientIdleTimeout` more. */
  readonly maxConnectionDuration: number;
  /** Unused pooled connections kept per target and worker. */
  readonly maxIdlePerTarget: number;
  /** A health check's interval is taken from the target group, divided by this (tests only make it faster). */
  readonly healthCheckSpeed: number;
}

/** AWS's values where AWS publishes one; else ours. */
export const defaultProxyLimits: ProxyLimits = {
  requestHeadTimeout: 30_000,
  clientIdleTimeout: 60_000,
  maxRequestHead: 61_440,
  maxRequestLine: 61_440,
  maxRequestHeaders: 100,
  maxRequestBody: Number.MAX_SAFE_INTEGER,
  maxDiscard: 262_144,
  lingerPause: 2_000,
  lingerTime: 30_000,
  maxConnectionsPerDoor: 50_000,
  upstreamConnectTimeout: 5_000,
  upstreamIdleTimeout: 60_000,
  unrepeatableReuseWindow: 500,
  maxConnectionDuration: 600_000,
  maxIdlePerTarget: 64,
  healthCheckSpeed: 1,
};
