// Starts the processes of functions in groups of their own, with their output in a file, and ends those that an ended server left.

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import { systemProcesses, type ProcessName } from '../process-table.ts';
import type { EnvironmentDeps } from './environment.ts';
import { parseFunctionArn } from './function-spec.ts';

/** Starts processes and knows them again. */
export interface FunctionStarter {
  readonly start: EnvironmentDeps['start'];
  /** Ends every process without warning. */
  killAll(): void;
}

/** What a starter keeps: itself, and what it has started. */
interface Kept {
  readonly owner: ProcessName;
  readonly processes: readonly ProcessName[];
}

/**
 * Makes a starter; processes inherit `inherited`, and their output is appended to `DIRECTORY/functions/NAME.log`. Which processes run is
 * kept in `DIRECTORY/functions/PID.json`: what a starter left there that has ended is ended now. One that still runs finishes what it has.
 */
export function createFunctionStarter(
  directory: string,
  inherited: Readonly<Record<string, string | undefined>>,
  log: Log,
): FunctionStarter {
  const folder = join(directory, 'functions');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  endLeft(folder, log);
  const list = join(folder, `${process.pid}.json`);
  const owner = { pid: process.pid, startTime: systemProcesses.startTime(process.pid) ?? '' };
  const running = new Map<number, ProcessName>();
  const save = (): void => {
    const kept: Kept = { owner, processes: [...running.values()] };
    writeFileSync(`${list}.new`, JSON.stringify(kept), { mode: 0o600 });
    renameSync(`${list}.new`, list);
  };

  return {
    start(spec, environment, onExit) {
      const output = openSync(join(folder, `${parseFunctionArn(spec.arn)?.name ?? 'function'}.log`), 'a', 0o600);
      const [program = '', ...args] = spec.command;
      try {
        const child = spawn(program, args, {
          cwd: spec.directory,
          env: {
            ...inherited,
            ...environment,
            ...spec.environment,
            AWS_LAMBDA_RUNTIME_API: environment['AWS_LAMBDA_RUNTIME_API'],
          },
          // A group of its own ends as a whole: functions may start processes.
          detached: true,
          stdio: ['ignore', output, output],
        });
        const { pid } = child;
        child.on('error', (error) => onExit(`cannot be started: ${error.message}`));
        if (pid === undefined) return { kill: () => {} };
        running.set(pid, { pid, startTime: systemProcesses.startTime(pid) ?? '' });
        save();
        child.on('exit', (code, signal) => {
          // What it has started ends with it.
          killGroup(pid);
          running.delete(pid);
          save();
          onExit(signal === null ? `exited with status ${code ?? 'unknown'}` : `was ended by ${signal}`);
        });
        return { kill: () => (running.has(pid) ? killGroup(pid) : undefined) };
      } finally {
        closeSync(output);
      }
    },
    killAll() {
      for (const pid of running.keys()) killGroup(pid);
      rmSync(list, { force: true });
    },
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Ends the processes of starters that have ended themselves. */
function endLeft(folder: string, log: Log): void {
  for (const name of readdirSync(folder).filter((one) => /^\d+\.json$/.test(one))) {
    const path = join(folder, name);
    try {
      const { owner, processes } = JSON.parse(readFileSync(path, 'utf8')) as Kept;
      if (systemProcesses.startTime(owner.pid) === owner.startTime) continue;
      for (const { pid, startTime } of processes) if (systemProcesses.startTime(pid) === startTime) killGroup(pid);
    } catch (error) {
      log.warn('a list of functions that ran cannot be read; processes that an ended server left may still run', {
        path,
        error,
      });
    }
    rmSync(path, { force: true });
  }
}
