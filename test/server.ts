// A running `pergola serve` for tests: started on free ports in a directory of its own, with SDK clients, `exec`, and all ways to end it.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { EC2Client } from '@aws-sdk/client-ec2';
import { Route53Client } from '@aws-sdk/client-route-53';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';
import { sha256, signHeaders } from '../src/sigv4/index.ts';
import { recordCalls } from './recorded-calls.ts';

/** The sources that are run, and as whom. */
export interface Checkout {
  readonly root: string;
  /** Absent: as the user of the test. */
  readonly user?: { readonly uid: number; readonly gid: number; readonly home: string };
}

/** This checkout, as the user of the test. */
export const ownCheckout: Checkout = { root: join(import.meta.dirname, '..') };

export interface StartOptions {
  readonly checkout?: Checkout;
  /** Absent: the server decides. */
  readonly attach?: 'netns' | 'loopback';
  readonly workers?: number;
  /** An existing data directory, kept when the server is disposed. Absent: a new one, removed then. */
  readonly data?: string;
  /** The text of a resolv.conf(5) that the server sees instead of the system's; only root can give it one. */
  readonly resolvConf?: string;
  /** The text of a pergola.yaml. */
  readonly configuration?: string;
  readonly args?: readonly string[];
  /** Where programs are looked for, instead of the test's own path. */
  readonly path?: string;
}

/** A finished command. */
export interface Finished {
  /** The exit status; 128 + number after a signal; -1 when it did not start. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long a start may take before it counts as failed, in milliseconds. */
const patience = 30_000;

/** The arguments that run `node` with `args` as the checkout's user. */
function commandLine({ root, user }: Checkout, args: readonly string[]): readonly [string, ...string[]] {
  const node = join(root, 'node_modules', 'node', 'bin', 'node');
  if (user === undefined) return [node, ...args];
  return ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--', node, ...args];
}

/** The environment of commands: the test's own without what steers Pergola or the SDK, and what `tools/bootstrap.mjs` adds. */
function environment({ root, user }: Checkout): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PERGOLA_|AWS_|NODE_)/.test(name));
  return {
    ...Object.fromEntries(kept),
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'pergola'),
    ...(user === undefined ? {} : { HOME: user.home }),
  };
}

/** Starts `pergola ARGS`; `through` is a command that runs it in other surroundings. */
export function startPergola(
  checkout: Checkout,
  args: readonly string[],
  through: readonly string[] = [],
  path?: string,
): ChildProcess {
  const own = commandLine(checkout, [join(checkout.root, 'src', 'cli', 'main.ts'), ...args]);
  const [program = '', ...rest] = [...through, ...own];
  return spawn(program, rest, {
    cwd: checkout.user?.home ?? checkout.root,
    env: { ...environment(checkout), ...(path === undefined ? {} : { PATH: path }) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Runs `pergola ARGS` to its end. */
export function runPergola(checkout: Checkout, args: readonly string[]): Promise<Finished> {
  return finish(startPergola(checkout, args));
}

/** Waits for the end of a command, whose input is closed. */
export async function finish(child: ChildProcess): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin?.end();
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { status: code ?? (signal === null ? -1 : 128), stdout, stderr };
}

/** A directory that the checkout's user owns. */
export function makeDirectory({ user }: Checkout): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'pergola-test-')));
  if (user !== undefined) chownSync(made, user.uid, user.gid);
  return made;
}

/** The processes of a server, as the system shows them. */
export interface Processes {
  readonly supervisor: number;
  readonly control: number | undefined;
  readonly workers: readonly number[];
}

/** A server that said `ready`. Disposing it stops it and removes what it kept, unless its directory was given. */
export class TestServer implements AsyncDisposable {
  readonly checkout: Checkout;
  readonly data: string;
  /** `http://HOST:PORT`. */
  readonly api: string;
  /** `HOST:PORT`. */
  readonly dns: string;
  readonly attach: string;
  readonly lattice: VPCLatticeClient;
  readonly ec2: EC2Client;
  readonly route53: Route53Client;
  readonly iam: IAMClient;
  readonly sts: STSClient;
  /** The operations of VPC Lattice that were called, in order. */
  readonly calls: string[] = [];
  readonly #process: ChildProcess;
  readonly #gone: Promise<number>;
  readonly #errors: string[];
  readonly #keep: boolean;
  /** How other commands get into the server's surroundings. */
  readonly #through: readonly string[];
  readonly #keys: { readonly accessKeyId: string; readonly secretAccessKey: string };
  #revision = 0;

