// How connections spread over workers: each writes how many it carries where the others read it, and one that is ahead lets the others accept.

import { openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A worker's part of what all workers of a server carry. */
export interface ConnectionShare {
  /** A connection was accepted. May stand still for at most a millisecond, so that another worker takes the next. */
  opened(): void;
  closed(): void;
  /** This worker accepts no more: nobody waits for it. */
  leave(): void;
}

export interface ShareDeps {
  /** The file of `openShare`. */
  readonly file: number;
  readonly worker: number;
  readonly workers: number;
  /** Gives the processor away for so many milliseconds. */
  pause(milliseconds: number): void;
  /** The file cannot be used; called at most once, and connections are taken as they come from then on. */
  failed(error: unknown): void;
}

/** The descriptor at which a child process finds the file. */
export const SHARE_DESCRIPTOR = 4;

/** The count of a worker that accepts nothing. */
const ABSENT = 0xff_ff_ff_ff;
/** Bytes of a count. */
const SIZE = 4;
/** A worker may be this many connections ahead of another one without waiting for it. */
const LEAD = 4;
/** Milliseconds of a pause for each connection ahead, and at most. */
const PAUSE = 0.05;
const MAX_PAUSE = 1;
/** Pauses in a row in which the others took nothing: there is nothing to take, or they stand. */
const MAX_FRUITLESS = 32;

/** Makes the file that workers share; it has no name, and ends with the last process that has it open. Throws what the system says. */
export function openShare(directory: string, workers: number): number {
  const path = join(directory, 'connections');
  const file = openSync(path, 'w+', 0o600);
  unlinkSync(path);
  // All of it is written now: a disk that is full later cannot refuse what has its place already.
  for (let worker = 0; worker < workers; worker++) clearShare(file, worker);
  return file;
}

/** Marks a worker as absent. */
export function clearShare(file: number, worker: number): void {
  writeSync(file, Uint32Array.of(ABSENT), 0, SIZE, worker * SIZE);
}

/**
 * Joins the share. The kernel wakes every worker for a connection, and the one that runs takes it: in a burst one worker took all of 64
 * before another was given the processor. With counts that all can read they stay even. (Envoy's exact balance hands sockets over instead,
 * which between processes costs more than a connection does.) A write and a read of a few bytes cost two microseconds.
 */
export function joinConnectionShare(deps: ShareDeps): ConnectionShare {
  const { file, worker, workers } = deps;
  const own = new Uint32Array(1);
  const all = new Uint32Array(workers);
  let connections = 0;
  let fruitless = 0;
  let before = 0;
  let joined = workers > 1;

  const attempt = (act: () => void): void => {
    if (!joined) return;
    try {
      act();
    } catch (error) {
      joined = false;
      deps.failed(error);
    }
  };
  const publish = (count: number): void => {
    own[0] = count;
    writeSync(file, own, 0, SIZE, worker * SIZE);
  };
  /** Waits when another worker that accepts carries much less. */
  const giveWay = (): void => {
    readSync(file, all, 0, workers * SIZE, 0);
    let sum = 0;
    let least = connections;
    for (let other = 0; other < workers; other++) {
      const count = all[other] ?? ABSENT;
      if (other === worker || count === ABSENT) continue;
      sum += count;
      least = Math.min(least, count);
    }
    fruitless = sum === before ? fruitless + 1 : 0;
    before = sum;
    const ahead = connections - least;
    if (ahead > LEAD && fruitless < MAX_FRUITLESS) deps.pause(Math.min(MAX_PAUSE, ahead * PAUSE));
  };

  attempt(() => publish(0));
  return {
    opened() {
      connections++;
      attempt(() => {
        publish(connections);
        giveWay();
      });
    },
    closed() {
      connections--;
      attempt(() => publish(connections));
    },
    leave() {
      attempt(() => publish(ABSENT));
      joined = false;
    },
  };
}
