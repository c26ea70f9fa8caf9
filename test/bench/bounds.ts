// What the figures of a bench must be, as data, and whether they are.

import { costlyInputs } from './policy.ts';
import type { Row } from './table.ts';

/** The most (or, of a count, the least) that a figure of a row may be. */
interface Bound {
  readonly bench: string;
  readonly what: string;
  readonly column: string;
  readonly most?: number;
  /** What it should be one day. */
  readonly aim?: number;
  readonly least?: number;
}

const bounds: readonly Bound[] = [
  ...['loopback', 'namespaces'].flatMap((place): readonly Bound[] => [
    { bench: 'http1', what: `pergola, ${place}`, column: '× nginx', most: 1.7, aim: 1.3 },
    { bench: 'http1', what: `pergola, ${place}`, column: '× envoy', most: 0.5, aim: 0.35 },
  ]),
  { bench: 'dns', what: 'pergola, 1000 names of a zone over UDP', column: '× unbound', most: 4, aim: 2 },
  ...['a signed request', 'a signed request, ten statements on network and service each'].map((what): Bound => ({
    ...{ bench: 'auth', what, column: '× plain', most: 1.45, aim: 1.25 },
  })),
  {
    bench: 'auth',
    what: 'a signed request, ten statements on network and service each',
    column: '× envoy with ext_authz',
    most: 0.4,
  },
  ...costlyInputs.map((what): Bound => ({ bench: 'policy', what, column: 'ms each', most: 1 })),
  ...[50, 5000].flatMap((services): readonly Bound[] => {
    const row = { bench: 'change', what: `${services} services, from durable to the last of 64 connections` };
    return [
      { ...row, column: 'p99 ms', most: 30, aim: 10 },
      { ...row, column: 'failed', most: 0 },
      { ...row, column: 'changes', least: 200 },
    ];
  }),
  {
    ...{ bench: 'change', what: '50 services, an auth policy, from durable to the last of 64 connections' },
    ...{ column: 'p99 ms', most: 50 },
  },
  {
    bench: 'start',
    what: '1000 services, 10000 rules, two VPCs: first request served',
    column: 'median ms',
    most: 4000,
  },
  ...[
    { column: 'failed', most: 0 },
    { column: 'requests', least: 1_000_000 },
    { column: 'replaced', least: 3 },
  ].map((bound): Bound => ({
    bench: 'drain',
    what: '3 targets replaced one by one under load, two workers, half POST',
    ...bound,
  })),
  { bench: 'ends', what: '10 reloads, 64 connections', column: 'failed', most: 0 },
  // A connection carries one request: what the killed worker carried is lost, about half of them, and nothing else.
  {
    bench: 'ends',
    what: '40 times kill -9 of one of two workers, 64 connections',
    column: 'failed per kill',
    most: 40,
  },
  { bench: 'ends', what: 'SIGTERM while 64 requests run', column: 'failed', most: 0 },
  { bench: 'idle', what: '10000 idle connections, one worker', column: 'bytes each', most: 24 * 1024, aim: 12 * 1024 },
  { bench: 'slow', what: '2000 slow readers of 1 MB, one worker', column: 'bytes each', most: 256 * 1024 },
  { bench: 'slow', what: '2000 slow readers of 1 MB, one worker', column: 'failed', most: 0 },
  ...['in', 'out'].flatMap((direction): readonly Bound[] => [
    { bench: 'large', what: `a body of 10 GB ${direction}`, column: 'MB more', most: 64 },
    { bench: 'large', what: `a body of 10 GB ${direction}`, column: 'GB', least: 10 },
  ]),
  ...['1 MB', '64 MB'].map((size): Bound => ({
    bench: 'body',
    what: `pergola, ${size}`,
    column: '× nginx',
    most: 2,
    aim: 1.2,
  })),
  ...['p50 × envoy', 'p99 × envoy'].map((column): Bound => ({
    bench: 'latency',
    what: 'pergola, one connection',
    column,
    most: 1.5,
    aim: 1,
  })),
  ...['prefix', 'contains'].map((kind): Bound => ({
    bench: 'routes',
    what: `the last ${kind} rule of 2000`,
    column: '× 10 rules',
    most: 1.15,
    aim: 1.05,
  })),
  ...[
    { column: 'creates/s', least: 2000 },
    { column: 'moto × cpu', least: 15 },
    { column: 'GetService p99 ms', most: 25 },
    { column: 'ListServices p99 ms', most: 25 },
  ].map((bound): Bound => ({
    bench: 'api',
    what: 'pergola: CreateService, 64 clients, durable before the answer',
    ...bound,
  })),
  ...[
    { column: 'MB made one by one', most: 300, aim: 150 },
    { column: 'MB while loaded anew', most: 300, aim: 150 },
    { column: 'loop stood ms (processor)', most: 20 },
  ].map((bound): Bound => ({
    bench: 'scale',
    what: '5000 services, 40000 rules, 100000 targets: one worker',
    ...bound,
  })),
  ...[
    { column: 'ready s', most: 20 },
    { column: 'MB each', most: 2 },
    { column: 'kill -9 to served ms', most: 5000 },
    { column: 'stop s', most: 20 },
    { column: 'namespaces left', most: 0 },
  ].map((bound): Bound => ({ bench: 'vpcs', what: '200 VPCs with one workload each, two workers', ...bound })),
  ...[10, 50, 200].map((size): Bound => ({
    bench: 'vpcs',
    what: `${size} VPCs, made at once`,
    column: 'p99 ms',
    most: 200,
  })),
  { bench: 'vpcs', what: '500 VPCs with one workload each, two workers', column: 'kill -9 to served ms', most: 5000 },
  { bench: 'vpcs', what: '500 VPCs with one workload each, two workers', column: 'namespaces left', most: 0 },
  ...[
    { column: 'MB/minute', most: 2 },
    { column: 'sockets/minute', most: 2 },
    { column: 'descriptors/minute', most: 2 },
  ].map((bound): Bound => ({ bench: 'soak', what: 'one of two workers under load and faults', ...bound })),
];

/** The rows with a column `must` that names each bound of theirs and says whether it is met; a figure that is absent misses its bound. */
export function judge(rows: readonly Row[]): readonly Row[] {
  return rows.map((row) => {
    const own = bounds.filter(({ bench, what }) => bench === row['bench'] && what === row['what']);
    if (own.length === 0) return row;
    return { ...row, must: own.map((bound) => describeBound(bound, row[bound.column])).join('; ') };
  });
}

function describeBound({ column, most, aim, least }: Bound, text: string | number | undefined): string {
  // Counts that are written out in full are texts.
  const value = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : text;
  const met =
    typeof value === 'number' &&
    value <= (most ?? Number.POSITIVE_INFINITY) &&
    value >= (least ?? Number.NEGATIVE_INFINITY);
  const limit = most === undefined ? `≥ ${least}` : `≤ ${most}`;
  const hoped =
    aim === undefined ? '' : ` (aim ${aim}: ${typeof value === 'number' && value <= aim ? 'met' : 'missed'})`;
  return `${column} ${limit}: ${met ? 'met' : 'missed'}${hoped}`;
}
