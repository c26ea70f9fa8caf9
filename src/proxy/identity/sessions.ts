// Sessions of temporary credentials: their tokens say everything, and what was opened is kept for the next request.

import { openSession, type Session, type SessionKey } from '../../identity/index.ts';
import { derivePublicPoint, deriveSigningKey } from '../../sigv4/index.ts';
import type { SessionKeyRecord } from '../../snapshot/index.ts';
import { flatten } from '../flatten.ts';
import { CompiledAccessKey, scopeService } from './access-keys.ts';
import { prepareSessionCaller, type IdentifiedCaller } from './caller.ts';

/** A session, as a worker has opened it. */
export interface OpenedSession {
  readonly key: CompiledAccessKey;
  readonly caller: IdentifiedCaller;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** Finds the session of a token for an access key id; undefined when it is none, or when its role or user is gone. */
export type FindSession = (token: string, accessKeyId: string) => OpenedSession | undefined;

/** Sessions that are kept open at once by a worker; those that were not used for the longest are opened anew. */
const MOST = 2000;

interface Kept {
  readonly session: Session;
  readonly key: CompiledAccessKey;
  /** Of whom `caller` is a session. */
  owner: IdentifiedCaller | undefined;
  caller: IdentifiedCaller | undefined;
}

/** What a worker has opened; follows the snapshot. */
export interface SessionBook {
  /** Finds sessions among these principals, by their ARNs. */
  follow(
    records: ReadonlyMap<string, SessionKeyRecord>,
    principals: ReadonlyMap<string, IdentifiedCaller>,
  ): FindSession;
}

/** Makes an empty book. */
export function createSessionBook(): SessionBook {
  const kept = new Map<string, Kept>();
  let keys: readonly SessionKey[] = [];

  const open = (token: string, accessKeyId: string): Kept | undefined => {
    const session = openSession(token, accessKeyId, keys);
    if (session === undefined) return undefined;
    const { secretAccessKey } = session;
    const key = new CompiledAccessKey({
      // Only of the days around this one: nobody makes a worker derive keys without end.
      signingKey: (date, region) =>
        keys.some(({ day }) => day === date)
          ? deriveSigningKey(secretAccessKey, { date, region, service: scopeService })
          : undefined,
      publicPoint: () => derivePublicPoint(accessKeyId, secretAccessKey),
    });
    const [oldest] = kept.size >= MOST ? kept.keys() : [];
    if (oldest !== undefined) kept.delete(oldest);
    const entry = { session, key, owner: undefined, caller: undefined };
    // A text cut out of a head would hold all of the head.
    kept.set(flatten(token), entry);
    return entry;
  };

  return {
    follow(records, principals) {
      keys = [...records.values()].map(({ id, key }) => ({ day: id, key: Buffer.from(key, 'base64') }));
      return (token, accessKeyId) => {
        const found = kept.get(token) ?? open(token, accessKeyId);
        if (found?.session.accessKeyId !== accessKeyId) return undefined;
        const { session } = found;
        const owner = principals.get(session.principal.issuerArn);
        if (owner === undefined || !isOf(session, owner)) return undefined;
        if (found.owner !== owner || found.caller === undefined) {
          found.owner = owner;
          found.caller = prepareSessionCaller(session, owner);
        }
        return { key: found.key, caller: found.caller, expires: session.expires };
      };
    },
  };
}

/** Whether the session is one of `owner`, and not of one of that name who was there before. */
function isOf({ principal }: Session, owner: IdentifiedCaller): boolean {
  return owner.principal.userId === (principal.kind === 'role' ? principal.userId.split(':')[0] : principal.userId);
}
