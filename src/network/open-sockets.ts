// Binds sockets for others, in this process's own network or, by a short-lived helper, inside of namespaces.

import { spawn } from 'node:child_process';
import { extname, join } from 'node:path';
import { bindHandle, type BindRequest, type RawHandle } from './raw-handles.ts';
import type { SocketSpec } from './sockets.ts';

/** What the helper is asked for: one socket, the namespace (a path) that it is in, and the key that its answer carries. */
export interface HelperRequest {
  readonly key: string;
  readonly namespace: string;
  readonly request: BindRequest;
}

/** The helper's answer: the handle comes with the message, or a failure says why there is none. */
export interface HelperAnswer {
  readonly key: string;
  readonly failure?: string;
}

/** Bound handles by key, owned by the caller, and the reasons for those that could not be bound. */
export interface OpenedSockets {
  readonly handles: ReadonlyMap<string, RawHandle>;
  readonly failed: ReadonlyMap<string, string>;
}

/**
 * Binds every socket of `specs` in its namespace, or in this process's own network. Nothing listens yet. Never rejects:
 * what cannot be bound is in `failed`.
 */
export async function openSockets(specs: readonly SocketSpec[]): Promise<OpenedSockets> {
  const handles = new Map<string, RawHandle>();
  const failed = new Map<string, string>();
  const inside: HelperRequest[] = [];
  for (const { key, kind, family, address, port, namespace } of specs) {
    const request = { kind, family, port, ...(address === undefined ? {} : { address }) };
    if (namespace !== undefined) {
      inside.push({ key, namespace, request });
      continue;
    }
    try {
      handles.set(key, bindHandle(request).handle);
    } catch (error) {
      failed.set(key, error instanceof Error ? error.message : String(error));
    }
  }
  if (inside.length === 0) return { handles, failed };
  const others = await openInside(inside);
  return { handles: new Map([...handles, ...others.handles]), failed: new Map([...failed, ...others.failed]) };
}

/** The helper's source has the extension of this file: `.ts` in a checkout, `.js` in the package. */
const helper = join(import.meta.dirname, `bind-helper${extname(import.meta.filename)}`);

/** One helper for all: its start costs more than a thousand sockets. */
function openInside(requests: readonly HelperRequest[]): Promise<OpenedSockets> {
  return new Promise((resolve) => {
    const handles = new Map<string, RawHandle>();
    const failed = new Map<string, string>();
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', helper], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const end = (reason: string): void => {
      for (const { key } of requests) if (!handles.has(key) && !failed.has(key)) failed.set(key, reason);
      resolve({ handles, failed });
    };
    child.on('message', ({ key, failure }: HelperAnswer, handle: unknown) => {
      if (failure === undefined && isHandle(handle)) handles.set(key, handle);
      else failed.set(key, failure ?? 'the helper sent no handle');
    });
    child.on('error', (error) => end(`the helper cannot be started: ${error.message}`));
    // `disconnect` comes after the last message; an exit may be seen before it.
    child.on('disconnect', () => end('the helper ended early'));
    child.send(requests, () => {});
  });
}

function isHandle(value: unknown): value is RawHandle {
  return typeof value === 'object' && value !== null && 'close' in value;
}
