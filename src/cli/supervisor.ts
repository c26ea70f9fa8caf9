// The supervisor: starts control and workers and starts them again, replaces them, keeps the sockets, relays health; accepts no connection itself.

import { closeSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import { createConditions } from '../base/condition.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { createSocketOpener, enterHome, isInNamespace, type RawHandle, type VpcAttachment } from '../network/index.ts';
import { clearShare, openShare } from './connection-share.ts';
import { Forbidden } from './forbidden.ts';
import type { FromControl, FromWorker, ToControl, ToFunctions, ToWorker } from './messages.ts';
import type { ServerSettings } from './settings.ts';
import { SocketRegistry } from './socket-registry.ts';
import { SupervisedChild } from './supervised-child.ts';

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
  /** The configuration does not fit what the data directory has: nothing can be served. */
  onRefused(problem: string): void;
  /** The settings as the configuration file says now; throws `Forbidden` when it cannot be obeyed. */
  reread(): ServerSettings;
}

/** A running supervisor. */
export interface Supervisor {
  /** Ends everything in order: requests, then what stands on this machine, then processes. Resolves with whether all went well. */
  stop(): Promise<boolean>;
}

/** How long control may take to remove what stands on this machine. */
const STOP_TIMEOUT = 20_000;

/** How long a new worker may take to listen on everything before the one in its place goes all the same; its sockets are shared. */
const REPLACE_TIMEOUT = 10_000;
/** How much longer than the longest connection a retired worker may live. */
const RETIRED_GRACE = 60_000;

