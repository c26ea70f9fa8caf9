// Starts the processes of functions in groups of their own, with their output in a file, and ends those that an ended server left.

import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import { systemProcesses, type ProcessName } from '../process-table.ts';
import type { EnvironmentDeps } from './environment.ts';
import { parseFunctionArn } from './function-spec.ts';
import { openOutputFile, type OutputFile } from './output-file.ts';

/** Starts processes and knows them again. */
export interface FunctionStarter {
  readonly start: EnvironmentDeps['start'];
  /** Ends every process without warning; resolves when their last output has been written. */
  killAll(): Promise<void>;
}

/** What a starter keeps: itself, and what it has started. */
interface Kept {
  readonly owner: ProcessName;
  readonly processes: readonly ProcessName[];
}

/** Milliseconds for the last output of processes that were ended; one that left its group may hold a pipe for ever. */
const LAST_OUTPUT = 1000;

/**
 * Makes a starter; processes inherit `inherited`, and their output is appended to `DIRECTORY/functions/NAME.log`, of which there is one
 * older one when it reaches `logSize` bytes. Which processes run is kept in `DIRECTORY/functions/PID.json`: what a starter left there that has ended is ended now. One that still runs finishes what it has.
 */
export function createFunctionStarter(
  directory: string,
  inherited: Readonly<Record<string, string | undefined>>,
  logSize: number,
  log: Log,
): FunctionStarter {
  const folder = join(directory, 'functions');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  endLeft(folder, log);
  const list = join(folder, `${process.pid}.json`);
  const owner = { pid: process.pid, startTime: systemProcesses.startTime(process.pid) ?? '' };
  const running = new Map<number, ProcessName>();
  /** By function; its environments share one. */
  const outputs = new Map<string, OutputFile>();
  /** What resolves when a process has ended and its output with it. */
  const closing = new Set<Promise<void>>();
  const save = (): void => {
    const kept: Kept = { owner, processes: [...running.values()] };
    try {
      writeFileSync(`${list}.new`, JSON.stringify(kept), { mode: 0o600 });
      renameSync(`${list}.new`, list);
    } catch (error) {
      // A full disk ends no function; only a start after a kill -9 would miss some.
      log.warn('the list of functions that run cannot be written', { path: list, error });
    }
  };

  return {
    start(spec, environment, onExit) {
      const name = parseFunctionArn(spec.arn)?.name ?? 'function';
      const output = outputs.get(name) ?? openOutputFile(join(folder, `${name}.log`), logSize, log);
      outputs.set(name, output);
      const [program = '', ...args] = spec.command;
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
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const { pid } = child;
      child.on('error', (error) => onExit(`cannot be started: ${error.message}`));
      if (pid === undefined) return { kill: () => {} };
      running.set(pid, { pid, startTime: systemProcesses.startTime(pid) ?? '' });
      save();
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.write(chunk));
      const closed = new Promise<void>((resolve) => {
        child.on('close', () => {
          closing.delete(closed);
          resolve();
        });
      });
      closing.add(closed);
      child.on('exit', (code, signal) => {
        // What it has started ends with it.
        killGroup(pid);
        running.delete(pid);
        save();
        onExit(signal === null ? `exited with status ${code ?? 'unknown'}` : `was ended by ${signal}`);
      });
      return { kill: () => (running.has(pid) ? killGroup(pid) : undefined) };
    },
    async killAll() {
      for (const pid of running.keys()) killGroup(pid);
      await Promise.race([Promise.all(closing), new Promise((resolve) => void setTimeout(resolve, LAST_OUTPUT))]);
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
