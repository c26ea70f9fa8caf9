// The supervisor: starts control and workers and starts them again, keeps the sockets, relays health; accepts no connection itself.

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { backoffDelay } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { entryUrl } from '../base/entry-path.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { isInNamespace, openSockets, type RawHandle, type VpcAttachment } from '../network/index.ts';
import { clearShare, openShare } from './connection-share.ts';
import type { FromControl, FromWorker, ToControl, ToFunctions, ToWorker } from './messages.ts';
import type { ServerSettings } from './settings.ts';
import { SocketRegistry } from './socket-registry.ts';

export interface SupervisorDeps {
  readonly settings: ServerSettings;
  /** The API's bound handle and port, and the port of the host's DNS sockets, which are among `hostSockets`. */
  readonly api: { readonly handle: RawHandle; readonly port: number };
  readonly dnsPort: number;
  /** Sockets on the host that workers get beside those of VPCs. */
  readonly hostSockets: readonly {
    readonly spec: Extract<ToWorker, { type: 'socket' }>['spec'];
    readonly handle: RawHandle;
  }[];
  /** Gives each worker its own host socket for forwarded DNS questions. */
  openForwarder(): RawHandle;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  onReady(): void;
}

/** A running supervisor. */
export interface Supervisor {
  /** Ends everything in order: requests, then what stands on this machine, then processes. Resolves with whether all went well. */
  stop(): Promise<boolean>;
}

interface Child {
  process: ChildProcess | undefined;
  /** Exit status of the last process; null when a signal ended it. */
  code: number | null;
  up: boolean;
  attempt: number;
  startedAt: number;
}

/** A child that lived this long starts its backoff anew. */
const STABLE = 10_000;
/** How long control may take to remove what stands on this machine. */
const STOP_TIMEOUT = 20_000;

