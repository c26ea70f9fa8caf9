// `npm run bench -- NAME [--json] [--rounds N] [--seconds N] [--requests N] [--gigabytes N] [--minutes N] [--vpcs N]`: runs a bench and prints its figures; `all` compares with the committed ones.

import { parseArgs } from 'node:util';
import { judge } from './bounds.ts';
import { benchApi } from './api.ts';
import { benchAuth } from './auth.ts';
import { benchAway } from './away.ts';
import { benchBody } from './body.ts';
import { benchChange } from './change.ts';
import { compareWithCommitted, writeCommitted } from './committed.ts';
import { benchDns } from './dns.ts';
import { benchDrain } from './drain.ts';
import { benchEnds } from './ends.ts';
import { benchFuzz } from './fuzz.ts';
import { benchHttp1 } from './http1.ts';
import { benchIdle } from './idle.ts';
import { benchLarge } from './large.ts';
import { benchLatency } from './latency.ts';
import { benchPolicy } from './policy.ts';
import { benchRoutes } from './routes.ts';
import { benchScale } from './scale.ts';
import { benchSlow } from './slow.ts';
import { benchSoak } from './soak.ts';
import { benchStart } from './start.ts';
import { formatTable, type Row } from './table.ts';
import { benchVpcs } from './vpcs.ts';

const measures: Readonly<
  Record<
    string,
    (options: {
      readonly rounds: number;
      readonly seconds: number;
      readonly requests: number;
      readonly gigabytes: number;
      readonly minutes: number;
      readonly vpcs: number;
    }) => Promise<readonly Row[]>
  >
> = {
  http1: benchHttp1,
  change: benchChange,
  start: benchStart,
  drain: benchDrain,
  ends: benchEnds,
  idle: benchIdle,
  slow: benchSlow,
  large: benchLarge,
  body: benchBody,
  latency: benchLatency,
  routes: benchRoutes,
  auth: benchAuth,
  policy: benchPolicy,
  dns: benchDns,
  scale: benchScale,
  soak: benchSoak,
  api: benchApi,
  vpcs: benchVpcs,
};

/** What is no figure, or takes long, and so is not part of `all`. */
const searches: typeof measures = { fuzz: benchFuzz, away: benchAway };
const benches = { ...measures, ...searches };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    write: { type: 'boolean' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '1000000' },
    gigabytes: { type: 'string', default: '10' },
    minutes: { type: 'string', default: '10' },
    vpcs: { type: 'string', default: '200' },
  },
});
const [name = ''] = positionals;
const chosen = name === 'all' ? Object.values(measures) : Object.hasOwn(benches, name) ? [benches[name]] : [];
if (chosen.length === 0 || (values.write === true && !Object.hasOwn(measures, name) && name !== 'all')) {
  process.stderr.write(
    `usage: npm run bench -- NAME [--json] [--rounds N] [--seconds N] [--requests N] [--gigabytes N] [--minutes N] [--vpcs N] [--write], or all [--write]; NAME is one of ${Object.keys(benches).join(', ')}\n`,
  );
  process.exit(2);
}
const rows: Row[] = [];
for (const bench of chosen) {
  const measured = judge(
    (await bench?.({
      rounds: Number(values.rounds),
      seconds: Number(values.seconds),
      requests: Number(values.requests),
      gigabytes: Number(values.gigabytes),
      minutes: Number(values.minutes),
      vpcs: Number(values.vpcs),
    })) ?? [],
  );
  rows.push(...measured);
  if (values.json !== true) process.stdout.write(`${formatTable(measured)}\n`);
}
if (values.json === true) process.stdout.write(`${JSON.stringify(rows)}\n`);
if (values.write === true) writeCommitted(rows, new Date());
else if (name === 'all' && values.json !== true)
  process.stdout.write(`against docs/performance.md\n\n${formatTable(compareWithCommitted(rows))}`);
process.exit(0);
