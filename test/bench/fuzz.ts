// `npm run bench -- fuzz`: mutated requests and responses with seeds of the moment, `--rounds` of `--seconds` each; a difference ends the run.

import { fuzz, type Subject } from '../proxy/fuzz/fuzz.ts';
import type { Row } from './table.ts';

const subjects: readonly Subject[] = ['requests', 'responses'];

/** Fuzzes both parsers. What was found is printed with its seed, as text for `test/proxy/fuzz/found.ts`. */
export async function benchFuzz(options: {
  readonly rounds: number;
  readonly seconds: number;
}): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const subject of subjects) {
    let cases = 0;
    let compared = 0;
    for (let round = 0; round < options.rounds; round++) {
      const seed = (Date.now() + round) >>> 0;
      const end = performance.now() + options.seconds * 1000;
      const result = await fuzz(subject, seed, () => performance.now() < end);
      cases += result.cases;
      compared += result.compared;
      for (const { input, why } of result.differences)
        process.stderr.write(`seed ${seed}: ${JSON.stringify(input)}\n    ${why}\n`);
      if (result.differences.length > 0) process.exit(1);
    }
    rows.push({ bench: 'fuzz', what: subject, cases, 'messages compared': compared, differences: 0 });
  }
  return rows;
}
