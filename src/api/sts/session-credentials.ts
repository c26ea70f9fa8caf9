// Temporary credentials: made by sealing what they are, and kept by nobody.

import type { Credentials } from '@aws-sdk/client-sts';
import { base32Letters } from '../../base/base32.ts';
import type { Random } from '../../base/random.ts';
import type { Session, Sessions } from '../../identity/index.ts';
import type { Wire } from '../operation.ts';

/** Makes the credentials of a session that begins now and lasts `seconds`. */
export function makeCredentials(
  session: Omit<Session, 'accessKeyId' | 'secretAccessKey' | 'issued' | 'expires'>,
  seconds: number,
  {
    sessions,
    random,
    now,
  }: { readonly sessions: Sessions; readonly random: Pick<Random, 'hex'>; readonly now: number },
): Wire<Credentials> {
  const accessKeyId = keyIdOf(session.principal.account, random);
  const secretAccessKey = Buffer.from(random.hex(30), 'hex').toString('base64');
  // Whole seconds: that is all that the answer can say.
  const expires = Math.floor(now / 1000) * 1000 + seconds * 1000;
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessions.seal({ ...session, accessKeyId, secretAccessKey, issued: now, expires }),
    Expiration: new Date(expires),
  };
}

/** Bits of a key id (80, five a letter) below those of its account (40), as AWS lays them out. */
const NOISE = 39n;

/** An id for temporary credentials of `account`. */
function keyIdOf(account: string, random: Pick<Random, 'hex'>): string {
  const noise = BigInt(`0x${random.hex(5)}`) & ((1n << NOISE) - 1n);
  const bits = (BigInt(account) << NOISE) | noise;
  const text = Array.from(
    { length: 16 },
    (_, i) => base32Letters[Number((bits >> BigInt(75 - 5 * i)) & 31n)] ?? '',
  ).join('');
  return `ASIA${text}`;
}

/** The account in the id of temporary credentials; undefined when `id` is none. */
export function accountOfKeyId(id: string): string | undefined {
  if (!/^ASIA[A-Z2-7]{16}$/.test(id)) return undefined;
  const bits = Array.from(id.slice(4)).reduce((sum, letter) => (sum << 5n) | BigInt(base32Letters.indexOf(letter)), 0n);
  const account = bits >> NOISE;
  return account < 10n ** 12n ? String(account).padStart(12, '0') : undefined;
}
