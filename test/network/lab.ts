// Real namespaces for tests: whether this machine has them, a network that is removed with the test, and ways inside.

import { spawn, spawnSync, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Snapshot } from '../../src/snapshot/index.ts';
import {
  createNetwork,
  desiredSockets,
  namePrefix,
  namespacePath,
  openPairs,
  openSockets,
  prepareCore,
  runCommand,
  whyNoNamespaces,
  workloadName,
  type Network,
  type OpenPairs,
  type RawHandle,
  type SocketSpec,
  type WorkloadPlace,
} from '../../src/network/index.ts';

const reason = await whyNoNamespaces(runCommand, process.pid);
if (reason !== undefined && process.env['CI'] === 'true') throw new Error(`namespaces are needed: ${reason}`);

/** Options of a test that needs namespaces: it is skipped, with the reason, where there are none. */
export const needsNamespaces = { skip: reason === undefined ? false : `no namespaces here: ${reason}` };

/** One server's network under test. */
export interface Lab {
  readonly prefix: string;
  /** Brings the network to what the snapshot asks for; the number of commands that it took. */
  settle(snapshot: Snapshot, workloads: readonly WorkloadPlace[], open?: OpenPairs): Promise<number>;
  /** The same without open pairs, and all that it came to. */
  settleFully(snapshot: Snapshot, workloads: readonly WorkloadPlace[]): ReturnType<Network['settle']>;
  /** Binds the snapshot's sockets, gives them to `worker`, and opens the doors. */
  serve(snapshot: Snapshot, workloads: readonly WorkloadPlace[], worker: StandIn): Promise<void>;
  startWorker(): Promise<StandIn>;
  workload(vpcId: string, address: string): string;
}

/** Makes the network of a server of its own and removes it after the test. */
export function openLab(t: TestContext): Lab {
  const prefix = namePrefix(`/test/${process.pid}/${t.fullName}`);
  const network = createNetwork(prefix, 'netns', runCommand);
  const settle = async (
    snapshot: Snapshot,
    workloads: readonly WorkloadPlace[],
    open: OpenPairs = new Map(),
  ): Promise<number> => {
    network.distrust();
    return (await network.settle(snapshot, workloads, open)).commands;
  };
  t.after(() => network.remove());
  return {
    prefix,
    settle,
    settleFully: (snapshot, workloads) => network.settle(snapshot, workloads, new Map()),
    serve: async (snapshot, workloads, worker) => {
      const specs = desiredSockets(snapshot, { attach: 'netns', prefix, lowPorts: true });
      const { handles, failed } = await openSockets(specs);
      if (failed.size > 0) throw new Error([...failed.values()].join(', '));
      for (const [key, handle] of handles) await worker.listen(key, handle);
      await settle(snapshot, workloads, openPairs(snapshot, new Set(specs.map(({ key }) => key))));
    },
    startWorker: async () => startWorker(t, await prepareCore(prefix, runCommand)),
    workload: (vpcId, address) => workloadName(prefix, vpcId, address),
  };
}

/** A stand-in for a worker: a process in the core's namespace that says to each connection what it sees of it. */
export interface StandIn {
  listen(key: SocketSpec['key'], handle: RawHandle): Promise<void>;
  close(key: SocketSpec['key']): Promise<void>;
  /** Connects from `source`, and answers with what the other side said, or the error's code. */
  dial(source: string, address: string, port: number): Promise<string>;
}

/** Starts a stand-in for a worker in the namespace at the path `core`. */
export async function startWorker(t: TestContext, core: string): Promise<StandIn> {
  const script = join(import.meta.dirname, 'stand-in-worker.ts');
  const child = spawn('nsenter', [`--net=${core}`, process.execPath, script], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  t.after(() => child.kill('SIGKILL'));
  const ask = async (message: object, handle?: RawHandle): Promise<string> => {
    const answer = once(child, 'message');
    child.send(message, handle as undefined);
    return String((await answer)[0]);
  };
  await once(child, 'message');
  return {
    listen: async (key, handle) => {
      await ask({ listen: key }, handle);
      handle.close();
    },
    close: async (key) => void (await ask({ close: key })),
    dial: (source, address, port) => ask({ dial: { localAddress: source, host: address, port } }),
  };
}

/** Runs a program inside of a namespace; its output without the final newline. */
export function inside(namespace: string, program: string, ...args: readonly string[]): string {
  const run = spawnSync('nsenter', [`--net=${namespacePath(namespace)}`, program, ...args], { encoding: 'utf8' });
  return `${run.stdout}${run.stderr}`.trim();
}

const attempt = `
const net = require('node:net');
const [host, port, localAddress] = process.argv.slice(1);
const socket = net.connect({ host, port: Number(port), ...(localAddress ? { localAddress } : {}) });
socket.setTimeout(500, () => { console.log('TIMEOUT'); socket.destroy(); });
socket.on('error', (error) => console.log(error.code));
socket.on('data', (data) => { console.log(String(data)); socket.destroy(); });
`;

/** Connects from inside of a namespace; what the other side said, the error's code, or TIMEOUT after 0.5 s. */
export function connectFrom(namespace: string, host: string, port: number, source = ''): string {
  return inside(namespace, process.execPath, '-e', attempt, host, String(port), source);
}

/**
 * How many TCP segments have reached the sockets of a namespace: what a filter dropped is not among them. A client with a forged source
 * never hears of an answer, so only the receiver can tell whether it was heard.
 */
export function receivedSegments(namespace: string): number {
  const [names = [], values = []] = inside(namespace, 'cat', '/proc/net/snmp')
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(' '));
  const count = Number(values[names.indexOf('InSegs')]);
  if (Number.isNaN(count)) throw new Error(`no count of segments in ${namespace}`);
  return count;
}

const echo = `
require('node:net').createServer((socket) => socket.end('client ' + socket.remoteAddress.replace('::ffff:', ''))).listen(Number(process.argv[1]), '::', () => process.send('up'));
process.on('disconnect', () => process.exit());
`;

/** Starts a server inside of a namespace (undefined: on the host) that tells each client its address. */
export async function startTarget(t: TestContext, namespace: string | undefined, port: number): Promise<void> {
  const args = ['-e', echo, String(port)];
  const stdio: StdioOptions = ['ignore', 'inherit', 'inherit', 'ipc'];
  const child =
    namespace === undefined
      ? spawn(process.execPath, args, { stdio })
      : spawn('nsenter', [`--net=${namespacePath(namespace)}`, process.execPath, ...args], { stdio });
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'message');
}
