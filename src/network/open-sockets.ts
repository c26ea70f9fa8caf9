// Binds sockets for others, in this process's own network or, by a short-lived helper, inside of a namespace.

import { spawn } from 'node:child_process';
import { extname, join } from 'node:path';
import { bindHandle, type BindRequest, type RawHandle } from './raw-handles.ts';
import type { SocketSpec } from './sockets.ts';

/** What the helper is asked for: one socket and the key that its answer carries. */
export interface HelperRequest {
  readonly key: string;
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
 * Binds every socket of `specs` (their `namespace` is not looked at) in the namespace at `namespace`, or in this
 * process's own network. Nothing listens yet. Never rejects: what cannot be bound is in `failed`.
 */
export async function openSockets(namespace: string | undefined, specs: readonly SocketSpec[]): Promise<OpenedSockets> {
  const requests = specs.map(({ key, kind, family, address, port }): HelperRequest => {
    return { key, request: { kind, family, port, ...(address === undefined ? {} : { address }) } };
  });
  if (requests.length === 0) return { handles: new Map(), failed: new Map() };
  return namespace === undefined ? openHere(requests) : openInside(namespace, requests);
}

function openHere(requests: readonly HelperRequest[]): OpenedSockets {
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
const helper = join(import.meta.dirname, `bind-helper${extname(import.meta.filename)}`);

function openInside(namespace: string, requests: readonly HelperRequest[]): Promise<OpenedSockets> {
  return new Promise((resolve) => {
    const handles = new Map<string, RawHandle>();
    const failed = new Map<string, string>();
    const child = spawn('nsenter', [`--net=${namespace}`, process.execPath, helper], {
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
