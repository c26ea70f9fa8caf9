// What the processes of one server say to each other over their IPC channels. Handles travel beside `socket` and `start`.

import type { SocketSpec, VpcAttachment } from '../network/index.ts';
import type { HealthReport } from '../proxy/index.ts';
import type { ServerSettings } from './settings.ts';

/** A target's health as a worker saw it. */
export type { HealthReport };

/** From the supervisor to control. */
export type ToControl =
  /** The API's bound handle comes with it. `workers` are up already when control is a respawned one. */
  | {
      readonly type: 'start';
      readonly settings: ServerSettings;
      readonly apiPort: number;
      readonly dnsPort: number;
      readonly startedAt: number;
      /** Names the history of revisions that this server's processes share: the database may be another one, or an older copy, at the next start. */
      readonly history: string;
      /** Counts reloads, from 1. */
      readonly generation: number;
    }
  | {
      readonly type: 'synced';
      readonly id: number;
      readonly opened: readonly string[];
      readonly failed: readonly (readonly [string, string])[];
    }
  | { readonly type: 'workers'; readonly live: readonly WorkerInfo[] }
  /** Whether a reload has begun that ends in `generation`, or why not. */
  | {
      readonly type: 'reloading';
      readonly id: number;
      readonly generation: number;
      readonly problem: string | undefined;
    }
  /** The settings as the configuration file says now, for control to judge before it asks again. */
  | { readonly type: 'reread'; readonly id: number; readonly settings: ServerSettings }
  /** End: remove what stands on this machine, or leave it to the control process that follows, then exit. */
  | { readonly type: 'stop'; readonly how: 'remove' | 'leave' };

/** A worker that is up. */
export interface WorkerInfo {
  readonly worker: number;
  readonly pid: number;
}

/** From control to the supervisor. */
export type FromControl =
  /** Workers live in `namespace` (absent: the host's network): start those that do not run. */
  | { readonly type: 'home'; readonly namespace?: string }
  /** Open these sockets and close all others. */
  | { readonly type: 'sync'; readonly id: number; readonly specs: readonly SocketSpec[] }
  | { readonly type: 'attachments'; readonly attachments: readonly VpcAttachment[] }
  /** Replace every process by one that obeys the configuration file as it is now; before it is `judged`, only read the file. */
  | { readonly type: 'reload'; readonly id: number; readonly judged: boolean }
  /** The API takes requests and the data plane serves. */
  | { readonly type: 'ready' }
  /** What stands does not allow the configuration; it waits to be stopped. */
  | { readonly type: 'refused'; readonly problem: string };

/** From the supervisor to a worker. */
export type ToWorker =
  | { readonly type: 'start'; readonly settings: ServerSettings; readonly worker: number }
  | { readonly type: 'socket'; readonly spec: SocketSpec }
  | { readonly type: 'close-socket'; readonly key: string }
  | { readonly type: 'attachments'; readonly attachments: readonly VpcAttachment[] }
  | { readonly type: 'health'; readonly reports: readonly HealthReport[] }
  | { readonly type: 'live'; readonly workers: readonly number[] }
  /** Stop accepting, finish what runs, say `drained`. */
  | { readonly type: 'drain' }
  /** Another worker is in this one's place: stop accepting, let each connection ask once more, say `drained`. */
  | { readonly type: 'retire' };

/** From the supervisor to the process of functions; closing the channel ends it. */
export type ToFunctions =
  | { readonly type: 'start'; readonly settings: ServerSettings }
  /** Another process is in this one's place: finish what runs, then exit. */
  | { readonly type: 'retire' };

/** From a worker to the supervisor. */
export type FromWorker =
  | { readonly type: 'up' }
  | { readonly type: 'listening'; readonly key: string }
  | { readonly type: 'failed'; readonly key: string; readonly reason: string }
  | { readonly type: 'health'; readonly reports: readonly HealthReport[] }
  | { readonly type: 'drained' };
