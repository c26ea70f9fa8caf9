// Where a running server is: the files that it leaves for other commands, and how these find it.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isLockHeld } from '../store/index.ts';

/** `DIR/server.json`: a running server. `api` is a URL, `dns` HOST:PORT. */
export interface ServerFile {
  readonly pid: number;
  readonly api: string;
  readonly dns: string;
  readonly attach: string;
  /** The server's default region. */
  readonly region: string;
}

/** `DIR/admin.json`: the key pair that a first start makes. */
export interface AdminFile {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A server that a command talks to, and with which keys. `api` is a URL without a final slash. */
export interface Server {
  readonly api: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** What the server wrote of itself; absent when it was named by its URL. */
  readonly file?: ServerFile;
}

/** Why a command has no server, in a sentence for people. */
export class NoServer extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoServer';
  }
}

/** The options of every command that talks to a server, for `parseArgs`. */
export const serverOptions = { api: { type: 'string' }, data: { type: 'string' } } as const;

/** The data directory when none is named. */
export const defaultData = '.pergola';

/** The file whose lock the supervisor of a data directory holds. */
export function lockFile(directory: string): string {
  return join(directory, 'lock.db');
}

/** Writes `DIR/server.json`, readable by its owner alone, in one step. */
export function writeServerFile(directory: string, server: ServerFile): void {
  writePrivateFile(join(directory, 'server.json'), server);
}

/** Removes `DIR/server.json`, if there is one. */
export function removeServerFile(directory: string): void {
  rmSync(join(directory, 'server.json'), { force: true });
}

/** Writes `DIR/admin.json`, readable by its owner alone, in one step. */
export function writeAdminFile(directory: string, admin: AdminFile): void {
  writePrivateFile(join(directory, 'admin.json'), admin);
}

/** Reads `DIR/admin.json`; undefined when there is none. Throws when it is not what we wrote. */
export function readAdminFile(directory: string): AdminFile | undefined {
  return readTexts(join(directory, 'admin.json'), ['accessKeyId', 'secretAccessKey'] as const);
}

/**
 * Finds the server: `--api` or PERGOLA_API, with keys from AWS_…, else by the data directory, with the admin's keys.
 * Throws `NoServer`.
 */
export function findServer(
  options: { readonly api?: string | undefined; readonly data?: string | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): Server {
  const region = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const named = options.api ?? (options.data === undefined ? environment['PERGOLA_API'] : undefined);
  if (named !== undefined) return { api: parseApi(named), region, ...findKeys(environment) };
  const directory = resolve(options.data ?? defaultData);
  if (options.data === ':memory:')
    throw new NoServer('a server with --data :memory: leaves no file: name it with --api URL');
  const file = readTexts(join(directory, 'server.json'), ['api', 'dns', 'attach', 'region'] as const);
  if (file === undefined || !isLockHeld(lockFile(directory)))
    throw new NoServer(
      `no server runs on ${directory}: start one with \`npx pergola serve\`, or name it with --data or --api`,
    );
  const admin = readAdminFile(directory);
  if (admin === undefined)
    throw new NoServer(`${directory} has no admin.json: name the server with --api and keys in AWS_…`);
  return { api: file.api, region: file.region, ...admin, file };
}

/** HOST:PORT or a URL, as a URL without a final slash. */
function parseApi(api: string): string {
  const url = URL.parse(/^https?:\/\//.test(api) ? api : `http://${api}`);
  if (url === null || url.hostname === '' || url.pathname !== '/')
    throw new NoServer(`${api} is not the address of a server: give HOST:PORT or http://HOST:PORT`);
  return url.origin;
}

function findKeys(environment: Readonly<Record<string, string | undefined>>) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new NoServer('a server that is named by its address needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function writePrivateFile(path: string, value: object): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** The JSON object in the file at `path`, whose members `names` are texts; undefined when there is no file. */
function readTexts<Name extends string>(
  path: string,
  names: readonly Name[],
): (Readonly<Record<Name, string>> & { readonly pid: number }) | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new NoServer(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    const value = JSON.parse(text) as Readonly<Record<Name, string>> & { readonly pid: number };
    if (names.every((name) => typeof value[name] === 'string')) return value;
  } catch {
    // Said below.
  }
  throw new NoServer(`${path} is damaged`);
}