/** Starts control at once, and the workers as soon as control says where they live. */
export function startSupervisor(deps: SupervisorDeps): Supervisor {
  const { settings, clock, log } = deps;
  const startedAt = clock.now();
  const history = deps.random.uuid();
  const control = newChild();
  const workers = Array.from({ length: settings.workers }, newChild);
  const functions = newChild();
  let attachments: readonly VpcAttachment[] = [];
  let home: { readonly namespace: string | undefined } | undefined;
  /** A stop lets workers drain first; control is started again until it has been told to stop too. */
  let draining = false;
  let stopping = false;
  let ready = false;
  const drained = new Set<number>();
  const forwarders: RawHandle[] = [];
  const wakers = new Set<() => void>();
  const share = openShare(settings.dataDirectory, settings.workers);
  const registry = new SocketRegistry({ open: openSockets, log });

  const notify = (): void => wakers.forEach((wake) => wake());
  const until = (test: () => boolean, timeout: number): Promise<boolean> => {
    if (test()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (value: boolean): void => {
        wakers.delete(look);
        cancel();
        resolve(value);
      };
      const look = (): void => (test() ? end(true) : undefined);
      const cancel = clock.after(timeout, () => end(false));
      wakers.add(look);
    });
  };

  const toControl = (message: ToControl, handle?: RawHandle): void => send(control, message, handle);
  const toWorker = (worker: number, message: ToWorker, handle?: RawHandle): void =>
    send(workers[worker], message, handle);
  const live = (): number[] => workers.flatMap((child, worker) => (child.up ? [worker] : []));

  const tellLive = (): void => {
    const up = live();
    for (const worker of up) toWorker(worker, { type: 'live', workers: up });
    toControl({ type: 'workers', live: up.map((worker) => ({ worker, pid: workers[worker]?.process?.pid ?? 0 })) });
    notify();
  };

  const launch = (
    child: Child,
    name: string,
    namespace: string | undefined,
    onMessage: (message: unknown) => void,
    onGone: () => void,
    begin: () => void,
  ): void => {
    const command = namespace === undefined ? [process.execPath] : ['nsenter', `--net=${namespace}`, process.execPath];
    const [file, ...args] = [...command, fileURLToPath(entryUrl(import.meta.url, name))];
    // Standard output belongs to the ready line alone.
    const started = spawn(file, args, { stdio: ['ignore', 2, 2, 'ipc', share] });
    child.process = started;
    child.startedAt = clock.monotonic();
    started.on('message', onMessage);
    started.on('error', (error) => log.error(`${name} cannot be started`, { error }));
    let over = false;
    const gone = (code: number | null, signal: string | null): void => {
      if (over) return;
      over = true;
      child.process = undefined;
      child.code = code;
      child.up = false;
      onGone();
      notify();
      const wanted = (): boolean => !stopping && (!draining || child === control);
      if (!wanted()) return;
      if (clock.monotonic() - child.startedAt > STABLE) child.attempt = 0;
      const delay = backoffDelay(child.attempt++, { base: 20, limit: 5000 }, deps.random);
      log.warn(`${name} ended and is started again`, { code, signal, delay: Math.round(delay) });
      clock.after(delay, () => {
        if (wanted()) launch(child, name, namespace, onMessage, onGone, begin);
      });
    };
    started.on('exit', gone);
    started.on('error', () => (started.pid === undefined ? gone(null, null) : undefined));
    begin();
  };

  const onControl = (raw: unknown): void => {
    const message = raw as FromControl;
    if (message.type === 'home') startWorkers(message.namespace);
    else if (message.type === 'sync') {
      endStrays();
      const asker = control.process;
      void until(() => live().length === workers.length, 5000)
        .then(() => registry.sync(message.specs))
        .then(({ opened, failed }) => {
          // A control process that came after the one that asked has numbers of its own.
          if (control.process === asker) toControl({ type: 'synced', id: message.id, opened, failed });
        });
    } else if (message.type === 'attachments') {
      attachments = message.attachments;
      for (const worker of live()) toWorker(worker, { type: 'attachments', attachments });
    } else if (!ready && !draining) {
      ready = true;
      deps.onReady();
    }
  };

  const onWorker = (worker: number) => (raw: unknown) => {
    const message = raw as FromWorker;
    const child = workers[worker];
    if (message.type === 'up' && child !== undefined) {
      child.up = true;
      toWorker(worker, { type: 'attachments', attachments });
      for (const { spec, handle } of deps.hostSockets) toWorker(worker, { type: 'socket', spec }, handle);
      registry.addWorker({
        worker,
        give: (spec, handle) => toWorker(worker, { type: 'socket', spec }, handle),
        take: (key) => toWorker(worker, { type: 'close-socket', key }),
      });
      tellLive();
    } else if (message.type === 'listening') registry.onListening(worker, message.key);
    else if (message.type === 'failed') registry.onRefused(worker, message.key, message.reason);
    else if (message.type === 'health') {
      for (const other of live()) if (other !== worker) toWorker(other, message);
    } else if (message.type === 'drained') {
      drained.add(worker);
      notify();
    }
  };

  const startWorkers = (namespace: string | undefined): void => {
    if (home !== undefined) return;
    home = { namespace };
    workers.forEach((child, worker) => {
      const forwarder = deps.openForwarder();
      forwarders.push(forwarder);
      const begin = (): void => toWorker(worker, { type: 'start', settings, worker }, forwarder);
      const onGone = (): void => {
        clearShare(share, worker);
        registry.removeWorker(worker);
        tellLive();
      };
      launch(child, 'worker-process', namespace, onWorker(worker), onGone, begin);
    });
  };

  /** Workers of a namespace that is not the named one any more (somebody removed it, the agent made another) reach no VPC: they start anew. */
  const endStrays = (): void => {
    const { namespace } = home ?? {};
    if (namespace === undefined) return;
    workers.forEach((child, worker) => {
      const pid = child.process?.pid;
      if (!child.up || pid === undefined || isInNamespace(pid, namespace)) return;
      log.warn('a worker is in a namespace that was removed, and is started again in the new one', { worker });
      child.up = false;
      child.process?.kill('SIGKILL');
    });
  };

  launch(
    control,
    'control-process',
    undefined,
    onControl,
    () => {},
    () => {
      control.up = true;
      const { port: apiPort, handle } = deps.api;
      toControl({ type: 'start', settings, apiPort, dnsPort: deps.dnsPort, startedAt, history }, handle);
      tellLive();
    },
  );

  if (settings.configuration.functions.length > 0)
    launch(
      functions,
      'function-process',
      undefined,
      () => {},
      () => {},
      () => send(functions, { type: 'start', settings }),
    );

  return {
    async stop() {
      draining = true;
      for (const worker of live()) toWorker(worker, { type: 'drain' });
      await until(() => live().every((worker) => drained.has(worker)), settings.limits.drainTimeout);
      // A control process that is just being started again is waited for: only it can remove what stands here.
      const there = await until(() => control.up, 2000);
      stopping = true;
      toControl({ type: 'stop' });
      const ended = await until(() => control.process === undefined, STOP_TIMEOUT);
      if (!ended) control.process?.kill('SIGKILL');
      for (const child of workers) child.process?.kill('SIGKILL');
      // It ends what functions run when its channel closes.
      functions.process?.disconnect();
      await until(() => [...workers, functions].every((child) => child.process === undefined), 2000);
      registry.close();
      for (const handle of forwarders) handle.close();
      closeSync(share);
      deps.api.handle.close();
      for (const { handle } of deps.hostSockets) handle.close();
      return there && ended && control.code === 0;
    },
  };
}

function newChild(): Child {
  return { process: undefined, code: null, up: false, attempt: 0, startedAt: 0 };
}

/** Sends if the process is there; a channel that closes in this moment is a process that is ending, which its exit tells. */
function send(child: Child | undefined, message: ToControl | ToWorker | ToFunctions, handle?: RawHandle): void {
  if (child?.process?.connected !== true) return;
  child.process.send(message, handle as Parameters<ChildProcess['send']>[1], {}, () => {});
}
