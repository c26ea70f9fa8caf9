// Time and size limits of the data plane by name, as `limits:` in pergola.yaml sets them.

/** Milliseconds unless the name says otherwise. */
export interface ProxyLimits {
  /** From the first byte of a request to the end of its head. */
  readonly requestHeadTimeout: number;
  /** An unused client connection is closed after this time (AWS: the service's idle timeout, 60 s by default; before a request no service is known). */
  readonly clientIdleTimeout: number;
  /** A target's connection must stand within this time. */
  readonly upstreamConnectTimeout: number;
  /** A pooled connection to a target is closed after being unused for this long. */
  readonly upstreamIdleTimeout: number;
  /** AWS: a connection lasts at most ten minutes (User Guide: Services). */
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
  upstreamConnectTimeout: 5_000,
  upstreamIdleTimeout: 60_000,
  maxConnectionDuration: 600_000,
  maxIdlePerTarget: 64,
  healthCheckSpeed: 1,
};
