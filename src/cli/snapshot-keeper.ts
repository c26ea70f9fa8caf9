// Keeps the newest snapshot on disk, from which workers serve while control is away.

import { systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Watch } from '../base/watch.ts';
import { writeSnapshotFile } from '../feed/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { readSealKey, snapshotPath } from './server-directory.ts';

/** Milliseconds after a change before the snapshot is written, and at most between tries when that fails. */
const DELAY = 500;
const RETRY = 10_000;

/** How much longer than a write takes the time to the next one is, and its most in milliseconds: a large estate under change is not written all the time. */
const REST = 10;
const LONGEST_REST = 2000;

/** Writes the newest snapshot to disk, a while after it changed and one write at a time. */
export function keepSnapshotFile(snapshot: Watch<Snapshot>, epoch: string, dataDirectory: string, log: Log): void {
  const key = readSealKey(dataDirectory);
  let written: Snapshot | undefined;
  let busy = false;
  let failures = 0;
  let delay = DELAY;
  const later = (): void => {
    if (busy || written === snapshot.value) return;
    busy = true;
    systemClock.after(Math.min(delay * 2 ** failures, RETRY), () => {
      const { value } = snapshot;
      const begin = systemClock.monotonic();
      writeSnapshotFile(snapshotPath(dataDirectory), { epoch, snapshot: value }, key)
        .then(() => {
          written = value;
          failures = 0;
          delay = Math.min(LONGEST_REST, Math.max(DELAY, REST * (systemClock.monotonic() - begin)));
        })
        .catch((error: unknown) => {
          if (failures++ === 0) log.error('the snapshot cannot be written to disk; tried again', { error });
        })
        .finally(() => {
          busy = false;
          later();
        });
    });
  };
  snapshot.subscribe(later);
  later();
}
