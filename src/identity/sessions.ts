// The session keys of a server, as the days go by.

import type { Clock } from '../base/clock.ts';
import {
  deriveSessionKey,
  LONGEST_SESSION,
  openSession,
  sealSession,
  type Session,
  type SessionKey,
} from './session-token.ts';

/** Seals and opens the tokens of sessions. */
export interface Sessions {
  readonly seal: (session: Session) => string;
  /** The session of a token; undefined when this server has sealed none such. Whether it is over is for the caller to see. */
  readonly open: (token: string, accessKeyId: string) => Session | undefined;
}

const DAY = 86_400_000;

/** The UTC day (YYYYMMDD) of a time. */
function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10).replaceAll('-', '');
}

/** The keys that open every token that may still be good at `time`: of the days since the longest session began, and of tomorrow, for clocks differ. */
export function sessionKeysAt(master: Buffer, time: number): readonly SessionKey[] {
  const days = Math.ceil(LONGEST_SESSION / DAY);
  return Array.from({ length: days + 2 }, (_, i) => deriveSessionKey(master, dayOf(time + (i - days) * DAY)));
}

/** Makes them. `master` is the key that the server's secrets are sealed with. */
export function createSessions(master: Buffer, clock: Pick<Clock, 'now'>): Sessions {
  let day = '';
  let keys: readonly SessionKey[] = [];
  const current = (): readonly SessionKey[] => {
    const time = clock.now();
    if (dayOf(time) !== day) {
      day = dayOf(time);
      keys = sessionKeysAt(master, time);
    }
    return keys;
  };
  return {
    seal(session) {
      const key = current().find((one) => one.day === day);
      if (key === undefined) throw new Error('there is a key of today');
      return sealSession(session, key);
    },
    open: (token, accessKeyId) => openSession(token, accessKeyId, current()),
  };
}
