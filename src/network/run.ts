// Runs commands on this machine.

import { spawn } from 'node:child_process';
import type { Command } from './state.ts';

/** Runs one command and resolves with its standard output. Rejects with a `CommandFailure`. */
export type Run = (command: Command) => Promise<string>;

/** A command that could not be started or ended with another status than 0. */
export class CommandFailure extends Error {
  readonly command: Command;

  constructor(command: Command, reason: string) {
    super(`${command.argv.join(' ')}: ${reason}`);
    this.name = 'CommandFailure';
    this.command = command;
  }
}

/** Runs a command as a child process. */
export const runCommand: Run = (command) =>
  new Promise((resolve, reject) => {
    const [program = '', ...args] = command.argv;
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

/** Runs commands one after the other; stops at the first failure. */
export async function apply(commands: readonly Command[], run: Run): Promise<void> {
  for (const command of commands) await run(command);
}
