// What must be known after a crash: which processes and leases were running, in one file of the data directory.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Log } from '../base/log.ts';
import type { HeldNamespace } from './existing-namespace.ts';
import type { ProcessName } from './process-table.ts';

/** An instance's process, and a digest of what it was started with. */
export interface SavedInstance extends ProcessName {
  readonly id: string;
  readonly digest: string;
}

/** A workload made by a client. */
export interface SavedWorkload {
  readonly id: string;
  readonly vpcId: string;
  readonly address: string;
  readonly securityGroups: readonly string[];
  readonly instanceId?: string;
  /** The ARN of the role whose credentials it gets. */
  readonly role?: string;
  /** Of one whose namespace is not ours. */
  readonly joined?: HeldNamespace;
}

export interface SavedState {
  readonly instances: readonly SavedInstance[];
  readonly workloads: readonly SavedWorkload[];
}

/** Keeps `SavedState`. */
export interface StateFile {
  readonly value: SavedState;
  /** Replaces parts of the state; when it returns, a crash of this process loses nothing of it. */
  update(part: Partial<SavedState>): void;
}

const empty: SavedState = { instances: [], workloads: [] };

/** Reads the file at `path`; one that is missing, or cannot be read as what we wrote, counts as empty (and is told). */
export function openStateFile(path: string, log: Log): StateFile {
  let value = load(path, log);
  let written = format(value);
  return {
    get value() {
      return value;
    },
    update(part) {
      value = { ...value, ...part };
      const text = format(value);
      if (text === written) return;
      // A reader sees the old text or the new one, never half of it.
      writeFileSync(`${path}.new`, text, { mode: 0o600 });
      renameSync(`${path}.new`, path);
      written = text;
    },
  };
}

function format({ instances, workloads }: SavedState): string {
  return `${JSON.stringify({ version: 1, instances, workloads })}\n`;
}

function load(path: string, log: Log): SavedState {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      log.warn('the workloads of the last run are not known', { error });
    return empty;
  }
  try {
    const { version, instances, workloads } = JSON.parse(text) as SavedState & { readonly version: unknown };
    if (version === 1 && Array.isArray(instances) && Array.isArray(workloads)) return { instances, workloads };
    log.warn('the workloads of the last run are not known: another format', { path });
  } catch (error) {
    log.warn('the workloads of the last run are not known: a damaged file', { path, error });
  }
  return empty;
}
