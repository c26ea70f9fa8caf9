// The `pergola` command: finds the subcommand and ends with its exit status.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { audit, auditUsage } from './audit.ts';
import { backup, backupUsage } from './backup.ts';
import { call, callUsage } from './call.ts';
import type { CommandIo } from './command-io.ts';
import { env, envUsage } from './env.ts';
import { exec, execUsage } from './exec.ts';
import { join as joinVpc, joinUsage } from './join.ts';
import { policy, policyUsage } from './policy.ts';
import { explain, explainUsage } from './explain.ts';
import { reload, reloadUsage } from './reload.ts';
import { restore, restoreUsage } from './restore.ts';
import { serveUsage } from './serve-options.ts';
import { serve } from './serve.ts';
import { sign, signUsage } from './sign.ts';
import { showStatus, statusUsage } from './show-status.ts';

const io: CommandIo = {
  environment: process.env,
  now: () => Date.now(),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

interface Command {
  /** Lines that begin with `usage: npx pergola NAME`. */
  readonly usage: string;
  run(args: readonly string[]): Promise<number>;
}

const commands: Readonly<Record<string, Command>> = {
  serve: { usage: serveUsage, run: serve },
  exec: { usage: execUsage, run: (args) => exec(args, process.env) },
  join: { usage: joinUsage, run: (args) => joinVpc(args, process.env) },
  env: { usage: envUsage, run: (args) => env(args, io) },
  status: { usage: statusUsage, run: (args) => showStatus(args, io) },
  audit: { usage: auditUsage, run: (args) => audit(args, io) },
  policy: { usage: policyUsage, run: (args) => policy(args, io) },
  explain: { usage: explainUsage, run: (args) => explain(args, io) },
  call: { usage: callUsage, run: (args) => call(args, io) },
  sign: { usage: signUsage, run: (args) => sign(args, io) },
  reload: { usage: reloadUsage, run: (args) => reload(args, io) },
  backup: { usage: backupUsage, run: (args) => backup(args, io) },
  restore: { usage: restoreUsage, run: (args) => restore(args, io) },
};

const ownUsage = 'usage: npx pergola --version | --help | COMMAND --help\n';
const allUsage = [...Object.values(commands).map(({ usage }) => usage), ownUsage].join('');

/** Whether what follows a command's name asks how it is called; what follows `--` is another program's. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args[0] === '-h' || (end < 0 ? args : args.slice(0, end)).includes('--help');
}

/** Of package.json. */
function readVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

async function run(name: string, args: readonly string[]): Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined && !asksForHelp(args)) return command.run(args);
  if (command !== undefined) io.out(command.usage);
  else if (name === '--help' || name === '-h' || name === 'help') io.out(allUsage);
  else if (name === '--version') io.out(`${readVersion()}\n`);
  else {
    io.err(`${name === '' ? '' : `pergola: there is no command ${name}\n`}${allUsage}`);
    return 2;
  }
  return 0;
}

const [name = '', ...args] = process.argv.slice(2);
process.exitCode = await run(name, args);
// What is left of a server's handles and timers must not keep an ended command alive.
process.exit();
