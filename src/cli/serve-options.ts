// What `pergola serve` is told by its arguments and its configuration file; judged before anything on the machine is touched.

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { emptyConfiguration, readConfiguration, type Configuration } from './configuration/index.ts';
import { Forbidden } from './forbidden.ts';
import { defaultData } from './server-file.ts';
import type { AttachKind } from './settings.ts';

/** How `pergola serve` is called. */
export const serveUsage =
  'usage: npx pergola serve [--data DIR] [--api HOST:PORT] [--dns HOST:PORT] [--config FILE] [--workers N] [--attach netns|loopback] [--open] [--aws-quotas]\n';

/** An address and a port; port 0 means any free one. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** The wish of whoever starts a server. */
export interface ServeOptions {
  /** A directory, or undefined to keep nothing. */
  readonly data: string | undefined;
  readonly api: Endpoint;
  readonly dns: Endpoint;
  readonly configuration: Configuration;
  readonly workers: number;
  /** Absent: what the machine can do. */
  readonly attach?: AttachKind;
  readonly open: boolean;
  readonly awsQuotas: boolean;
}

/** Reads arguments and the file that they name; throws `Forbidden`. */
export function readServeOptions(args: readonly string[]): ServeOptions {
  const options = parseOptions(args);
  const configuration = loadConfiguration(options.config);
  const api = parseEndpoint(options.api ?? '127.0.0.1:7171', '--api');
  const open = options.open === true;
  if (open && !isLoopback(api.host))
    throw new Forbidden(3, `--open accepts every key, so the API must stay on a loopback address; ${api.host} is none`);
  const attach = parseAttach(options.attach);
  return {
    data: options.data === ':memory:' ? undefined : (options.data ?? defaultData),
    api,
    dns: parseEndpoint(options.dns ?? '127.0.0.1:7153', '--dns'),
    configuration,
    workers: parseWorkers(options.workers),
    ...(attach === undefined ? {} : { attach }),
    open,
    awsQuotas: options['aws-quotas'] === true,
  };
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        api: { type: 'string' },
        dns: { type: 'string' },
        config: { type: 'string' },
        workers: { type: 'string' },
        attach: { type: 'string' },
        open: { type: 'boolean' },
        'aws-quotas': { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new Forbidden(2, `${error instanceof Error ? error.message : String(error)}\n${serveUsage.trimEnd()}`);
  }
}

function loadConfiguration(path: string | undefined): Configuration {
  if (path === undefined) return emptyConfiguration;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Forbidden(
      3,
      `the configuration ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const read = readConfiguration(path, text, {
    readFile: (name) => readFileSync(name, 'utf8'),
    environment: process.env,
  });
  if ('problems' in read) throw new Forbidden(3, `the configuration is refused\n${read.problems.join('\n')}`);
  return read.configuration;
}

function parseEndpoint(text: string, option: string): Endpoint {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const named = match?.[1] ?? match?.[2] ?? '';
  const host = named === 'localhost' ? '127.0.0.1' : named;
  if (match === null || port > 65535 || !/^[\d.]+$|:/.test(host))
    throw new Forbidden(2, `${option} ${text} is not HOST:PORT with an address and a port up to 65535`);
  return { host, port };
}

function isLoopback(host: string): boolean {
  return host.startsWith('127.') || host === '::1';
}

function parseWorkers(text: string | undefined): number {
  if (text === undefined) return Math.max(1, cpus().length);
  if (!/^\d{1,3}$/.test(text) || Number(text) < 1)
    throw new Forbidden(2, `--workers ${text} is not a number from 1 to 999`);
  return Number(text);
}

function parseAttach(text: string | undefined): AttachKind | undefined {
  if (text !== undefined && text !== 'netns' && text !== 'loopback')
    throw new Forbidden(2, `--attach ${text} is neither netns nor loopback`);
  return text;
}