  private constructor(
    options: StartOptions,
    data: string,
    ready: RegExpExecArray,
    child: ChildProcess,
    errors: string[],
    gone: Promise<number>,
  ) {
    const [, api = '', dns = '', attach = ''] = ready;
    this.checkout = options.checkout ?? ownCheckout;
    this.data = data;
    this.api = api;
    this.dns = dns;
    this.attach = attach;
    this.#process = child;
    this.#gone = gone;
    this.#errors = errors;
    this.#keep = options.data !== undefined;
    this.#through = options.resolvConf === undefined ? [] : ['nsenter', `--mount=/proc/${child.pid}/ns/mnt`];
    const admin = JSON.parse(readFileSync(join(data, 'admin.json'), 'utf8')) as {
      accessKeyId: string;
      secretAccessKey: string;
    };
    this.#keys = { accessKeyId: admin.accessKeyId, secretAccessKey: admin.secretAccessKey };
    const client = { region: 'us-east-1', endpoint: api, credentials: this.#keys, maxAttempts: 1 };
    this.lattice = recordCalls(new VPCLatticeClient(client), (operation) => this.calls.push(operation));
    this.ec2 = new EC2Client(client);
    this.route53 = new Route53Client(client);
    this.iam = new IAMClient(client);
    this.sts = new STSClient(client);
    // What changes something must say its revision: `obeyed()` would wait for nothing without it.
    const note = (operation: string, response: unknown): void => {
      const { statusCode, headers } = response as { statusCode: number; headers: Record<string, string> };
      const revision = headers['x-pergola-revision'];
      if (revision === undefined && statusCode < 300 && !/^(Get|List|Describe)/.test(operation))
        throw new Error(`${operation} answered without x-pergola-revision`);
      this.#revision = Math.max(this.#revision, Number(revision ?? 0));
    };
    this.lattice.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const result = await next(args);
          note(commandName, result.response);
          return result;
        },
      { step: 'deserialize', priority: 'low' },
    );
    this.ec2.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const result = await next(args);
          note(commandName, result.response);
          return result;
        },
      { step: 'deserialize', priority: 'low' },
    );
    this.route53.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const result = await next(args);
          note(commandName, result.response);
          return result;
        },
      { step: 'deserialize', priority: 'low' },
    );
  }

  /** Starts a server and waits for its `ready` line; rejects with what it said instead. */
  static async start(options: StartOptions = {}): Promise<TestServer> {
    const checkout = options.checkout ?? ownCheckout;
    const data = options.data ?? makeDirectory(checkout);
    const args = ['serve', '--data', data, '--api', '127.0.0.1:0', '--dns', '127.0.0.1:0', ...(options.args ?? [])];
    if (options.attach !== undefined) args.push('--attach', options.attach);
    if (options.workers !== undefined) args.push('--workers', String(options.workers));
    if (options.configuration !== undefined) {
      const path = join(data, 'pergola.yaml');
      writeFileSync(path, options.configuration);
      args.push('--config', path);
    }
    const child = startPergola(checkout, args, otherResolver(data, options.resolvConf), options.path);
    const errors: string[] = [];
    child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    child.stdin?.end();
    const gone = once(child, 'exit').then(([code, signal]) => Number(code ?? (signal === 'SIGKILL' ? 137 : 128)));
    const ready = await firstLine(child);
    const match = /^ready api=(http:\/\/\S+) dns=(\S+) attach=(netns|userns|loopback)$/.exec(ready ?? '');
    if (match === null) {
      child.kill('SIGKILL');
      await gone;
      throw new Error(`the server did not become ready but said ${ready ?? 'nothing'}\n${errors.join('')}`);
    }
    return new TestServer(options, data, match, child, errors, gone);
  }

  /** The admin's key. */
  get keys(): { readonly accessKeyId: string; readonly secretAccessKey: string } {
    return this.#keys;
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** What it has written to standard error. */
  get log(): string {
    return this.#errors.join('');
  }

  /** A signed request to one of the server's own paths. */
  call(method: string, target: string, body = ''): Promise<Response> {
    const [path = '', query = ''] = target.split('?');
    const { accessKeyId, secretAccessKey: secret } = this.#keys;
    const signer = { accessKeyId, secret, region: 'us-east-1', service: 'pergola' };
    const request = { method, path, query, headers: new Map([['host', new URL(this.api).host]]) };
    const headers = signHeaders(request, signer, { now: Date.now(), bodyHash: sha256(body) });
    return fetch(`${this.api}${target}`, { method, headers, ...(body === '' ? {} : { body }) });
  }

  /** Resolves when the data plane obeys what the SDK clients have changed so far. */
  async obeyed(): Promise<void> {
    const answer = await this.call('GET', `/-/wait?revision=${this.#revision}&timeout=20`);
    if (answer.status !== 200) throw new Error(`not obeyed: ${await answer.text()}\n${this.log}`);
    await answer.arrayBuffer();
  }

  /** Starts `pergola exec`; `place` are its options. */
  startExec(place: readonly string[], command: readonly string[]): ChildProcess {
    return startPergola(this.checkout, ['exec', '--data', this.data, ...place, '--', ...command], this.#through);
  }

  /** Runs `pergola exec` to its end. */
  exec(place: readonly string[], command: readonly string[]): Promise<Finished> {
    return finish(this.startExec(place, command));
  }

  /** The server's processes that run now. */
  processes(): Processes {
    return processesOf(this.pid);
  }

  /** Ends it as an operator does; resolves with its exit status. */
  stop(): Promise<number> {
    this.#process.kill('SIGTERM');
    return this.gone();
  }

  /** Ends the supervisor without warning. */
  kill(): Promise<number> {
    this.#process.kill('SIGKILL');
    return this.gone();
  }

  /** Ends every process of the server without warning. */
  async killAll(): Promise<void> {
    killServer(this.pid);
    await this.gone();
  }

  /** Resolves with the exit status of the supervisor when it has ended; SDK clients are closed then. */
  async gone(): Promise<number> {
    const status = await Promise.race([this.#gone, sleep(patience, undefined, { ref: false })]);
    for (const client of [this.lattice, this.ec2, this.iam, this.sts, this.route53]) client.destroy();
    if (status !== undefined) return status;
    this.#process.kill('SIGKILL');
    throw new Error(`the server did not end\n${this.log}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await this.stop();
    if (!this.#keep) rmSync(this.data, { recursive: true, force: true });
  }
}

/** The processes below a supervisor. */
function processesOf(supervisor: number): Processes {
  const children = childrenOf(supervisor);
  const named = (name: string): readonly number[] =>
    children.flatMap(({ pid, command }) => (command.includes(name) ? [pid] : []));
  return { supervisor, control: named('control-process')[0], workers: named('worker-process') };
}

/** Ends a supervisor and every process below it without warning; whoever would start others again goes first. */
export function killServer(pid: number): void {
  const { supervisor, control, workers } = processesOf(pid);
  for (const one of [supervisor, control, ...workers]) if (one !== undefined) killProcess(one);
}

/** Ends a process without warning, unless it has ended already. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Whether a process is there and is no zombie. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}

/** Runs a command where /etc/resolv.conf has another text. */
function otherResolver(data: string, text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const path = join(data, 'other-resolv.conf');
  writeFileSync(path, text);
  return ['unshare', '--mount', 'sh', '-c', 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"', 'sh', path];
}

/** The first line of standard output, or undefined when it ends or stays silent. */
async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  const lines = createInterface({ input: child.stdout });
  const line = once(lines, 'line').then(([text]) => String(text));
  const end = once(lines, 'close').then(() => undefined);
  return Promise.race([line, end, sleep(patience, undefined, { ref: false })]);
}

/** The direct children of a process, with their command lines. */
export function childrenOf(parent: number): readonly { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The name in parentheses may hold anything; state and parent follow it.
      const [, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(ppid) !== parent) return [];
      return [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ') }];
    } catch {
      // It ended while it was looked at.
      return [];
    }
  });
}
