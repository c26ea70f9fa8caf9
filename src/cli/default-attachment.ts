// How a VPC that names no attachment is attached: by the server's kind, on loopback with a number that is free on this machine.

import type { AttachmentInput } from '../domain/ec2/index.ts';
import { pickLoopbackNumber } from '../network/index.ts';
import type { Store } from '../store/index.ts';
import type { ServerSettings } from './settings.ts';

/** Makes the choice for each VPC. Loopback numbers are looked for from a place that depends on the data directory, so that two servers rarely meet. */
export function createDefaultAttachment(
  settings: Pick<ServerSettings, 'attach' | 'dataDirectory'>,
  store: Pick<Store, 'state'>,
): () => AttachmentInput {
  if (settings.attach === 'netns') return () => ({ kind: 'netns' });
  let from = 1;
  for (const character of settings.dataDirectory) from = (from * 31 + (character.codePointAt(0) ?? 0)) % 99;
  return () => {
    const taken = new Set(
      [...store.state.value.tables.vpc.values()].flatMap(({ attachment }) =>
        attachment.kind === 'loopback' ? [attachment.n] : [],
      ),
    );
    const n = pickLoopbackNumber(taken, from + 1);
    // The next one that is made at the same time must not get the same number.
    if (n !== undefined) from = n % 99;
    return n === undefined ? { kind: 'loopback' } : { kind: 'loopback', n };
  };
}
