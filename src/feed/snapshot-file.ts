// The snapshot on disk, from which a worker serves when control is away: the frames of a whole load, sealed with the data directory's key.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { emptySnapshot, tableNames, type Snapshot } from '../snapshot/index.ts';
import type { Dated } from './client.ts';
import { createFrameReader, encodeFrame } from './frames.ts';

/** Records encoded between two turns of the loop. */
const SLICE = 500;

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Writes the snapshot to `path` (0600, replaced as a whole), encrypted and authenticated by `key` (32 bytes, AES-256-GCM). */
export async function writeSnapshotFile(path: string, { epoch, snapshot }: Dated, key: Buffer): Promise<void> {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const parts = [nonce, cipher.update(encodeFrame({ epoch, revision: snapshot.revision, day: snapshot.day }))];
  for (const table of tableNames) {
    const records: readonly unknown[] = [...snapshot[table].values()];
    for (let i = 0; i < records.length; i += SLICE) {
      parts.push(cipher.update(encodeFrame({ table, records: records.slice(i, i + SLICE) })));
      await pause();
    }
  }
  parts.push(cipher.final(), cipher.getAuthTag());
  await writeFile(`${path}.new`, Buffer.concat(parts), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Reads what `writeSnapshotFile` wrote, decoding in slices; undefined when there is no file. Rejects when it was changed or cut. */
export async function readSnapshotFile(path: string, key: Buffer): Promise<Dated | undefined> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
  decipher.setAuthTag(bytes.subarray(-16));
  const reader = createFrameReader();
  reader.push(Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]));
  const head = JSON.parse(reader.next()?.toString() ?? '{}') as {
    readonly epoch: string;
    readonly revision: number;
    readonly day?: string;
  };
  const tables = Object.fromEntries(tableNames.map((table) => [table, new Map<string, unknown>()]));
  for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
    const { table, records } = JSON.parse(frame.toString()) as {
      readonly table: string;
      readonly records: readonly { readonly id: string }[];
    };
    for (const record of records) tables[table]?.set(record.id, record);
    await pause();
  }
  return {
    epoch: head.epoch,
    // A file of an older version has no signing keys.
    snapshot: { ...emptySnapshot, ...(tables as Partial<Snapshot>), revision: head.revision, day: head.day ?? '' },
  };
}
