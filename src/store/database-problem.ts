// What of a database this program cannot use, in sentences: a file that is none, and whatever a later program wrote.

import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { LOG_FORMAT } from './log-row.ts';
import { migrations } from './migrations.ts';

/** What is wrong with tables of `version`; undefined when they are known. */
export function wrongVersion(version: number): string | undefined {
  if (version <= migrations.length) return undefined;
  return `the database has version ${version}; this program knows up to ${migrations.length}`;
}

/** What is wrong with records of `format`; undefined when it is known. */
export function wrongFormat(format: number): string | undefined {
  if (format <= LOG_FORMAT) return undefined;
  return `the database has records of format ${format}; this program knows up to ${LOG_FORMAT}`;
}

/** The newest format that is in the log or the records. */
export const newestFormat =
  'SELECT max((SELECT coalesce(max(format), 0) FROM log), (SELECT coalesce(max(format), 0) FROM record)) AS n';

/** SQLITE_CORRUPT and SQLITE_NOTADB; extended codes have more in their upper bytes (SQLite: "Result and Error Codes"). */
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** Why no start can ever use the database `file`, or undefined: then it can be used, made, or something else is wrong that may pass. */
export function findDatabaseProblem(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const database = new DatabaseSync(file);
    try {
      const number = (query: string): number => Number(database.prepare(query).get()?.['n']);
      if (number("SELECT count(*) AS n FROM sqlite_master WHERE name = 'migration'") === 0) return undefined;
      const version = wrongVersion(number('SELECT coalesce(max(version), 0) AS n FROM migration'));
      return version ?? wrongFormat(number(newestFormat));
    } finally {
      database.close();
    }
  } catch (error) {
    const { errcode = 0, message } = error as Error & { readonly errcode?: number };
    const code = errcode & 0xff;
    if (code === CORRUPT) return `${file} is damaged (${message}); it stays as it is, and a backup can take its place`;
    return code === NOT_A_DATABASE ? `${file} is not a database` : undefined;
  }
}
