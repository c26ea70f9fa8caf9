// Looks for the TXT records that domain verifications ask for: for pending ones until their time is over, for verified ones now and then.

import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Context } from '../domain/index.ts';
import { listDueVerifications, settleVerifications, type LookedFor } from '../domain/domain-verification/index.ts';
import type { Store } from '../store/index.ts';

/** The background task. */
export interface DomainVerifier {
  close(): void;
}

export interface DomainVerifierDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  context(operation: string): Context;
  /** The texts of a name, the strings of each record joined; undefined when nobody can say. */
  readonly lookUpTexts: (name: string) => Promise<readonly string[] | undefined>;
  /** Milliseconds between looks at pending verifications. */
  readonly verificationInterval: number;
  /** Milliseconds after which what was verified is looked at again. */
  readonly verificationRecheck: number;
}

/** Look-ups at a time: each may wait for seconds. */
const AT_ONCE = 8;

/** Starts the task. */
export function startDomainVerifier(deps: DomainVerifierDeps): DomainVerifier {
  const { store, clock, log } = deps;
  let closed = false;
  let cancel = (): void => {};

  async function look(): Promise<void> {
    const due = [...listDueVerifications(store.state.value, clock.now(), deps.verificationRecheck)];
    const found: LookedFor[] = [];
    const work = async (): Promise<void> => {
      for (let verification = due.pop(); verification !== undefined && !closed; verification = due.pop()) {
        const texts = await deps.lookUpTexts(verification.txtName);
        // Who cannot be asked has not said that it is gone.
        if (texts !== undefined) found.push({ verification, seen: texts.includes(verification.txtValue) });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const news = found.filter(({ seen, verification }) => seen || verification.status !== 'PENDING');
    if (news.length > 0 && !closed)
      await store.commit(settleVerifications, { found: news }, deps.context('SettleVerifications'));
  }

  const loop = async (): Promise<void> => {
    try {
      await look();
    } catch (error) {
      log.error('domains could not be verified; tried again', { error });
    }
    if (!closed) cancel = clock.after(deps.verificationInterval, () => void loop());
  };
  void loop();
  return {
    close() {
      closed = true;
      cancel();
    },
  };
}
