// `pergola policy check FILE`: says what is wrong with a policy document, and what is odd about it, and where.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parsePolicy, reviewPolicy, type PolicyKind, type Remark } from '../policy/index.ts';
import type { CommandIo } from './command-io.ts';

/** For the list of commands. */
export const policyUsage = `usage: npx pergola policy check FILE [--for auth|identity|trust] [--strict]
  Ends with 1 when the document is wrong; warnings end with 0, with --strict with 1. FILE - is standard input.
`;

/** The kinds by the names that people know them by. */
const kinds: ReadonlyMap<string, PolicyKind> = new Map([
  ['auth', 'resource'],
  ['identity', 'identity'],
  ['trust', 'trust'],
]);

/** The most characters of an auth policy (API Reference: PutAuthPolicy). */
const MOST_AUTH = 36_864;

/** Runs the command; resolves with its exit status: 1 when the document is wrong, or there is a warning and `--strict`. */
export function policy(args: readonly string[], { out, err }: Pick<CommandIo, 'out' | 'err'>): Promise<number> {
  const wrong = (message: string): Promise<number> => {
    err(`pergola policy: ${message}\n${policyUsage}`);
    return Promise.resolve(2);
  };
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { for: { type: 'string', default: 'auth' }, strict: { type: 'boolean', default: false } },
    });
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
  const [verb, file, ...more] = parsed.positionals;
  const kind = kinds.get(parsed.values.for);
  if (verb !== 'check' || file === undefined || more.length > 0) return wrong('one FILE is checked at a time');
  if (kind === undefined) return wrong(`--for must be one of ${[...kinds.keys()].join(', ')}`);
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    err(`pergola policy: ${error instanceof Error ? error.message : String(error)}\n`);
    return Promise.resolve(1);
  }
  const say = (word: string, { pointer, line, column, message }: Remark): void =>
    out(`${file}:${line}:${column}: ${word}: ${pointer === '' ? '' : `${pointer}: `}${message}\n`);
  const result = parsePolicy(text, kind);
  const remarks = result.ok ? reviewPolicy(result.document) : [];
  if (!result.ok) for (const problem of result.problems) say('error', problem);
  for (const remark of remarks) say('warning', remark);
  const size = kind === 'resource' && result.ok ? JSON.stringify(JSON.parse(text)).length : 0;
  if (size > MOST_AUTH) {
    const message = `The document has ${size} characters without its spaces; an auth policy may have ${MOST_AUTH}.`;
    say('error', { pointer: '', line: 1, column: 1, message });
  }
  const isOdd = parsed.values.strict && remarks.length > 0;
  return Promise.resolve(result.ok && size <= MOST_AUTH && !isOdd ? 0 : 1);
}
