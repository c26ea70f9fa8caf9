// Who asks in what AWS publishes about policies, and short ways of writing its documents, for tests.

import type { IdentityPolicies, NamedPolicy } from './decide.ts';
import { evaluatePolicy } from './evaluate.ts';
import type { CallerPrincipal, KeyValue, PolicyRequest, Principal } from './request.ts';
import { compiled } from './sample.ts';

/** The account of callers. */
export const A = '111122223333';

/** Another account. */
export const B = '444455556666';

/** A user of an account. */
export const user = (name: string, account = A, tags = {}): CallerPrincipal => {
  const arn = `arn:aws:iam::${account}:user/${name}`;
  return { kind: 'user', arn, issuerArn: arn, account, userId: `AIDA${name.toUpperCase()}`, tags };
};

/** A session of a role. */
export const session = (
  role: string,
  name: string,
  account = A,
  more: Partial<CallerPrincipal> = {},
): CallerPrincipal => ({
  ...{ kind: 'role', arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`, account, tags: {} },
  ...{ issuerArn: `arn:aws:iam::${account}:role/${role}`, userId: `AROA${role.toUpperCase()}:${name}` },
  ...more,
});

/** The root of an account. */
export const root = (account: string): CallerPrincipal => {
  const arn = `arn:aws:iam::${account}:root`;
  return { kind: 'root', arn, issuerArn: arn, account, userId: account, tags: {} };
};

/** A user. */
export const ann = user('ann');

/** Who does not sign. */
export const nobody: Principal = { kind: 'anonymous' };

/** Condition keys, in small letters. */
export type Keys = Readonly<Record<string, KeyValue>>;

/** A request of `who`, with condition keys by their names in small letters. */
export const ask = (who: Principal, action: string, resource: string, keys: Keys = {}): PolicyRequest => ({
  ...{ principal: who, action, resource },
  key: (name) => keys[name],
});

/** A statement that allows actions on everything, unless `more` says on what. */
export const allowed = (Action: unknown, more: object = {}): object => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...more,
});

/** A statement that denies. */
export const denied = (Action: unknown, more: object = {}): object => ({ ...allowed(Action, more), Effect: 'Deny' });

/** A policy with a name. */
export const named = (statements: unknown, kind: 'identity' | 'resource' = 'identity'): NamedPolicy => ({
  name: 'p',
  policy: compiled(statements, kind),
});

/** An identity side of one policy with these statements; none without any. */
export const own = (...statements: readonly object[]): IdentityPolicies => ({
  identity: statements.length === 0 ? [] : [named(statements)],
});

/** Who, what, with which resource, and what is known beside; then what the page says. */
export type Row = readonly [
  who: Principal,
  action: string,
  resource: string,
  keys: Keys,
  verdict: 'Allow' | 'Deny' | 'None',
];

/** A policy of a page, and what becomes of requests. */
export interface Example {
  readonly page: string;
  readonly about: string;
  readonly kind: 'identity' | 'resource';
  readonly statements: unknown;
  readonly version?: string;
  readonly rows: readonly Row[];
}

/** The rows of an example with what the policy says of them, where that is not the page's verdict. */
export function differences({ kind, statements, version, rows }: Example): readonly string[] {
  const policy = compiled(statements, kind, version);
  return rows.flatMap((row) => {
    const [who, action, resource, keys, verdict] = row;
    const { effect } = evaluatePolicy(policy, ask(who, action, resource, keys));
    return effect === verdict ? [] : [`${effect}: ${JSON.stringify(row)}`];
  });
}
