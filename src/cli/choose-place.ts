// Where a server runs: with rights to make namespaces, in a user namespace where it has them, or on loopback.

import { spawnSync } from 'node:child_process';
import type { Log } from '../base/log.ts';
import {
  createRun,
  enterHome,
  enterUserNamespace,
  findUserNamespace,
  makeUserNamespace,
  ownUserNamespace,
  rememberUserNamespace,
  runCommand,
  whyNoNamespaces,
  type UserNamespace,
} from '../network/index.ts';
import { Forbidden } from './forbidden.ts';
import { userNamespaceVariable } from './workload-environment.ts';
import type { AttachKind } from './settings.ts';

/** How VPCs are attached, and the user namespace that this process is in for it. */
export interface Place {
  readonly attach: AttachKind;
  readonly userNamespace?: UserNamespace;
}

export interface PlaceWish {
  /** Absent: what the machine can do, loopback when it can do nothing else. */
  readonly attach: AttachKind | undefined;
  /** Where the user namespace is remembered, for the next server to find what stands in it; undefined: it goes with this process. */
  readonly record: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/**
 * Tries, and does not guess. Where only a user namespace will do, this process becomes itself anew inside of one (execve(2)): then
 * this does not return, and is called again there. Throws `Forbidden` when what was asked for cannot be.
 */
export async function choosePlace({ attach, record, environment, log }: PlaceWish): Promise<Place> {
  if (attach === 'loopback') return onLoopback(log);
  const keeper = environment[userNamespaceVariable];
  const reason = await (keeper === undefined ? becomeAble(record, environment) : whyNotInside());
  if (reason === undefined) {
    if (keeper === undefined) return { attach: 'netns' };
    return { attach: 'netns', userNamespace: ownUserNamespace(Number(keeper)) };
  }
  if (attach === 'netns') throw new Forbidden(3, `--attach netns is not possible here: ${reason}`);
  log.info('VPCs are attached on loopback: namespaces are not possible here', { reason });
  return { ...onLoopback(log), ...(keeper === undefined ? {} : { userNamespace: ownUserNamespace(Number(keeper)) }) };
}

function onLoopback(log: Log): Place {
  log.info(
    'on loopback only security groups of associations are enforced: those of clients and targets have no effect',
  );
  return { attach: 'loopback' };
}

function whyNotInside(): Promise<string | undefined> {
  return whyNoNamespaces(createRun(enterHome), process.pid);
}

/** Undefined when namespaces can be made as it is; else the reason why not even a user namespace helps. */
async function becomeAble(
  record: string | undefined,
  environment: PlaceWish['environment'],
): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'network namespaces are of Linux';
  const plain = await whyNoNamespaces(runCommand, process.pid);
  if (plain === undefined) return undefined;
  try {
    const known = record === undefined ? undefined : findUserNamespace(record);
    const namespace = known ?? (await makeUserNamespace(record === undefined));
    if (record !== undefined && known === undefined) rememberUserNamespace(record, namespace);
    becomeInside(namespace, environment);
  } catch (error) {
    return `${plain}; and in a user namespace: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Starts this program anew, in its place, inside of the user namespace. */
function becomeInside({ pid }: UserNamespace, environment: PlaceWish['environment']): never {
  const entry = enterUserNamespace(pid, process.cwd());
  const [program = '', ...args] = entry;
  const trial = spawnSync(program, [...args, 'true'], { encoding: 'utf8' });
  if (trial.status !== 0) throw new Error(trial.error?.message ?? trial.stderr.trim());
  const own = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const known = Object.entries(environment).filter((one): one is [string, string] => one[1] !== undefined);
  // execve(2) looks for no program on the path; env(1) does, and is where POSIX has it.
  process.execve?.('/usr/bin/env', ['env', ...entry, ...own], {
    ...Object.fromEntries(known),
    [userNamespaceVariable]: String(pid),
  });
  throw new Error('this Node cannot become another program');
}
