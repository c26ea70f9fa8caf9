// What opens and seals the secrets of a server's records: the key of its directory, made at the first start; and the end of secrets that older versions kept plain.

import { randomBytes } from 'node:crypto';
import type { Log } from '../base/log.ts';
import type { Context } from '../domain/index.ts';
import { sealPlainSecrets } from '../domain/iam/index.ts';
import { createSecretBox, SealBroken, type SecretBox } from '../identity/index.ts';
import { readSecretsKey, writeSecretsKey, type Store } from '../store/index.ts';

/** The box, or why this server cannot have it. */
export type OpenedSecrets =
  | { readonly secrets: SecretBox; /** The box's key. */ readonly master: Buffer }
  | { readonly problem: string };

/**
 * Opens the box of the database `file` (undefined: of a store that keeps nothing). When it resolves with one, no record has a plain secret any more; and the
 * database's files have none, unless the log says otherwise.
 */
export async function openSecrets(
  store: Store,
  file: string | undefined,
  { context, log }: { readonly context: (operation: string) => Context; readonly log: Log },
): Promise<OpenedSecrets> {
  let found: Buffer | undefined;
  try {
    found = file === undefined ? undefined : readSecretsKey(file);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
  const sealed = [...store.state.value.tables.credential.values()].find(
    // What an older version made has none.
    ({ sealedSecret }: { readonly sealedSecret?: string }) => sealedSecret !== undefined,
  );
  if (found === undefined && sealed !== undefined)
    return {
      problem: `secrets.key is missing, with which the secrets of ${file ?? 'the store'} are sealed: put it back, or restore a backup`,
    };
  const key = found ?? randomBytes(32);
  const secrets = createSecretBox(key);
  try {
    if (sealed !== undefined) secrets.open(sealed.sealedSecret, sealed.id);
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    return {
      problem: `secrets.key is not the key with which the secrets of ${file ?? 'the store'} are sealed: put that one back, or restore a backup`,
    };
  }
  // Durable before anything is sealed with it.
  if (file !== undefined && found === undefined) writeSecretsKey(file, key);
  const { result } = await store.commit(sealPlainSecrets, { secrets }, context('SealPlainSecrets'));
  if (result > 0) log.info('secrets that an older version kept plain are sealed', { count: result });
  try {
    if (await store.scrub()) log.info('the database holds nothing but its newest records: the log begins anew');
  } catch (error) {
    log.error('plain secrets of an older version may still be in the database: the next start tries again', { error });
  }
  return { secrets, master: key };
}
