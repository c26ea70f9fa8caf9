// Targets and clients that run in VPCs by `pergola exec`, as a test holds them.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Answer, Ask, FoundCredentials, LoadResult, LoadSpec, Reply, RequestSpec } from './programs/messages.ts';
import type { TestServer } from './server.ts';

/** Where a program runs. */
export interface Place {
  readonly vpc: string;
  readonly address?: string;
  /** The target id that stands for it. */
  readonly instance?: string;
  /** The ARN of the role that it has. */
  readonly role?: string;
}

/** A program in a VPC. Disposing it ends it and waits for its workload to go. */
export interface Program extends AsyncDisposable {
  readonly process: ChildProcess;
}

/** Starts a target that says `name` on `port` of its address; resolves when it listens. */
export async function startTarget(
  server: TestServer,
  place: Place,
  name: string,
  port: number,
  protocol: 'http' | 'https' = 'http',
): Promise<Program> {
  const { process, lines } = start(server, place, 'target.ts', name, String(port), protocol);
  const { value } = await lines.next();
  if (value !== 'listening') throw new Error(`the target ${name} said ${value}`);
  return { process, [Symbol.asyncDispose]: () => end(process) };
}

const clientEnded = 'the client program has ended';

/** A client in a VPC. Its methods reject with the system's error code, or what else went wrong, as message. */
export class TestClient implements Program {
  readonly process: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;
  #ended = false;

  private constructor(process: ChildProcess, lines: AsyncIterator<string>) {
    this.process = process;
    void this.#read(lines);
  }

  /** Starts one. */
  static start(server: TestServer, place: Place): TestClient {
    const { process, lines } = start(server, place, 'client.ts');
    return new TestClient(process, lines);
  }

  resolve(name: string, type: 'A' | 'AAAA' = 'A', server?: string): Promise<readonly string[]> {
    return this.#ask({ kind: 'resolve', name, type, ...(server === undefined ? {} : { server }) });
  }

  resolveTcp(name: string): Promise<readonly string[]> {
    return this.#ask({ kind: 'resolve-tcp', name });
  }

  /** What the system's library says. */
  lookup(name: string): Promise<readonly { readonly address: string; readonly family: number }[]> {
    return this.#ask({ kind: 'lookup', name });
  }

  request(spec: RequestSpec): Promise<Answer> {
    return this.#ask({ kind: 'request', ...spec });
  }

  credentials(): Promise<FoundCredentials> {
    return this.#ask({ kind: 'credentials' });
  }

  load(spec: LoadSpec): Promise<LoadResult> {
    return this.#ask({ kind: 'load', ...spec });
  }

  /** Ends loads without a count. */
  async stopLoad(): Promise<void> {
    await this.#ask({ kind: 'stop' });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return end(this.process);
  }

  #ask<T>(ask: Ask): Promise<T> {
    if (this.#ended) return Promise.reject(new Error(clientEnded));
    const id = ++this.#last;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.process.stdin?.write(`${JSON.stringify({ id, ask })}\n`);
    return waiting.promise as Promise<T>;
  }

  async #read(lines: AsyncIterator<string>): Promise<void> {
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
      const reply = JSON.parse(line.value) as Reply<unknown>;
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ('error' in reply) waiting?.reject(new Error(reply.error));
      else waiting?.resolve(reply.result);
    }
    this.#ended = true;
    for (const waiting of this.#waiting.values()) waiting.reject(new Error(clientEnded));
  }
}

function start(
  server: TestServer,
  { vpc, address, instance, role }: Place,
  program: string,
  ...args: readonly string[]
) {
  const { root } = server.checkout;
  const options = ['--vpc', vpc];
  if (address !== undefined) options.push('--address', address);
  if (instance !== undefined) options.push('--instance', instance);
  if (role !== undefined) options.push('--role', role);
  const node = join(root, 'node_modules', 'node', 'bin', 'node');
  const process = server.startExec(options, [node, join(root, 'test', 'programs', program), ...args]);
  if (process.stdout === null || process.stderr === null) throw new Error('a program without pipes');
  // What a program complains about belongs to the report of the test that runs it.
  process.stderr.on('data', (chunk: Buffer) => void globalThis.process.stderr.write(chunk));
  process.stdin?.on('error', () => {});
  return { process, lines: createInterface({ input: process.stdout })[Symbol.asyncIterator]() };
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const gone = once(process, 'exit');
  process.kill('SIGTERM');
  await gone;
}
