// `pergola exec`: runs a command as a workload of a VPC, with this process's terminal and signals.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { enterUserNamespace } from '../network/index.ts';
import { enterCommand, noCredentials, type Entrance } from '../workload/index.ts';
import { callApi, formatApiError } from './api-client.ts';
import { findServer, NoServer, serverOptions } from './server-file.ts';
import { workloadEnvironment } from './workload-environment.ts';
import { Lease } from './workload-lease.ts';

/** How `pergola exec` is called. */
export const execUsage = `usage: npx pergola exec --vpc ID_OR_NAME [--address IP] [--instance ID] [--security-group ID]…
                        [--role ARN] [--api HOST:PORT | --data DIR] -- COMMAND [ARGUMENT…]
`;

/** What the server answers. */
interface Made extends Entrance {
  readonly id: string;
  readonly keeper?: number;
  readonly instanceProfile?: string;
}

/** A command line that cannot be obeyed. */
class Misuse extends Error {}

/**
 * Runs `pergola exec` with its arguments; resolves with the exit status: the command's own (128 + number for a signal),
 * 1 when there is no workload, 2 for wrong usage, 3 when this process may not enter the VPC.
 */
export async function exec(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const fail = (status: number, message: string): number => {
    process.stderr.write(`pergola exec: ${message}\n`);
    return status;
  };
  try {
    const { wish, options, command } = parseExec(args);
    const server = findServer(options, environment);
    const made = await callApi(server, { method: 'POST', path: '/-/workloads', body: wish }, Date.now());
    if (made.status !== 201) return fail(1, formatApiError(made));
    const { id, keeper, instanceProfile, ...entrance } = made.body as Made;
    const hasRole = wish.role !== undefined || instanceProfile !== undefined;
    const around = keeper === undefined ? [] : enterUserNamespace(keeper, process.cwd());
    const lease = new Lease(
      () => findServer(options, environment),
      id,
      () => process.stderr.write("pergola exec: the server let go of this workload's network\n"),
    );
    try {
      if (!(await lease.take())) return fail(1, 'the workload went away before it could be held');
      const obstacle = whyNoEntrance(entrance, around);
      if (obstacle !== undefined) return fail(3, obstacle);
      return await runInside([...around, ...enterCommand(entrance, command)], {
        ...workloadEnvironment(hasRole ? { ...environment, ...noCredentials } : environment),
        ...entrance.environment,
        ...ownEndpoint(environment, server.api),
      });
    } finally {
      lease.end();
    }
  } catch (error) {
    if (error instanceof Misuse) return fail(2, `${error.message}\n${execUsage.trimEnd()}`);
    if (error instanceof NoServer) return fail(1, error.message);
    if (error instanceof Error && 'code' in error) return fail(1, `the server does not answer: ${error.message}`);
    throw error;
  }
}

/** Where the command's own environment sends its SDKs; the server's address on the host, as `pergola env` tells it, is none in a VPC. */
function ownEndpoint(
  { AWS_ENDPOINT_URL: own }: Readonly<Record<string, string | undefined>>,
  api: string,
): Readonly<Record<string, string>> {
  return own === undefined || own.replace(/\/$/, '') === api ? {} : { AWS_ENDPOINT_URL: own };
}

function parseExec(args: readonly string[]) {
  const end = args.indexOf('--');
  const command = end < 0 ? [] : args.slice(end + 1);
  try {
    const { values } = parseArgs({
      args: end < 0 ? [...args] : args.slice(0, end),
      options: {
        ...serverOptions,
        vpc: { type: 'string' },
        address: { type: 'string' },
        instance: { type: 'string' },
        role: { type: 'string' },
        'security-group': { type: 'string', multiple: true },
      },
    });
    const { vpc, address, instance, role, 'security-group': securityGroups = [], ...options } = values;
    if (vpc === undefined) throw new Misuse('--vpc is missing');
    if (command.length === 0) throw new Misuse('there is no command after --');
    return { wish: { vpc, address, instance, role, securityGroups }, options, command };
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
      throw new Misuse(error.message);
    throw error;
  }
}

/** Undefined when this process can enter the workload's namespace (tried), else a sentence. */
function whyNoEntrance({ namespace }: Entrance, around: readonly string[]): string | undefined {
  if (namespace === undefined) return undefined;
  if (around.length === 0 && !existsSync(namespace))
    return `the VPC is on another machine: there is no ${namespace} here`;
  const enter: readonly string[] = [...around, 'nsenter', `--net=${namespace}`, 'unshare', '--mount', 'true'];
  const [program = '', ...args] = enter;
  const trial = spawnSync(program, args, { encoding: 'utf8' });
  if (trial.status === 0) return undefined;
  const reason = trial.error?.message ?? trial.stderr.trim();
  return `entering a VPC's namespace takes util-linux and root, or the user of a server in a user namespace, or a server with \`--attach loopback\`: ${reason}`;
}

/** Runs the command with this process's terminal; the exit status. */
function runInside(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<number> {
  const [program = '', ...args] = argv;
  return new Promise((resolve) => {
    const forward = (signal: NodeJS.Signals): void => {
      // A terminal sends these two to the command itself.
      if (process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT')) return;
      child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;
    // Before the command begins: a signal that it waits for must not be the end of this process alone.
    for (const signal of signals) process.on(signal, forward);
    const child = spawn(program, args, { stdio: 'inherit', env: { ...env } });
    const end = (status: number): void => {
      for (const signal of signals) process.off(signal, forward);
      resolve(status);
    };
    child.on('error', (error) => {
      process.stderr.write(`pergola exec: ${program}: ${error.message}\n`);
      end(127);
    });
    child.on('exit', (code, signal) => end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
