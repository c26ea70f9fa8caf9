// Whether the caller of an operation may call it.

import type { Call } from '../../aws/index.ts';
import { Refusal, type State } from '../../domain/index.ts';
import { decideCall, describeRefusal } from '../../policy/index.ts';
import { callRequest, type Subject } from './call-request.ts';
import type { Callers } from './callers.ts';

/** What an operation with an input is about: each of the subjects must be allowed. */
export type SubjectsOf = (operation: string, input: unknown, call: Call, state: State) => readonly Subject[];

/** Refuses with `AccessDenied`, in AWS's words, what policies do not allow. */
export type Authorize = (subjects: readonly Subject[], call: Call) => void;

/** Makes it. */
export function createAuthorize(callers: Callers): Authorize {
  return (subjects, call) => {
    if (subjects.length === 0) return;
    const caller = callers.identify(call);
    if (caller === undefined)
      throw new Refusal({ kind: 'AccessDenied' }, 'The security token included in the request is invalid.');
    for (const subject of subjects) {
      // A user's or root's own session, which no MFA code began, may not make a lasting key of itself (STS API: GetSessionToken).
      if (caller.session !== undefined && caller.principal.kind !== 'role' && isOfIam(subject))
        throw new Refusal(
          { kind: 'AccessDenied' },
          `Cannot call ${subject.action} with credentials of GetSessionToken without MFA.`,
        );
      const request = callRequest(caller, call, subject);
      const verdict = decideCall({ caller: caller.policies, owner: call.account }, request);
      if (!verdict.allowed) throw new Refusal({ kind: 'AccessDenied' }, describeRefusal(verdict, request));
    }
  };
}

/** Whether it is a call of IAM; passing a role belongs to calls of other services. */
function isOfIam({ action }: Subject): boolean {
  return action.startsWith('iam:') && action !== 'iam:PassRole';
}

/** The subjects of services whose operations are allowed as such: one, with the operation's own name. */
export function bySameName(prefix: string): SubjectsOf {
  return (operation) => [{ action: `${prefix}:${operation}`, resource: '*' }];
}
