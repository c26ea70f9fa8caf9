// Who the caller of the API is: the credential that a signature is checked with, and the policies of the caller's own side.

import type { Call, Credential as KnownCredential } from '../../aws/index.ts';
import {
  findCredential,
  findIdentity,
  findRole,
  identityOf,
  principalOf,
  type IdentityDocuments,
  type Secrets,
} from '../../domain/iam/index.ts';
import type { State } from '../../domain/index.ts';
import type { Credential } from '../../domain/records/index.ts';
import { tokenForm, type Session } from '../../identity/index.ts';
import { createPolicyMemo, type CallerPrincipal, type IdentityPolicies, type NamedPolicy } from '../../policy/index.ts';

/** Somebody who calls, as policies see them. */
export interface Caller {
  readonly principal: CallerPrincipal;
  readonly policies: IdentityPolicies;
  /** Of temporary credentials. */
  readonly session?: Session;
}

/** What is known of callers. */
export interface Callers {
  /** What to check a signature with; undefined when nobody has such a key. */
  readonly credential: (accessKeyId: string, sessionToken: string | undefined) => KnownCredential | undefined;
  /** Who makes a call that was believed; undefined when they are gone since then. */
  readonly identify: (call: Pick<Call, 'accessKeyId' | 'account' | 'sessionToken' | 'unknown'>) => Caller | undefined;
}

export interface CallersDeps {
  state(): State;
  readonly secrets: Pick<Secrets, 'open'>;
  /** The session of a token; undefined when it is none of this server's. */
  openSession(token: string, accessKeyId: string): Session | undefined;
}

const refusedCredential: KnownCredential = { secret: '', principalArn: '', account: '', inactive: true };

/** Documents that are kept compiled: those of the users, roles and sessions that call. */
const MOST_POLICIES = 2000;

/** Makes them. */
export function createCallers(deps: CallersDeps): Callers {
  const secretOf = createSecretReader(deps.secrets);
  const compile = createPolicyMemo(MOST_POLICIES);
  /** Of credentials that have their policies themselves: they change with the record. */
  const own = new WeakMap<Credential, Caller>();

  const policiesOf = ({ identity, boundary }: IdentityDocuments, session?: Session): IdentityPolicies => {
    const named = ({ name, document }: { readonly name: string; readonly document: string }): NamedPolicy => ({
      name,
      policy: compile(document, 'identity'),
    });
    return {
      identity: identity.map(named),
      ...(boundary === undefined ? {} : { boundary: named(boundary) }),
      ...(session?.policies === undefined
        ? {}
        : {
            session: session.policies.map((document) =>
              named({ name: `session policy of ${session.principal.arn}`, document }),
            ),
          }),
    };
  };

  /** The side of the role or user whose session this is; undefined when that one is gone. */
  const bySession = (state: State, session: Session): Caller | undefined => {
    const documents = documentsOfSession(state, session);
    return documents && { principal: session.principal, policies: policiesOf(documents, session), session };
  };

  return {
    credential(accessKeyId, sessionToken) {
      const state = deps.state();
      const found = findCredential(state, accessKeyId);
      if (found !== undefined) {
        const { principalArn, account, status } = found;
        return { secret: secretOf(found), principalArn, account, inactive: status === 'Inactive' };
      }
      const session = sessionToken === undefined ? undefined : deps.openSession(sessionToken, accessKeyId);
      // A token of ours that does not open is no unknown key, which test mode would take.
      if (session === undefined && sessionToken?.startsWith(tokenForm) === true) return refusedCredential;
      if (session === undefined || sessionToken === undefined) return undefined;
      const { principal, secretAccessKey: secret, expires } = session;
      const inactive = documentsOfSession(state, session) === undefined;
      return { secret, principalArn: principal.arn, account: principal.account, sessionToken, expires, inactive };
    },
    identify({ accessKeyId, account, sessionToken, unknown }) {
      // In test mode every key that nobody has is its account's root.
      if (unknown === true)
        return { principal: principalOf(`arn:aws:iam::${account}:root`), policies: { identity: [] } };
      const state = deps.state();
      const found = findCredential(state, accessKeyId);
      if (found === undefined) {
        const session = sessionToken === undefined ? undefined : deps.openSession(sessionToken, accessKeyId);
        return session === undefined ? undefined : bySession(state, session);
      }
      const known = own.get(found);
      if (known !== undefined) return known;
      const identity = identityOf(state, found);
      if (identity === undefined) return undefined;
      const caller = { principal: identity.principal, policies: policiesOf(identity) };
      if (found.userId === undefined) own.set(found, caller);
      return caller;
    },
  };
}

/** What limits a session from its own side; undefined when the role or user is gone, or is another one of that name. */
function documentsOfSession(state: State, { principal }: Session): IdentityDocuments | undefined {
  if (principal.kind === 'root') return { identity: [] };
  const [id] = principal.userId.split(':');
  if (principal.kind === 'role') {
    const found = findRole(state, principal.issuerArn);
    return found !== undefined && found.role.id === id ? found.documents : undefined;
  }
  const found = findIdentity(state, principal.arn);
  return found !== undefined && found.principal.userId === principal.userId ? found : undefined;
}

/** Opens the secrets of access keys, each once: a record that goes takes its entry along, so that there are as many as keys. */
function createSecretReader(secrets: Pick<Secrets, 'open'>): (credential: Credential) => string {
  const opened = new WeakMap<Credential, string>();
  return (credential) => {
    const known = opened.get(credential);
    if (known !== undefined) return known;
    const secret = secrets.open(credential.sealedSecret, credential.id);
    opened.set(credential, secret);
    return secret;
  };
}
