// Starts an instance's process in a session of its own, with its output in a file.

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../base/log.ts';
import type { InstancesDeps } from './instances.ts';
import { systemProcesses } from './process-table.ts';

/**
 * Makes the `start` of `InstancesDeps`: the process outlives this one, inherits `environment`, and its output is appended
 * to `FOLDER/ID.log`.
 */
export function createStarter(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
  log: Log,
): InstancesDeps['start'] {
  return ({ id, argv, directory, environment: own }, onExit) => {
    const [program = '', ...args] = argv;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const output = openSync(join(folder, `${id.replaceAll(/[^\w.-]/g, '_')}.log`), 'a', 0o600);
    try {
      const child = spawn(program, args, {
        cwd: directory,
        env: { ...environment, ...own },
        detached: true,
        stdio: ['ignore', output, output],
      });
      child.on('error', (error) => log.error('instance cannot be started', { instance: id, error }));
      child.unref();
      const startTime = child.pid === undefined ? undefined : systemProcesses.startTime(child.pid);
      if (child.pid === undefined) return undefined;
      child.on('exit', onExit);
      return { pid: child.pid, startTime: startTime ?? '' };
    } finally {
      closeSync(output);
    }
  };
}
