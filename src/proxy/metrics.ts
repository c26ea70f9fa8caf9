// The metrics of VPC Lattice under AWS's own names (User Guide: CloudWatch metrics): looked up once, then one addition each.

import type { Counter, CounterSet } from '../telemetry/index.ts';

/** What is counted of one service in one zone. */
export interface ServiceMetrics {
  readonly requests: RequestMetrics;
  /** RequestTimeoutCount: requests that ended because somebody was idle for too long. */
  readonly timeouts: Counter;
}

/** What is counted of one target group in one zone. */
export interface TargetGroupMetrics {
  readonly requests: RequestMetrics;
  readonly activeRequests: Counter;
  readonly connections: Counter;
  readonly activeConnections: Counter;
  readonly connectionErrors: Counter;
  readonly connectionTimeouts: Counter;
  /** Connections that speak HTTP/1.1. */
  readonly http1: Counter;
  readonly tlsHandshakes: Counter;
  readonly tlsErrors: Counter;
  /** Bytes from targets, and towards them. */
  readonly received: Counter;
  readonly sent: Counter;
}

/** Finished requests. */
export interface RequestMetrics {
  /** Counts one with its status (0: none was sent) and its time in milliseconds. */
  count(status: number, time: number): void;
}

/** The metrics of one worker. `zone` is an availability zone's name; empty where it is not known. */
export interface Metrics {
  readonly service: (id: string, zone: string) => ServiceMetrics;
  readonly targetGroup: (id: string, zone: string) => TargetGroupMetrics;
}

/** AWS's namespace `AWS/VpcLattice`, as Prometheus can write it. */
const NAMESPACE = 'AWS_VpcLattice';

/** Upper bounds of RequestTime's buckets, in milliseconds. */
const bounds = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000];

/** Makes the metrics over a set of counters. */
export function createMetrics(counters: CounterSet): Metrics {
  type Find = (name: string, more?: Readonly<Record<string, string>>) => Counter;
  /** A lookup by id and zone that allocates only the first time. */
  const memo = <T>(
    dimension: 'Service' | 'TargetGroup',
    make: (find: Find) => T,
  ): ((id: string, zone: string) => T) => {
    const byId = new Map<string, Map<string, T>>();
    return (id, zone) => {
      let byZone = byId.get(id);
      if (byZone === undefined) byId.set(id, (byZone = new Map()));
      let found = byZone.get(zone);
      if (found === undefined) {
        const labels = { [dimension]: id, ...(zone === '' ? {} : { AvailabilityZone: zone }) };
        found = make((name, more = {}) => counters.counter(`${NAMESPACE}_${name}`, { ...labels, ...more }));
        byZone.set(zone, found);
      }
      return found;
    };
  };
  return {
    service: memo('Service', (find) => ({
      requests: createRequestMetrics(find),
      timeouts: find('RequestTimeoutCount'),
    })),
    targetGroup: memo('TargetGroup', (find) => ({
      requests: createRequestMetrics(find),
      activeRequests: find('ActiveRequestCount'),
      connections: find('TotalConnectionCount'),
      activeConnections: find('ActiveConnectionCount'),
      connectionErrors: find('ConnectionErrorCount'),
      connectionTimeouts: find('ConnectionTimeoutCount'),
      http1: find('HTTP1_ConnectionCount'),
      tlsHandshakes: find('TotalTLSConnectionHandshakeCount'),
      tlsErrors: find('TLSConnectionErrorCount'),
      received: find('TotalReceivedConnectionBytes'),
      sent: find('TotalSentConnectionBytes'),
    })),
  };
}

function createRequestMetrics(
  find: (name: string, more?: Readonly<Record<string, string>>) => Counter,
): RequestMetrics {
  const total = find('TotalRequestCount');
  // AWS has no metric of other classes: they are in the total alone.
  const classes = [2, 3, 4, 5].map((digit) => find(`HTTPCode_${digit}XX_Count`));
  const buckets = bounds.map((bound) => find('RequestTime_bucket', { le: String(bound) }));
  const all = find('RequestTime_bucket', { le: '+Inf' });
  const count = find('RequestTime_count');
  const sum = find('RequestTime_sum');
  return {
    count(status, time) {
      total.value++;
      const ofClass = classes[Math.trunc(status / 100) - 2];
      if (ofClass !== undefined) ofClass.value++;
      // Buckets are cumulative: from the first that holds the time on.
      for (let i = bounds.length - 1; i >= 0 && time <= (bounds[i] ?? 0); i--) {
        const bucket = buckets[i];
        if (bucket !== undefined) bucket.value++;
      }
      all.value++;
      count.value++;
      sum.value += time;
    },
  };
}
