// `npm run bench -- NAME [--json] [--rounds N] [--seconds N]`: runs a bench and prints its figures.

import { parseArgs } from 'node:util';
import { benchChange } from './change.ts';
import { benchHttp1 } from './http1.ts';
import { benchStart } from './start.ts';
import { formatTable, type Row } from './table.ts';

const benches: Readonly<
  Record<string, (options: { readonly rounds: number; readonly seconds: number }) => Promise<readonly Row[]>>
> = { http1: benchHttp1, change: benchChange, start: benchStart };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
  },
});
const [name = ''] = positionals;
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (bench === undefined) {
  process.stderr.write(
    `usage: npm run bench -- NAME [--json] [--rounds N] [--seconds N]; NAME is one of ${Object.keys(benches).join(', ')}\n`,
  );
  process.exit(2);
}
const rows = await bench({ rounds: Number(values.rounds), seconds: Number(values.seconds) });
process.stdout.write(values.json === true ? `${JSON.stringify(rows)}\n` : formatTable(rows));
process.exit(0);
