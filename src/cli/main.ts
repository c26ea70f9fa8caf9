// The `pergola` command: finds the subcommand and ends with its exit status.

import { audit, auditUsage } from './audit.ts';
import { backup, backupUsage } from './backup.ts';
import { call, callUsage } from './call.ts';
import type { CommandIo } from './command-io.ts';
import { env, envUsage } from './env.ts';
import { exec, execUsage } from './exec.ts';
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

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  serve,
  exec: (args) => exec(args, process.env),
  env: (args) => env(args, io),
  status: (args) => showStatus(args, io),
  audit: (args) => audit(args, io),
  policy: (args) => policy(args, io),
  call: (args) => call(args, io),
  sign: (args) => sign(args, io),
  explain: (args) => explain(args, io),
  reload: (args) => reload(args, io),
  backup: (args) => backup(args, io),
  restore: (args) => restore(args, io),
};

const usage = `usage: ${serveUsage}\n${execUsage}${envUsage}${statusUsage}${auditUsage}${policyUsage}${explainUsage}${callUsage}${signUsage}${reloadUsage}${backupUsage}${restoreUsage}`;
const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command !== undefined) process.exitCode = await command(args);
else if (name === '--help' || name === 'help') process.stdout.write(usage);
else {
  process.stderr.write(`${name === '' ? '' : `pergola: there is no command ${name}\n`}${usage}`);
  process.exitCode = 2;
}
// What is left of a server's handles and timers must not keep an ended command alive.
process.exit();
