// Processes of this machine by id and start time: together they name one process for ever.

import { readFileSync } from 'node:fs';

/** A process that may have ended long ago. */
export interface ProcessName {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks since the machine started. */
  readonly startTime: string;
}

/** What the instance runner asks of the operating system. */
export interface ProcessTable {
  /** The start time of the process with this id, or undefined when there is none (a zombie counts as none). */
  startTime(pid: number): string | undefined;
  /** Sends a signal to a process group; one that is gone is no error. */
  signalGroup(pid: number, signal: NodeJS.Signals): void;
}

/**
 * The start time in the text of /proc/PID/stat; undefined for a zombie all of whose threads have ended: until then its
 * sockets are open. The name in the text may hold spaces and brackets.
 */
export function parseStartTime(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, threads, startTime] = [fields[0], Number(fields[17]), fields[19]];
  return (state === 'Z' && threads <= 1) || state === 'X' ? undefined : startTime;
}

/** The processes of this machine, as Linux's /proc tells; elsewhere the id alone must do, and every start time is `''`. */
export const systemProcesses: ProcessTable = {
  startTime(pid) {
    try {
      if (process.platform !== 'linux') return process.kill(pid, 0) ? '' : undefined;
      return parseStartTime(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return undefined;
    }
  },
  signalGroup(pid, signal) {
    try {
      process.kill(-pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  },
};

/** Whether the very process still runs. */
export function isRunning(table: Pick<ProcessTable, 'startTime'>, { pid, startTime }: ProcessName): boolean {
  return table.startTime(pid) === startTime;
}
