// What is said on a feed. Unknown message types and unknown fields are ignored by both sides, so that versions can differ.

import type { SnapshotRecord, TableName } from '../snapshot/index.ts';

/** The newest version of the protocol that this code speaks. */
export const PROTOCOL = 1;

/** A target's health as one worker sees it. */
export interface HealthObservation {
  readonly groupId: string;
  readonly target: string;
  readonly health: string;
  /** Why, if the worker says. */
  readonly reason?: string;
}

/** From a data-plane process to control. */
export type UpMessage =
  | {
      readonly type: 'hello';
      readonly protocol: number;
      readonly capabilities: readonly string[];
      /** The data-plane node and the worker in it. */
      readonly node: string;
      readonly worker: number;
      /** Names the process: a worker that is being replaced and the one in its place have one number. */
      readonly process?: string;
      /** What it serves from already. */
      readonly epoch: string;
      readonly revision: number;
      /** Of its signing keys. */
      readonly day?: string;
    }
  | { readonly type: 'ack'; readonly revision: number }
  | { readonly type: 'health'; readonly reports: readonly HealthObservation[] }
  /** The series that changed since the connection's last such message. */
  /** What changed of the counters; without values: that was all. */
  | { readonly type: 'counters'; readonly values: Readonly<Record<string, number>> };

/** From control to a data-plane process: a change is `begin`, any number of `put` and `remove`, `end`. */
export type DownMessage =
  | { readonly type: 'welcome'; readonly protocol: number }
  | { readonly type: 'refuse'; readonly reason: string }
  /** `base` absent: a whole snapshot follows, nothing of the old one stays. */
  | {
      readonly type: 'begin';
      readonly epoch: string;
      readonly base?: number;
      readonly revision: number;
      /** Of the signing keys; absent: the snapshot has none. */
      readonly day?: string;
    }
  | { readonly type: 'put'; readonly table: TableName; readonly records: readonly SnapshotRecord[] }
  | { readonly type: 'remove'; readonly table: TableName; readonly ids: readonly string[] }
  | { readonly type: 'end'; readonly revision: number };
