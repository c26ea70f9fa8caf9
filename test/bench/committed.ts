// The committed figures: docs/performance.md, written by `npm run bench -- NAME --write` and compared with by `npm run bench -- all`.

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { formatTable, type Row } from './table.ts';
import { describeVersions } from './versions.ts';

const path = join(import.meta.dirname, '..', '..', 'docs', 'performance.md');

/** The column of a row that is compared: the first of these that it has. Smaller is better. */
const decisive = ['× nginx', '× unbound', 'p99 ms', 'median ms'] as const;

function decisiveOf(row: Row): { readonly column: string; readonly value: number } | undefined {
  for (const column of decisive) {
    const value = Number(row[column]);
    if (row[column] !== undefined && row[column] !== '' && Number.isFinite(value)) return { column, value };
  }
  return undefined;
}

/** The rows of the committed page: every table line under a header that begins with `bench`. */
function readCommitted(): readonly Row[] {
  let columns: readonly string[] = [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line): Row[] => {
      const cells = line.startsWith('| ') ? line.slice(2, -2).split(' | ') : [];
      if (cells[0] === 'bench') columns = cells;
      if (cells.length === 0 || cells[0] === 'bench' || cells[0] === '---') return [];
      return [Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']))];
    });
}

/** Each row beside its committed twin: the decisive figure, then and now. */
export function compareWithCommitted(rows: readonly Row[]): readonly Row[] {
  const committed = readCommitted();
  return rows.flatMap((row) => {
    const now = decisiveOf(row);
    if (now === undefined) return [];
    const twin = committed.find((other) => other['bench'] === row['bench'] && other['what'] === row['what']);
    const before = twin === undefined ? undefined : decisiveOf(twin);
    return [
      {
        bench: row['bench'] ?? '',
        what: row['what'] ?? '',
        figure: now.column,
        committed: before?.value ?? 'none',
        now: now.value,
        ratio: before === undefined ? '' : now.value / before.value,
      },
    ];
  });
}

/** Writes the page anew with these rows; those of benches that are not among them stay. */
export function writeCommitted(rows: readonly Row[], now: Date): void {
  const byBench = Map.groupBy(readCommitted(), (row) => row['bench']);
  for (const [bench, measured] of Map.groupBy(rows, (row) => row['bench'])) byBench.set(bench, measured);
  const text = `# Performance

Written by \`npm run bench -- NAME --write\` (or \`all\`); \`npm run bench -- all\` measures again and compares. Only ratios within a run mean anything: the
machines are shared, and absolute figures move by a factor of two between hours. Last written:

- ${now.toISOString().slice(0, 10)}, Node ${process.versions.node}, Linux ${release()}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'})
- ${describeVersions()}

\`http1\`: 64 connections, 512-byte body, one worker each, access log and counters on, the same headers added and the same fields logged by every proxy
(configurations in \`test/bench/peers/\`); CPU time of the proxy's processes per request, medians of alternating rounds, ratios to nginx and Envoy within a round.
"loopback": all on 127/8. "namespaces": the client's connection ends in its VPC's router, the target is dialled from the workers' namespace.

\`change\`: 200 times UpdateRule under load among 50 and among 5,000 services, to the last of 64 connections' first obedient request: from the answer, which
goes out when the change is durable, and from the call; two workers.

\`start\`: from starting a server on a data directory with 1,000 services and 10,000 rules in two VPCs to its first served request.

\`drain\`: three targets that close connections unused for a second, replaced one by one (deregister, gone, SIGKILL) under 64 connections, every second request
a POST with a body, half of the connections pausing together for that second; two workers. None may fail.

\`idle\`: resident memory of a worker that has served nothing before and with 10,000 connections that have asked once, the difference divided.
\`slow\`: the same with 2,000 clients that read 16 KB of a megabyte twice a second; at its highest.
\`large\`: one body of 10 GB in, one out: the worker's memory at its highest, and CPU time per GB.

\`body\`: responses of 1 MB (16 connections) and 64 MB (4), CPU time per GB; peers buffer as they do by default.

\`latency\`: one connection; what each proxy adds to p50 and p99 of asking the target itself; the lower quartile of many short runs.

\`routes\`: CPU time per request that the last of 2,000 rules answers (half have a prefix, a third a header that contains something), against the last of 10.

\`auth\`: CPU time per signed request (SigV4), each with a path and a date of its own, against plain ones of as many bytes; then with an auth policy of ten
statements on the service network and on the service, of which the last lets the caller in. "envoy with ext_authz": the same requests through Envoy with one
worker, which asks a gRPC service over HTTP/2 on a Unix socket about each (\`@grpc/grpc-js\`, messages read by hand). The service is Pergola's own functions, with keys
derived and policies compiled once; it gets only the headers that a signature needs and tells the target nothing of the caller. CPU time of both processes; the service's is
about half. Before they are measured, both must refuse another secret's signature, another path's and none. SigV4A: without policies; the public key is kept, nothing of a signature is.

\`policy\`: evaluations of an auth policy of 36 KB, and what inputs take that are made to cost as much as they can: policies against one long header, and
whole decisions on a request whose query, headers or path is as long as one may be. No evaluation may take more than a millisecond.

\`dns\`: CPU time per query of a worker and of unbound (one thread, local data) with 1,000 names of one zone, asked by dnsperf with EDNS, a hundred queries out at
once, a tenth for names that are not there; alternating rounds.

\`scale\`: one worker that knows 5,000 services with 40,000 rules and 100,000 targets, made one by one by the API; then control is killed under load and
sends everything anew. How long the loop stood is processor time between two turns (beside it the clock's, which has in it whatever else ran).

\`soak\`: 32 steady and 8 bad clients (slow readers, aborts, half bodies, no HTTP), a target that breaks off, one of two workers killed every 15 seconds, control
stopped (SIGSTOP) for a fifth of the time; what grows in the other worker per minute, after the first third.

\`ends\`: what 64 connections of a client lose when processes end: reloads, kill -9 of a worker every half second, and a stop with SIGTERM; two workers.

\`vpcs\`: VPCs of one range, attached by namespaces, each with a subnet, a workload and an association, made by 16 clients at a time; with each number of them, 20 associations one
after the other from the call to ACTIVE, and the processor time of the server's processes (with the programs that they ran) for making and deleting one; then the memory of all
processes, the start on what kill -9 of all of them left to the first request that the last VPC has answered, and the stop.

${[...byBench.values()].map((group) => formatTable(group)).join('\n')}`;
  writeFileSync(path, text);
}
