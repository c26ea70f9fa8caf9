// The table of docs/parity.md, from the code and from what tests called.

import * as sdk from '@aws-sdk/client-vpc-lattice';
import { latticeOperations } from '../src/api/index.ts';
import { readServiceSchema } from '../src/aws/index.ts';
import { buildUriIndex, findByUri } from '../src/aws/uri-index.ts';

/** Operations that passing tests called, and those whose effect end-to-end cases that name them saw in traffic. */
export interface Calls {
  readonly tested: ReadonlySet<string>;
  readonly enforced: ReadonlySet<string>;
}

const marker = '<!-- What follows is written by hand. -->';

/** What of docs/parity.md is written by hand. */
export function handWritten(text: string): string {
  const at = text.indexOf(marker);
  return at < 0 ? '' : text.slice(at + marker.length);
}

/** One row: the operation and its marks without those that only tests give. */
export interface ParityRow {
  readonly name: string;
  readonly decoded: boolean;
  readonly decided: boolean;
  readonly changes: boolean;
}

/** Every operation of the SDK's schema, in alphabetical order. */
export function rows(): readonly ParityRow[] {
  const { operations } = readServiceSchema({ ...sdk });
  const kinds = new Map(latticeOperations.map(({ name, kind }) => [name, kind]));
  const index = buildUriIndex(operations.values());
  return [...operations.values()]
    .map(({ name, http }) => ({
      name,
      decoded:
        http !== undefined && findByUri(index, http.method, http.uri.replace(/\{\w+\}/g, 'x'))?.operation.name === name,
      decided: kinds.has(name),
      changes: kinds.get(name) === 'change',
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The page: table, explanation, and `notes` as they were. */
export function formatParity(calls: Calls, notes: string): string {
  const mark = (yes: boolean): string => (yes ? 'yes' : '');
  const table = rows().map(({ name, decoded, decided, changes }) => {
    const persisted = decided && !changes ? 'reads' : mark(changes);
    const enforced = decided && !changes ? 'reads' : mark(changes && calls.enforced.has(name));
    return `| ${name} | ${mark(decoded)} | ${mark(decided)} | ${persisted} | ${enforced} | ${mark(calls.tested.has(name))} |`;
  });
  const count = (test: (cells: readonly string[]) => boolean): number =>
    table.filter((row) => test(row.split('|').map((cell) => cell.trim()))).length;
  return `# Parity with Amazon VPC Lattice

Written by \`npm run parity\`; do not edit the table. Of ${table.length} operations ${count((cells) => cells[3] === 'yes')} are decided and ${count((cells) => cells[6] === 'yes')} tested.

- decoded: found by method and URI, read and judged by schema and constraint tables
- decided: answered by rules of the domain
- persisted: the change is in the log before it is answered
- enforced: an end-to-end case that names the operation passed, and saw in real traffic what the call did; calls that traffic cannot show (deleting what is not in use, tags) have no mark
- tested: a passing test called it through the AWS SDK and got an answer

| operation | decoded | decided | persisted | enforced | tested |
|---|---|---|---|---|---|
${table.join('\n')}

${marker}${notes}`;
}
