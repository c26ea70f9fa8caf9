// The metrics of VPC Lattice under AWS's own names (User Guide: CloudWatch metrics): looked up once, then one addition each.

import type { Counter, CounterSet, Histogram } from '../telemetry/index.ts';

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

/** The series of one service or target group in one zone, by the names of AWS. */
interface Find {
  readonly counter: (name: string) => Counter;
  readonly histogram: (name: string, bounds: readonly number[]) => Histogram;
}

/** Makes the metrics over a set of counters. */
export function createMetrics(counters: CounterSet): Metrics {
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
        found = make({
          counter: (name) => counters.counter(`${NAMESPACE}_${name}`, labels),
          histogram: (name, limits) => counters.histogram(`${NAMESPACE}_${name}`, limits, labels),
        });
        byZone.set(zone, found);
      }
      return found;
    };
  };
  return {
    service: memo('Service', (find) => ({
      requests: createRequestMetrics(find),
      timeouts: find.counter('RequestTimeoutCount'),
    })),
    targetGroup: memo('TargetGroup', (find) => ({
      requests: createRequestMetrics(find),
      activeRequests: find.counter('ActiveRequestCount'),
      connections: find.counter('TotalConnectionCount'),
      activeConnections: find.counter('ActiveConnectionCount'),
      connectionErrors: find.counter('ConnectionErrorCount'),
      connectionTimeouts: find.counter('ConnectionTimeoutCount'),
      http1: find.counter('HTTP1_ConnectionCount'),
      tlsHandshakes: find.counter('TotalTLSConnectionHandshakeCount'),
      tlsErrors: find.counter('TLSConnectionErrorCount'),
      received: find.counter('TotalReceivedConnectionBytes'),
      sent: find.counter('TotalSentConnectionBytes'),
    })),
  };
}

function createRequestMetrics(find: Find): RequestMetrics {
  const total = find.counter('TotalRequestCount');
  // AWS has no metric of other classes: they are in the total alone.
  const classes = [2, 3, 4, 5].map((digit) => find.counter(`HTTPCode_${digit}XX_Count`));
  const times = find.histogram('RequestTime', bounds);
  return {
    count(status, time) {
      total.value++;
      const ofClass = classes[Math.trunc(status / 100) - 2];
      if (ofClass !== undefined) ofClass.value++;
      times.observe(time);
    },
  };
}
