// Runs commands on this machine.

import { spawn } from 'node:child_process';
import { formatScript } from './script.ts';
import type { Command, Stage } from './state.ts';

/** Runs one command and resolves with its standard output. Rejects with a `CommandFailure`. */
export type Run = (command: Command) => Promise<string>;

/** A command that could not be started or ended with another status than 0. */
export class CommandFailure extends Error {
  readonly command: Command;
  /** Its status and what it said. */
  readonly reason: string;

  constructor(command: Command, reason: string) {
    super(`${command.argv.join(' ')}: ${reason}`);
    this.name = 'CommandFailure';
    this.command = command;
    this.reason = reason;
  }
}

/** Runs a command as a child process. */
export const runCommand: Run = createRun([]);

/** Makes a `Run` whose command lines begin with `through`: where the programs shall be. */
export function createRun(through: readonly string[]): Run {
  return (command) => spawnCommand(command, [...through, ...command.argv]);
}

function spawnCommand(command: Command, [program = '', ...args]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.on('error', (error) => reject(new CommandFailure(command, error.message)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new CommandFailure(command, `${signal ?? `status ${code}`}: ${errors.trim()}`));
    });
    // A command that ends before it has read everything says why by its status.
    child.stdin.on('error', () => {});
    child.stdin.end(command.stdin ?? '');
  });
}

/** How many commands run at a time, and what one shell gets at the least: a start from here costs more than one from a shell. */
const LANES = 4;
const SCRIPT = 8;

/** Runs the stages one after the other, the commands of each in a few shells side by side; stops at the first stage that fails. */
export async function apply(stages: readonly Stage[], run: Run): Promise<void> {
  for (const stage of stages) {
    const lanes = Math.min(LANES, Math.ceil(stage.length / SCRIPT));
    const groups = Array.from({ length: lanes }, (_, lane) => stage.filter((_command, i) => i % lanes === lane));
    const scripts = stage.length < SCRIPT ? stage : groups.map(formatScript);
    // All of them end before this does: what still ran would meet what is planned next.
    const ends = await Promise.allSettled(scripts.map((command) => run(command)));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }
}
