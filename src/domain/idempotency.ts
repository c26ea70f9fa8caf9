// Idempotency tokens: the same call again gives the first answer and does nothing (api.md 4).

import { hash } from 'node:crypto';
import type { Context, Decided, Decision } from './decision.ts';
import { keyOf } from './records/base.ts';
import type { ClientToken } from './records/iam.ts';
import { Refusal } from './refusal.ts';
import { put, type State } from './state.ts';

/** What a caller gave so that a repeated call does nothing new. */
export interface Idempotency {
  readonly token: string;
  /** The call's parameters (without the token), plain JSON. */
  readonly parameters: unknown;
}

/** The outcome of a call that may be a repetition. */
export interface Replayable<R> {
  readonly result: R;
  /** When it is a repetition, the revision of the first call. */
  readonly replayOf: number | undefined;
}

/**
 * `decision` for a call with a token. The scope of a token is account, region and operation. A call that is refused leaves
 * no token; the same token with other parameters is refused with `Conflict`.
 */
export function decideOnce<I, R>(decision: Decision<I, R>, idempotency: Idempotency): Decision<I, Replayable<R>> {
  return (state: State, input: I, context: Context): Decided<Replayable<R>> => {
    const { account, region, operation, now } = context;
    const id = `${operation}/${idempotency.token}`;
    const parameters = hash('sha256', canonicalJson(idempotency.parameters), 'hex');
    const known = state.tables.clientToken.get(keyOf(account, region, id));
    if (known !== undefined) {
      if (known.parameters !== parameters)
        throw new Refusal(
          { kind: 'Conflict', resourceId: idempotency.token, resourceType: 'CLIENT_TOKEN' },
          'The client token was already used with other parameters.',
        );
      return { changes: [], result: { result: known.result as R, replayOf: known.revision } };
    }
    const { changes, result } = decision(state, input, context);
    const token: ClientToken = {
      account,
      region,
      id,
      operation,
      token: idempotency.token,
      parameters,
      result,
      revision: state.revision + 1,
      createdAt: now,
      lastUpdatedAt: now,
      tags: {},
    };
    return { changes: [...changes, put('clientToken', token)], result: { result, replayOf: undefined } };
  };
}

/** JSON whose members are in the order of their names, so that equal values give equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
