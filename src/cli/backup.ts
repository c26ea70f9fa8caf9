// `pergola backup`: writes everything that a server keeps into one file, while the server runs or of a data directory that none uses.

import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { acquireLock, isLockHeld } from '../store/index.ts';
import { BackupProblem, checkBackup, takeBackup } from '../store/backup/index.ts';
import { formatApiError, openApiCall, parseBody } from './api-client.ts';
import { scratchPath } from './backups.ts';
import { failureStatus, parseFileOptions, type CommandIo } from './command-io.ts';
import { statePath } from './server-directory.ts';
import { defaultData, findServer, lockFile, serverOptions, type Server } from './server-file.ts';

/** How `pergola backup` is called. */
export const backupUsage = `usage: npx pergola backup FILE [--data DIR | --api HOST:PORT]
  FILE has every secret that the server has; it is for its owner alone, and whole as soon as it is there.
`;

/** The server refused. */
class BackupRefused extends Error {
  readonly status: 1 | 3;

  constructor(status: 1 | 3, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Takes a backup. Resolves with the exit status: 0 when FILE is durable, 1 when there is none (a FILE that was there is as it was), 2
 * for wrong usage, 3 when the server keeps nothing or is taking another backup.
 */
export async function backup(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const { file, values } = parseFileOptions(args, serverOptions);
    const directory = resolve(values.data ?? defaultData);
    const isNamed =
      values.api !== undefined || (values.data === undefined && io.environment['PERGOLA_API'] !== undefined);
    const revision =
      isNamed || !existsSync(statePath(directory)) || isLockHeld(lockFile(directory))
        ? await save(file, await download(findServer(values, io.environment), io))
        : await backUpDirectory(file, directory, io);
    io.out(`revision ${revision} is in ${file}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof BackupProblem || error instanceof BackupRefused))
      return failureStatus(error, 'backup', backupUsage, io);
    io.err(`pergola backup: ${error.message}\n`);
    return error instanceof BackupRefused ? error.status : 1;
  }
}

/** The bytes of a backup that the server takes now. */
async function download(server: Server, io: CommandIo): Promise<AsyncIterable<Buffer>> {
  const answer = await openApiCall(server, { method: 'GET', path: '/-/backup' }, io.now());
  if (answer.statusCode === 200) return whole(answer);
  let text = '';
  for await (const part of answer.setEncoding('utf8')) text += part as string;
  const { statusCode: status = 0, headers } = answer;
  const message = formatApiError({ status, headers, body: parseBody(text) });
  throw new BackupRefused(status === 409 ? 3 : 1, message);
}

/** What comes, unless the server goes away in between. */
async function* whole(answer: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* answer;
  } catch (error) {
    throw new BackupProblem(
      `the server went away before the backup was whole: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** A backup of a directory whose server does not run, and cannot start meanwhile. */
async function backUpDirectory(file: string, directory: string, io: CommandIo): Promise<number> {
  using lock = acquireLock(lockFile(directory));
  if (lock === undefined) throw new BackupRefused(1, `a server is starting in ${directory}: try again`);
  using taken = await takeBackup(statePath(directory), scratchPath(directory), io.now());
  return await save(file, taken.content);
}

/** Writes `FILE.partial`, and gives it its name once it is known to be whole and durable. The revision in it. */
async function save(file: string, content: AsyncIterable<Buffer>): Promise<number> {
  const partial = `${file}.partial`;
  try {
    const fd = writing(file, () => {
      rmSync(partial, { force: true });
      return openSync(partial, 'wx', 0o600);
    });
    try {
      for await (const portion of content) writing(file, () => writeSync(fd, portion));
      writing(file, () => fsyncSync(fd));
    } finally {
      closeSync(fd);
    }
    const { head } = await checkBackup(partial);
    writing(file, () => {
      renameSync(partial, file);
      const folder = openSync(dirname(resolve(file)), 'r');
      fsyncSync(folder);
      closeSync(folder);
    });
    return head.revision;
  } finally {
    rmSync(partial, { force: true });
  }
}

function writing<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new BackupProblem(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
