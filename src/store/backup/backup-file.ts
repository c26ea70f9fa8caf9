// The form of a backup file: a line that names the format, a line of JSON, the database, and the hash of all that.

import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';

/** The newest format of backup files; readers refuse later ones. 2 has the key of the database's secrets; without one it is 1. */
const FORMAT = 2;

/** Bytes in which the two first lines have to end. */
const HEAD_SIZE = 1024;

/** Bytes of the last line: SHA-256 in hex of all before it, and a line feed. */
const TAIL_SIZE = 65;

/** Bytes that are read at once. */
const PORTION = 256 * 1024;

/** Why a file is no backup that can be used, in a sentence for people. */
export class BackupProblem extends Error {
  override readonly name = 'BackupProblem';
}

/** What a backup says of itself. */
export interface BackupHead {
  /** When it was taken, milliseconds since 1970. */
  readonly time: number;
  /** The newest revision that is in it. */
  readonly revision: number;
  /** Of the database. */
  readonly bytes: number;
  /** The key that the secrets of the database are sealed with, base64; absent when they are not sealed. */
  readonly key?: string;
}

/** A backup file that is whole. */
export interface CheckedBackup {
  readonly head: BackupHead;
  /** Where the database begins. */
  readonly offset: number;
}

/** How long the backup file with this head is. */
export function backupSize(head: BackupHead): number {
  return formatHead(head).length + head.bytes + TAIL_SIZE;
}

/** The bytes of the backup file that holds the database in the open file `fd`, in portions. */
export async function* backupContent(fd: number, head: BackupHead): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const first = formatHead(head);
  hash.update(first);
  yield first;
  if (head.bytes > 0)
    for await (const portion of portions(fd, 0, head.bytes)) {
      hash.update(portion);
      yield portion;
    }
  yield Buffer.from(`${hash.digest('hex')}\n`);
}

function formatHead(head: BackupHead): Buffer {
  return Buffer.from(`pergola backup ${head.key === undefined ? 1 : 2}\n${JSON.stringify(head)}\n`);
}

/** `length` bytes of an open file from `start`; the caller closes it. */
function portions(fd: number, start: number, length: number): AsyncIterable<Buffer> {
  return createReadStream('', { fd, start, end: start + length - 1, autoClose: false, highWaterMark: PORTION });
}

/** Reads a backup file to its end. Throws `BackupProblem` when it is none, of a later format, not whole or damaged. */
export async function checkBackup(file: string): Promise<CheckedBackup> {
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const start = Buffer.alloc(Math.min(size, HEAD_SIZE));
    readSync(fd, start, 0, start.length, 0);
    const head = readHead(file, start.toString('latin1'));
    const offset = formatHead(head).length;
    if (size < backupSize(head))
      throw new BackupProblem(`${file} is not whole: it has ${size} of ${backupSize(head)} bytes`);
    const hash = createHash('sha256');
    for await (const portion of portions(fd, 0, offset + head.bytes)) hash.update(portion);
    const tail = Buffer.alloc(TAIL_SIZE);
    readSync(fd, tail, 0, TAIL_SIZE, offset + head.bytes);
    if (size > backupSize(head) || tail.toString('latin1') !== `${hash.digest('hex')}\n`)
      throw new BackupProblem(`${file} is damaged: its content is not what its hash says`);
    return { head, offset };
  } finally {
    closeSync(fd);
  }
}

function readHead(file: string, start: string): BackupHead {
  const [, format, json] = /^pergola backup (\d{1,9})\n(?:(\{[^\n]*\})\n)?/.exec(start) ?? [];
  if (format === undefined) throw new BackupProblem(`${file} is no backup of Pergola`);
  if (Number(format) > FORMAT)
    throw new BackupProblem(`${file} has backup format ${format}; this program knows up to ${FORMAT}`);
  try {
    const head = JSON.parse(json ?? '') as BackupHead;
    const { time, revision, bytes, key } = head;
    const read: BackupHead = { time, revision, bytes, ...(key === undefined ? {} : { key }) };
    // Written anew it must be what is there: nothing else can have been hashed.
    const isSame = start.startsWith(formatHead(read).toString('latin1'));
    const isKey = key === undefined || /^[\w+/]{43}=$/.test(key);
    if (isSame && isKey && [time, revision, bytes].every((value) => Number.isSafeInteger(value) && value >= 0))
      return read;
  } catch {
    // Said below.
  }
  throw new BackupProblem(`${file} is damaged: its first lines are not those of a backup`);
}

/** The database in a checked backup, in portions. */
export async function* databaseOf(file: string, { head, offset }: CheckedBackup): AsyncGenerator<Buffer> {
  const fd = openSync(file, 'r');
  try {
    if (head.bytes > 0) yield* portions(fd, offset, head.bytes);
  } finally {
    closeSync(fd);
  }
}
