// What a command of `pergola` gets from its process, and how its failures become exit codes.

import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { NoServer } from './server-file.ts';

/** The process around a command. */
export interface CommandIo {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Writes to standard output. */
  out(text: string): void;
  /** Writes to standard error. */
  err(text: string): void;
}

/** The options of a command without positional arguments. Throws what `failureStatus` knows as wrong usage. */
export function parseOptions<Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
}

/** As `parseOptions`, for a command that is given exactly one file. */
export function parseFileOptions<Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  const { values, positionals } = parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
  const [file, ...others] = positionals;
  if (file === undefined || file === '' || others.length > 0) {
    const message =
      file === undefined || file === '' ? 'there is no FILE' : `there is more than one FILE: ${others.join(' ')}`;
    throw Object.assign(new TypeError(message), { code: 'ERR_PARSE_ARGS_FILE' });
  }
  return { file, values };
}

/**
 * Says on standard error why a command failed and gives its exit status: 2 for wrong usage, 1 when there is no server or it
 * does not answer. Throws what is neither.
 */
export function failureStatus(error: unknown, name: string, usage: string, io: CommandIo): 1 | 2 {
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error ? String(error.code) : '';
  if (code.startsWith('ERR_PARSE_ARGS')) {
    io.err(`pergola ${name}: ${error.message}\n${usage}`);
    return 2;
  }
  if (!(error instanceof NoServer) && code === '') throw error;
  io.err(
    `pergola ${name}: ${error instanceof NoServer ? error.message : `the server does not answer: ${error.message}`}\n`,
  );
  return 1;
}
