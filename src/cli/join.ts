// `pergola join`: lets an existing network namespace be a workload of a VPC for as long as this process runs.

import { readlinkSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { joinedLink } from '../network/index.ts';
import { isRunning, systemProcesses } from '../workload/index.ts';
import { callApi, formatApiError } from './api-client.ts';
import { findServer, NoServer, serverOptions } from './server-file.ts';
import { Lease } from './workload-lease.ts';

/** How `pergola join` is called. */
export const joinUsage = `usage: npx pergola join --vpc ID_OR_NAME [--pid PID | --netns PATH] [--address IP] [--instance ID]
                        [--security-group ID]… [--role ARN] [--api HOST:PORT | --data DIR]
`;

/** A command line that cannot be obeyed. */
class Misuse extends Error {}

/** The namespace that joins: how the server finds it, and whether it is still there. */
interface Member {
  readonly namespace: { readonly pid?: number; readonly path?: string; readonly inode?: number };
  /** What has happened to it, in words; undefined while it is there. */
  whyLeft(): string | undefined;
}

/** How often the process, or the namespace, is looked for, in milliseconds. */
const LOOK_EVERY = 300;

/**
 * Runs `pergola join` with its arguments: a line on standard output when the namespace has joined. Resolves with the exit
 * status when it has left: 0 after a signal, or when the process or the namespace is no more, 1 when the server would not
 * have it or let it go, 2 for wrong usage.
 */
export async function join(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const fail = (status: number, message: string): number => {
    process.stderr.write(`pergola join: ${message}\n`);
    return status;
  };
  // From the beginning: a signal while it joins must not leave the workload to its time limit alone.
  const left = Promise.withResolvers<{ readonly status: number; readonly message?: string }>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => left.resolve({ status: 0 }));
  try {
    const { wish, member, options } = parseJoin(args);
    const server = findServer(options, environment);
    const body = { ...wish, namespace: member.namespace };
    const made = await callApi(server, { method: 'POST', path: '/-/workloads', body }, Date.now());
    if (made.status !== 201) return fail(1, formatApiError(made));
    const { id, vpcId, address, resolver, ...rest } = made.body as Readonly<Record<string, string>>;
    // The server may see it first that it is no more.
    const lost = (): void => {
      const message = member.whyLeft();
      left.resolve(message === undefined ? { status: 1, message: 'the server let go of it' } : { status: 0, message });
    };
    const lease = new Lease(() => findServer(options, environment), id ?? '', lost);
    const timer = setInterval(() => {
      const message = member.whyLeft();
      if (message !== undefined) left.resolve({ status: 0, message });
    }, LOOK_EVERY);
    try {
      if (!(await lease.take())) return fail(1, 'the workload went away before it could be held');
      process.stdout.write(
        `joined vpc=${vpcId} address=${address} interface=${rest['interface']} resolver=${resolver}\n`,
      );
      const { status, message } = await left.promise;
      return message === undefined ? status : fail(status, message);
    } finally {
      clearInterval(timer);
      lease.end();
    }
  } catch (error) {
    if (error instanceof Misuse) return fail(2, `${error.message}\n${joinUsage.trimEnd()}`);
    if (error instanceof NoServer) return fail(1, error.message);
    if (error instanceof Error && 'code' in error) return fail(1, `the server does not answer: ${error.message}`);
    throw error;
  }
}

function parseJoin(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...serverOptions,
        vpc: { type: 'string' },
        pid: { type: 'string' },
        netns: { type: 'string' },
        address: { type: 'string' },
        instance: { type: 'string' },
        role: { type: 'string' },
        'security-group': { type: 'string', multiple: true },
      },
    });
    const { vpc, pid, netns, address, instance, role, 'security-group': securityGroups = [], ...options } = values;
    if (vpc === undefined) throw new Misuse('--vpc is missing');
    return { wish: { vpc, address, instance, role, securityGroups }, member: findMember(pid, netns), options };
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
      throw new Misuse(error.message);
    throw error;
  }
}

/** Without either this process's own namespace: that of the container whose network it shares. */
function findMember(pid: string | undefined, netns: string | undefined): Member {
  if (pid !== undefined && netns !== undefined) throw new Misuse('--pid and --netns name a namespace each: give one');
  if (netns !== undefined) return memberAt(resolve(netns));
  if (pid === undefined) return memberHere();
  if (!/^[1-9]\d{0,9}$/.test(pid)) throw new Misuse(`${pid} is no process id`);
  return memberOf(Number(pid));
}

/**
 * This process's own. A container runtime takes the links of a container away when that ends, and leaves whoever shares its network in what
 * remains: to end then lets the runtime start this one anew, where the container is now.
 */
function memberHere(): Member {
  const before = otherLinks();
  return {
    namespace: { pid: process.pid, ...readInode(process.pid) },
    whyLeft: () =>
      before > 0 && otherLinks() === 0
        ? 'all other networks of its namespace are gone: the container that it shares has ended'
        : undefined,
  };
}

/** How many links with addresses the own namespace has beside the loopback and ours. */
function otherLinks(): number {
  return Object.entries(networkInterfaces()).filter(
    ([name, addresses]) => name !== joinedLink && addresses?.some(({ internal }) => !internal) === true,
  ).length;
}

function memberOf(pid: number): Member {
  const startTime = systemProcesses.startTime(pid);
  if (startTime === undefined) throw new Misuse(`there is no process ${pid}`);
  return {
    namespace: { pid, ...readInode(pid) },
    whyLeft: () => (isRunning(systemProcesses, { pid, startTime }) ? undefined : `process ${pid} has ended`),
  };
}

function memberAt(path: string): Member {
  const find = (): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino;
  const inode = find();
  if (inode === undefined) throw new Misuse(`there is no ${path}`);
  return {
    namespace: { path, inode },
    whyLeft: () => (find() === inode ? undefined : `${path} is not there any more`),
  };
}

/** The inode of a process's network namespace; nothing where this process may not look at it: the server may. */
function readInode(pid: number): { readonly inode?: number } {
  try {
    const [, inode] = /^net:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/ns/net`)) ?? [];
    return inode === undefined ? {} : { inode: Number(inode) };
  } catch {
    return {};
  }
}
