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

interface Entry {
  file: LineFile | undefined;
  /** Lines from before the file was open. */
  waiting: string[];
  readonly opening: Promise<void>;
}

/** Makes the sink of one worker, whose files are called `name`; a file is opened at its first line. */
export function createSubscriptionFiles(
  folder: string,
  name: string,
  rotation: Rotation,
  deps: LineFileDeps,
): SubscriptionSink {
  const entries = new Map<string, Entry>();
  const open = (id: string): Entry => {
    const start = async (): Promise<void> => {
      try {
        await mkdir(join(folder, id), { recursive: true, mode: 0o750 });
        const file = await openLineFile(join(folder, id, `${name}.jsonl`), rotation, deps);
        entry.file = file;
        for (const line of entry.waiting.splice(0)) file.append(line);
      } catch (error) {
        deps.log.error('the access log of a subscription cannot be opened; records are being dropped', { id, error });
        deps.dropped.value += entry.waiting.splice(0).length;
        // The next line tries again.
        entries.delete(id);
      }
    };
    const entry: Entry = { file: undefined, waiting: [], opening: Promise.resolve().then(start) };
    entries.set(id, entry);
    return entry;
  };
  return {
    append(id, line) {
      const entry = entries.get(id) ?? open(id);
      if (entry.file !== undefined) entry.file.append(line);
      else if (entry.waiting.length < MAX_WAITING) entry.waiting.push(line);
      else deps.dropped.value++;
    },
    async flush() {
      await Promise.all([...entries.values()].map(({ opening }) => opening));
      await Promise.all([...entries.values()].flatMap(({ file }) => (file === undefined ? [] : [file.flush()])));
    },
  };
}
