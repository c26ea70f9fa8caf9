// Binds sockets for others, in this process's own network or, by a short-lived helper, inside of namespaces.

import { spawn, type ChildProcess } from 'node:child_process';
import { extname, join } from 'node:path';
import { systemClock, type Clock } from '../base/clock.ts';
import { bindHandle, type BindRequest, type RawHandle } from './raw-handles.ts';
import type { SocketSpec } from './sockets.ts';

/** What the helper is asked for: one socket, the namespace (a path) that it is in, and the key that its answer carries. */
export interface HelperRequest {
  readonly key: string;
  readonly namespace: string;
  readonly request: BindRequest;
}

/** The helper's answer: the handle comes with the message, or a failure says why there is none; `done` after the last of a batch. */
export type HelperAnswer =
  | { readonly kind: 'socket'; readonly key: string; readonly failure?: string }
  | { readonly kind: 'done' };

/** Bound handles by key, owned by the caller, and the reasons for those that could not be bound. */
export interface OpenedSockets {
  readonly handles: ReadonlyMap<string, RawHandle>;
  readonly failed: ReadonlyMap<string, string>;
}

/** Binds sockets. Its helper ends with it. */
export interface SocketOpener extends Disposable {
  /**
   * Binds every socket of `specs` in its namespace, or in this process's own network. Nothing listens yet. Never rejects:
   * what cannot be bound is in `failed`. To be called again only when it has resolved.
   */
  open(specs: readonly SocketSpec[]): Promise<OpenedSockets>;
}

/** How long a helper stays after its last socket, in milliseconds: its start takes more than a thousand sockets, and changes come together. */
const KEEP = 5000;

/** Makes an opener; it starts a helper when there is something to bind in a namespace, by a command line that begins with `through`. */
export function createSocketOpener(clock: Clock, through: readonly string[] = []): SocketOpener {
  let helper: ChildProcess | undefined;
  let cancel = (): void => {};
  const end = (): void => {
    cancel();
    if (helper?.connected === true) helper.disconnect();
    helper = undefined;
  };
  return {
    async open(specs) {
      const here = specs.filter(({ namespace }) => namespace === undefined).map(describeRequest);
      const inside = specs.flatMap((spec) =>
        spec.namespace === undefined ? [] : [{ ...describeRequest(spec), namespace: spec.namespace }],
      );
      const opened = openHere(here);
      if (inside.length === 0) return opened;
      cancel();
      if (helper?.connected !== true) helper = startHelper(through);
      const others = await openInside(helper, inside);
      cancel = clock.after(KEEP, end);
      return {
        handles: new Map([...opened.handles, ...others.handles]),
        failed: new Map([...opened.failed, ...others.failed]),
      };
    },
    [Symbol.dispose]: end,
  };
}

/** Binds sockets with a helper of their own, as `SocketOpener.open`. */
export async function openSockets(specs: readonly SocketSpec[]): Promise<OpenedSockets> {
  using opener = createSocketOpener(systemClock);
  return await opener.open(specs);
}

function describeRequest({ key, kind, family, address, port }: SocketSpec): Omit<HelperRequest, 'namespace'> {
  return { key, request: { kind, family, port, ...(address === undefined ? {} : { address }) } };
}

function openHere(requests: readonly Omit<HelperRequest, 'namespace'>[]): OpenedSockets {
  const handles = new Map<string, RawHandle>();
  const failed = new Map<string, string>();
  for (const { key, request } of requests) {
    try {
      handles.set(key, bindHandle(request).handle);
    } catch (error) {
      failed.set(key, error instanceof Error ? error.message : String(error));
    }
  }
  return { handles, failed };
}

/** The helper's source has the extension of this file: `.ts` in a checkout, `.js` in the package. */
const helperFile = join(import.meta.dirname, `bind-helper${extname(import.meta.filename)}`);

function startHelper(through: readonly string[]): ChildProcess {
  const own = [process.execPath, '--disable-warning=ExperimentalWarning', helperFile];
  const [program = '', ...args] = [...through, ...own];
  const helper = spawn(program, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  // Whoever asks listens too; without a listener it would end this process.
  helper.on('error', () => {});
  return helper;
}

function openInside(helper: ChildProcess, requests: readonly HelperRequest[]): Promise<OpenedSockets> {
  return new Promise((resolve) => {
    const handles = new Map<string, RawHandle>();
    const failed = new Map<string, string>();
    const end = (reason: string): void => {
      for (const { key } of requests) if (!handles.has(key) && !failed.has(key)) failed.set(key, reason);
      helper.off('message', onMessage).off('error', onError).off('disconnect', onDisconnect);
      resolve({ handles, failed });
    };
    const onMessage = (answer: HelperAnswer, handle: unknown): void => {
      if (answer.kind === 'done') end('the helper forgot it');
      else if (answer.failure === undefined && isHandle(handle)) handles.set(answer.key, handle);
      else failed.set(answer.key, answer.failure ?? 'the helper sent no handle');
    };
    const onError = (error: Error): void => end(`the helper cannot be started: ${error.message}`);
    // It comes after the last message; an exit may be seen before it.
    const onDisconnect = (): void => end('the helper ended early');
    helper.on('message', onMessage).on('error', onError).on('disconnect', onDisconnect);
    helper.send(requests, () => {});
  });
}

function isHandle(value: unknown): value is RawHandle {
  return typeof value === 'object' && value !== null && 'close' in value;
}