/** Starts control at once, and the workers as soon as control says where they live. */
export function startSupervisor(deps: SupervisorDeps): Supervisor {
  const { clock, log, random } = deps;
  let { settings } = deps;
  const startedAt = clock.now();
  const history = random.uuid();
  const share = openShare(settings.dataDirectory, settings.workers);
  let control: SupervisedChild | undefined;
  /** By number; empty until control says where they live. */
  const workers: SupervisedChild[] = [];
  /** Running workers in whose place another one is, or soon will be. */
  const retired = new Set<SupervisedChild>();
  let functions: SupervisedChild | undefined;
  let attachments: readonly VpcAttachment[] = [];
  let home: { readonly namespace: string | undefined } | undefined;
  /** How often everything was replaced. */
  let generation = 1;
  let reloading = false;
  /** A stop lets workers drain first; control is started again until it has been told to stop too. */
  let draining = false;
  let stopping = false;
  let ready = false;
  const drained = new Set<SupervisedChild>();
  const forwarders = new Set<RawHandle>();
  const opener = createSocketOpener(clock, settings.userNamespace && enterHome);
  const registry = new SocketRegistry({ open: (specs) => opener.open(specs), log });
  const { notify, until } = createConditions(clock);
  const toControl = (message: ToControl): void => control?.send(message);
  const toWorker = (worker: number, message: ToWorker): void => workers[worker]?.send(message);
  const live = (): number[] => workers.flatMap((child, worker) => (child.up ? [worker] : []));

  const workersUp = (): ToControl => ({
    type: 'workers',
    live: live().map((worker) => ({ worker, pid: workers[worker]?.pid ?? 0 })),
  });
  const tellLive = (): void => {
    const up = live();
    for (const worker of up) toWorker(worker, { type: 'live', workers: up });
    toControl(workersUp());
    notify();
  };

  const onControl = (message: FromControl, asker: SupervisedChild): void => {
    if (asker !== control) return;
    if (message.type === 'home') startWorkers(message.namespace);
    else if (message.type === 'sync') {
      endStrays();
      void until(() => live().length === settings.workers, 5000)
        .then(() => registry.sync(message.specs))
        // A control process that came after the one that asked has numbers of its own.
        .then(({ opened, failed }) =>
          asker.send({ type: 'synced', id: message.id, opened, failed } satisfies ToControl),
        );
    } else if (message.type === 'attachments') {
      attachments = message.attachments;
      for (const worker of live()) toWorker(worker, { type: 'attachments', attachments });
    } else if (message.type === 'reload') beginReload(asker, message);
    else if (message.type === 'refused') deps.onRefused(message.problem);
    else if (!ready && !draining) {
      ready = true;
      deps.onReady();
    }
  };

  const onWorker = (worker: number, message: FromWorker, child: SupervisedChild): void => {
    if (message.type === 'drained') {
      drained.add(child);
      if (retired.has(child)) child.kill();
      notify();
      return;
    }
    if (message.type === 'health') {
      // A worker that only starts hears it before it gets its sockets.
      for (const other of [...workers, ...retired]) if (other !== child) other.send(message);
      return;
    }
    if (child !== workers[worker]) return;
    if (message.type === 'up') {
      child.up = true;
      child.send({ type: 'attachments', attachments } satisfies ToWorker);
      for (const { spec, handle } of deps.hostSockets) child.send({ type: 'socket', spec } satisfies ToWorker, handle);
      registry.removeWorker(worker);
      registry.addWorker({
        worker,
        give: (spec, handle) => child.send({ type: 'socket', spec } satisfies ToWorker, handle),
        take: (key) => child.send({ type: 'close-socket', key } satisfies ToWorker),
      });
      tellLive();
    } else if (message.type === 'listening') registry.onListening(worker, message.key);
    else registry.onRefused(worker, message.key, message.reason);
    notify();
  };

  const startWorker = (worker: number): void => {
    // Its own: an answer to a forwarded question must not reach the worker in whose place it is.
    const forwarder = deps.openForwarder();
    forwarders.add(forwarder);
    workers[worker] = new SupervisedChild({
      ...{ entry: 'worker-process', namespace: home?.namespace, share, clock, random, log },
      wanted: () => !stopping && !draining,
      begin: (child) => child.send({ type: 'start', settings, worker } satisfies ToWorker, forwarder),
      onMessage: (message, child) => onWorker(worker, message as FromWorker, child),
      onGone(child) {
        retired.delete(child);
        if (child === workers[worker]) {
          clearShare(share, worker);
          registry.removeWorker(worker);
          tellLive();
          return;
        }
        forwarders.delete(forwarder);
        forwarder.close();
        notify();
      },
    });
  };

  const startWorkers = (namespace: string | undefined): void => {
    if (home !== undefined) return;
    home = { namespace };
    for (let worker = 0; worker < settings.workers; worker++) startWorker(worker);
  };

  /** Workers of a namespace that is not the named one any more (somebody removed it, the agent made another) reach no VPC: they start anew. */
  const endStrays = (): void => {
    const { namespace } = home ?? {};
    if (namespace === undefined) return;
    workers.forEach((child, worker) => {
      const { pid } = child;
      if (!child.up || pid === undefined || isInNamespace(pid, namespace)) return;
      log.warn('a worker is in a namespace that was removed, and is started again in the new one', { worker });
      child.up = false;
      child.kill();
    });
  };

  const startControl = (): void => {
    control = new SupervisedChild({
      ...{ entry: 'control-process', share, clock, random, log },
      wanted: () => !stopping,
      begin(child) {
        const start = { settings, apiPort: deps.api.port, dnsPort: deps.dnsPort, startedAt, history, generation };
        child.send({ type: 'start', ...start } satisfies ToControl, deps.api.handle);
        child.send(workersUp());
      },
      onMessage: (message, child) => onControl(message as FromControl, child),
      onGone: notify,
    });
  };

  const startFunctions = (): void => {
    functions =
      settings.configuration.functions.length === 0
        ? undefined
        : new SupervisedChild({
            ...{ entry: 'function-process', share, clock, random, log },
            wanted: () => !stopping,
            begin: (child) => child.send({ type: 'start', settings } satisfies ToFunctions),
            onMessage: () => {},
            onGone: notify,
          });
  };

  const beginReload = (asker: SupervisedChild, { id, judged }: Extract<FromControl, { type: 'reload' }>): void => {
    const tell = (problem?: string): void =>
      asker.send({ type: 'reloading', id, generation: generation + 1, problem } satisfies ToControl);
    if (reloading || draining) {
      tell(reloading ? 'another reload is running' : 'the server is stopping');
      return;
    }
    try {
      const next = deps.reread();
      if (!judged) return asker.send({ type: 'reread', id, settings: next } satisfies ToControl);
      tell();
      reloading = true;
      void replaceAll(next)
        .finally(() => (reloading = false))
        .finally(notify);
    } catch (error) {
      if (!(error instanceof Forbidden)) throw error;
      tell(error.message);
    }
  };

  /** Replaces every child by one with the new settings: workers one by one, each listening before the old one goes; functions; control last. */
  const replaceAll = async (next: ServerSettings): Promise<void> => {
    settings = next;
    log.info('everything is replaced', { generation: ++generation });
    for (let worker = 0; worker < workers.length && !draining; worker++) {
      const old = workers[worker];
      // If it ends now it is not started again; a stop lets it finish as all others.
      old?.retire();
      if (old?.running === true) retired.add(old);
      const up = live();
      startWorker(worker);
      // It answers with what it knows of targets: the one in its place shall not send requests to those that are down.
      old?.send({ type: 'live', workers: up } satisfies ToWorker);
      const listens = (): boolean => workers[worker]?.up === true && registry.hasAnswered(worker);
      if (!(await until(() => draining || listens(), REPLACE_TIMEOUT)))
        log.warn('a new worker does not listen on everything yet', { worker });
      if (old !== undefined && retired.has(old)) retireWorker(old);
    }
    if (draining) return;
    functions?.retire();
    functions?.send({ type: 'retire' } satisfies ToFunctions);
    startFunctions();
    const old = control;
    old?.retire();
    old?.send({ type: 'stop', how: 'leave' } satisfies ToControl);
    if (!(await until(() => old?.running !== true, STOP_TIMEOUT))) old?.kill();
    await until(() => old?.running !== true, 2000);
    if (!stopping) startControl();
  };

  /** Lets a worker finish what it carries, and end. */
  const retireWorker = (old: SupervisedChild): void => {
    old.send({ type: 'retire' } satisfies ToWorker);
    clock.after(settings.limits.maxConnectionDuration + RETIRED_GRACE, () => old.kill());
  };

  startControl();
  startFunctions();

  return {
    async stop() {
      draining = true;
      const all = [...workers, ...retired];
      for (const child of all) child.send({ type: 'drain' } satisfies ToWorker);
      await until(() => all.every((child) => !child.running || drained.has(child)), settings.limits.drainTimeout);
      // A control process that is just being started again is waited for: only it can remove what stands here.
      const there = await until(() => control?.running === true && !reloading, 2000);
      stopping = true;
      toControl({ type: 'stop', how: 'remove' });
      const ended = await until(() => control?.running !== true, STOP_TIMEOUT);
      if (!ended) control?.kill();
      for (const child of all) child.kill();
      // It ends what functions run when its channel closes.
      functions?.disconnect();
      await until(() => [...all, functions].every((child) => child?.running !== true), 2000);
      registry.close();
      opener[Symbol.dispose]();
      for (const handle of forwarders) handle.close();
      closeSync(share);
      deps.api.handle.close();
      for (const { handle } of deps.hostSockets) handle.close();
      return there && ended && control?.code === 0;
    },
  };
}
