// Who a request stands for, with the texts that tell targets and the access log.

import {
  compileDocument,
  type CallerPrincipal,
  type IdentityPolicies,
  type NamedPolicy,
  type Principal,
} from '../../policy/index.ts';
import type { Session } from '../../identity/index.ts';
import type { NamedDocument, PrincipalRecord } from '../../snapshot/index.ts';
import { prepareCaller } from '../../telemetry/index.ts';
import { flatten } from '../flatten.ts';

/** The caller of a request: nobody in particular, or a principal whose signature was good. `policies` are what its own side allows. */
export type Caller = AnonymousCaller | IdentifiedCaller;

/** A caller without a signature. */
export interface AnonymousCaller {
  readonly kind: 'anonymous';
  readonly principal: Principal;
  readonly policies?: never;
  readonly session?: never;
}

/** A principal, prepared once per record. */
export interface IdentifiedCaller {
  readonly kind: 'principal';
  readonly principal: CallerPrincipal;
  policies(): IdentityPolicies;
  /** Of temporary credentials: when they were given, in milliseconds since 1970. */
  readonly session?: { readonly issued: number; readonly sourceIdentity?: string };
  /** Header lines for the target. */
  readonly headers: string;
  /** `prepareCaller`'s text for the access log. */
  readonly logged: string;
  /** What a function's event tells of it. */
  readonly event: EventIdentity;
}

/** The identity of a function's event (User Guide: Lambda functions as targets). */
export interface EventIdentity {
  readonly type: 'AWS_IAM';
  readonly principal: string;
  readonly principalOrgID?: string;
  readonly sessionName?: string;
}

/** A caller without a signature. */
export const anonymousCaller: AnonymousCaller = { kind: 'anonymous', principal: { kind: 'anonymous' } };

/** The access log's texts of callers that are no principals: no auth type asks who it is; one does; a signature that was refused. */
export const loggedCallers = {
  unasked: flatten(prepareCaller({})),
  anonymous: flatten(prepareCaller({ resolvedUser: 'Anonymous' })),
  unknown: flatten(prepareCaller({ resolvedUser: 'Unknown' })),
} as const;

/** Prepares a caller (User Guide: HTTP targets, `x-amzn-lattice-identity` and `x-amzn-lattice-identity-tags`). */
export function prepareIdentifiedCaller(record: PrincipalRecord): IdentifiedCaller {
  let policies: IdentityPolicies | undefined;
  // Compiled when an auth policy first asks: most principals of a large estate call few services of a worker.
  return prepare(record, () => (policies ??= compilePolicies(record)));
}

/** Prepares a session of `owner`, a user or a role, whose policies bind it beside its own. */
export function prepareSessionCaller(
  {
    principal,
    policies: documents,
    issued,
    sourceIdentity,
  }: Pick<Session, 'principal' | 'policies' | 'issued' | 'sourceIdentity'>,
  owner: IdentifiedCaller,
): IdentifiedCaller {
  let policies: IdentityPolicies | undefined;
  const name = `session policy of ${principal.arn}`;
  const compile = (): IdentityPolicies => ({
    ...owner.policies(),
    ...(documents === undefined ? {} : { session: documents.map((document) => named({ name, document })) }),
  });
  const session = { issued, ...(sourceIdentity === undefined ? {} : { sourceIdentity }) };
  return { ...prepare(principal, () => (policies ??= compile())), session };
}

function prepare(principal: CallerPrincipal, policiesOf: () => IdentityPolicies): IdentifiedCaller {
  const { arn, organizationId, tags } = principal;
  const sessionName = sessionNameOf(arn);
  const identity = [
    `Principal=${arn}`,
    ...(organizationId === undefined ? [] : [`PrincipalOrgID=${organizationId}`]),
    ...(sessionName === undefined ? [] : [`SessionName=${sessionName}`]),
    'Type=AWS_IAM',
  ];
  const tagText = Object.entries(tags)
    .map(([key, value]) => `${escapeSemicolons(key)}=${escapeSemicolons(value)};`)
    .join('');
  const organization = organizationId === undefined ? '' : `principalorgid=${escapeSemicolons(organizationId)};`;
  return {
    kind: 'principal',
    principal,
    policies: policiesOf,
    headers: flatten(
      `x-amzn-lattice-identity: ${headerText(identity.map(escapeSemicolons).join('; '))}\r\n` +
        `x-amzn-lattice-identity-tags: ${headerText(`principal=${escapeSemicolons(arn)};${organization}${tagText}`)}\r\n`,
    ),
    logged: flatten(
      prepareCaller({
        resolvedUser: arn,
        callerPrincipal: arn,
        callerPrincipalTags: tagText,
        ...(organizationId === undefined ? {} : { callerPrincipalOrgID: organizationId }),
      }),
    ),
    event: {
      type: 'AWS_IAM',
      principal: arn,
      ...(organizationId === undefined ? {} : { principalOrgID: organizationId }),
      ...(sessionName === undefined ? {} : { sessionName }),
    },
  };
}

function compilePolicies({ policies, boundary }: PrincipalRecord): IdentityPolicies {
  const identity = policies.map(named);
  return boundary === undefined ? { identity } : { identity, boundary: named(boundary) };
}

function named({ name, document }: NamedDocument): NamedPolicy {
  return { name, policy: compileDocument(document, 'identity') };
}

/** The last part of the ARN of a session of a role. */
function sessionNameOf(arn: string): string | undefined {
  return /^arn:[^:]*:sts::\d*:assumed-role\/.+\/([^/]+)$/.exec(arn)?.[1];
}

function escapeSemicolons(text: string): string {
  return text.replaceAll(';', '\\;');
}

/** Text for a header: its UTF-8 bytes as latin1, without what could end a line. */
function headerText(text: string): string {
  return Buffer.from(text.replace(/[\x00-\x1f\x7f]/g, ' '), 'utf8').toString('latin1');
}
