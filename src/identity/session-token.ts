// Tokens of temporary credentials: everything that is known of a session, sealed, so that nobody has to keep it.

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { CallerPrincipal } from '../policy/index.ts';

/** A session: what its token says. */
export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly principal: CallerPrincipal;
  /** Documents that limit what the principal's own side allows; absent: no limit. */
  readonly policies?: readonly string[];
  /** Milliseconds since 1970. */
  readonly issued: number;
  /** Milliseconds since 1970; the session is over then. */
  readonly expires: number;
  readonly sourceIdentity?: string;
  /** Session tags that a further role's session gets too. */
  readonly transitiveTags?: readonly string[];
}

/** A key that seals the tokens of one UTC day. */
export interface SessionKey {
  /** YYYYMMDD. */
  readonly day: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

const FORM = 'v1';

/** How every token begins. */
export const tokenForm = `${FORM}.`;
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;

/** No session lasts longer (STS: GetSessionToken), in milliseconds: keys older than this open nothing that is still good. */
export const LONGEST_SESSION = 36 * 3_600_000;

/** The session key of `day`, derived from the key that a server's secrets are sealed with: every process that has that one has the same. */
export function deriveSessionKey(master: Buffer, day: string): SessionKey {
  return { day, key: Buffer.from(hkdfSync('sha256', master, '', `pergola session token ${day}`, 32)) };
}

/** The token of `session`. */
export function sealSession(session: Session, { day, key }: SessionKey): string {
  const nonce = randomBytes(NONCE_LENGTH);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_LENGTH });
  const { accessKeyId, ...sealed } = session;
  cipher.setAAD(Buffer.from(accessKeyId));
  const parts = [nonce, cipher.update(JSON.stringify(sealed)), cipher.final(), cipher.getAuthTag()];
  return `${FORM}.${day}.${Buffer.concat(parts).toString('base64url')}`;
}

/** The session whose token for `accessKeyId` this is; undefined when none of `keys` sealed it. Whether it is over is for the caller to see. */
export function openSession(token: string, accessKeyId: string, keys: readonly SessionKey[]): Session | undefined {
  const [form, day, text = '', ...more] = token.split('.');
  const found = form === FORM && more.length === 0 ? keys.find((one) => one.day === day) : undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Base64 has more than one way to write the same bytes: a token has one.
  if (found === undefined || bytes.length < NONCE_LENGTH + TAG_LENGTH || bytes.toString('base64url') !== text)
    return undefined;
  const cipher = createDecipheriv('aes-256-gcm', found.key, bytes.subarray(0, NONCE_LENGTH), {
    authTagLength: TAG_LENGTH,
  });
  cipher.setAAD(Buffer.from(accessKeyId));
  cipher.setAuthTag(bytes.subarray(-TAG_LENGTH));
  try {
    const opened = Buffer.concat([cipher.update(bytes.subarray(NONCE_LENGTH, -TAG_LENGTH)), cipher.final()]);
    // Only what was made by `sealSession` opens.
    return { ...(JSON.parse(opened.toString()) as Omit<Session, 'accessKeyId'>), accessKeyId };
  } catch {
    return undefined;
  }
}
