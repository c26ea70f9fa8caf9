// The access logs of subscriptions: each owner's records in files of its own, `FOLDER/SUBSCRIPTION_ID/NAME.jsonl`.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openLineFile, type LineFile, type LineFileDeps, type Rotation } from './line-file.ts';

/** Where records of subscriptions go; a place at AWS would be another one of these. */
export interface SubscriptionSink {
  /** Takes one finished line for the subscription `id`. Never waits; what cannot be kept is counted as dropped. */
  append(id: string, line: string): void;
  /** Resolves when everything appended so far has been handed to the operating system. */
  flush(): Promise<void>;
}

/** Lines that wait while the file of a subscription is being opened; more are dropped. */
const MAX_WAITING = 10_000;
/** Milliseconds: a file that got no line for this long, or twice as long, is closed; its subscription may be gone. */
const IDLE = 30_000;
/** Milliseconds until a file that could not be opened is tried again. */
const RETRY = 1000;

interface Entry {
  file: LineFile | undefined;
  /** Lines from before the file was open. */
  waiting: string[];
  /** Whether it cannot be opened: lines are dropped until the next try. */
  refused: boolean;
  /** Whether a line came since the last look. */
  used: boolean;
  readonly opening: Promise<void>;
}

/** Makes the sink of one worker, whose files are called `name`; a file is opened at its first line, and closed when none comes any more. */
export function createSubscriptionFiles(
  folder: string,
  name: string,
  rotation: Rotation,
  deps: LineFileDeps,
): SubscriptionSink {
  const { clock, dropped, log, memory } = deps;
  const entries = new Map<string, Entry>();
  const closing = new Set<Promise<void>>();
  let failing = false;
  let sweeping = false;

  const takeWaiting = ({ waiting }: Entry): readonly string[] => {
    for (const { length } of waiting) memory.give(length);
    return waiting.splice(0);
  };
  const open = (id: string): Entry => {
    const start = async (): Promise<void> => {
      try {
        await mkdir(join(folder, id), { recursive: true, mode: 0o750 });
        const file = await openLineFile(join(folder, id, `${name}.jsonl`), rotation, deps);
        entry.file = file;
        failing = false;
        for (const line of takeWaiting(entry)) file.append(line);
      } catch (error) {
        if (!failing)
          log.error('the access log of a subscription cannot be opened; records are being dropped', { id, error });
        failing = true;
        entry.refused = true;
        dropped.value += takeWaiting(entry).length;
        clock.after(RETRY, () => entries.delete(id));
      }
    };
    const opening = Promise.resolve().then(start);
    const entry: Entry = { file: undefined, waiting: [], refused: false, used: true, opening };
    entries.set(id, entry);
    if (!sweeping) later();
    return entry;
  };

  const close = async (id: string, file: LineFile): Promise<void> => {
    try {
      await file[Symbol.asyncDispose]();
    } catch (error) {
      log.error('the access log of a subscription could not be closed', { id, error });
    }
  };
  const sweep = (): void => {
    for (const [id, entry] of entries) {
      const { file, used } = entry;
      entry.used = false;
      if (used || file === undefined) continue;
      entries.delete(id);
      const closed = close(id, file).finally(() => closing.delete(closed));
      closing.add(closed);
    }
    sweeping = entries.size > 0;
    if (sweeping) later();
  };
  const later = (): void => {
    sweeping = true;
    clock.after(IDLE, sweep);
  };

  return {
    append(id, line) {
      const entry = entries.get(id) ?? open(id);
      entry.used = true;
      if (entry.file !== undefined) entry.file.append(line);
      else if (!entry.refused && entry.waiting.length < MAX_WAITING && memory.take(line.length))
        entry.waiting.push(line);
      else dropped.value++;
    },
    async flush() {
      await Promise.all([...closing, ...[...entries.values()].map(({ opening }) => opening)]);
      await Promise.all([...entries.values()].flatMap(({ file }) => (file === undefined ? [] : [file.flush()])));
    },
  };
}
