// AssumeRole.

import type { AssumeRoleRequest, AssumeRoleResponse } from '@aws-sdk/client-sts';
import type { Call } from '../../aws/index.ts';
import { findRole } from '../../domain/iam/index.ts';
import type { IamRole } from '../../domain/records/index.ts';
import { decideCall, findTag, type KeyValue } from '../../policy/index.ts';
import { callRequest } from '../authorization/call-request.ts';
import type { Caller } from '../authorization/callers.ts';
import { read, type Valid, type Wire } from '../operation.ts';
import type { StsDeps } from './deps.ts';
import { beginRoleSession, denied, invalid, trustPolicyOf } from './role-session.ts';

type Tags = Readonly<Record<string, string>>;

/** A session that another role's session begins, at the most (IAM User Guide: role chaining). */
const chained = {
  seconds: 3600,
  reason: 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
};

/** Begins a session of a role whose trust policy allows it to the caller. */
export const assumeRole = read(
  'AssumeRole',
  (state, request: Valid<AssumeRoleRequest>, call, deps: StsDeps): Wire<AssumeRoleResponse> => {
    if (request.SerialNumber !== undefined || request.TokenCode !== undefined)
      throw denied('MultiFactorAuthentication failed, unable to validate MFA code. There are no MFA devices here.');
    const caller = deps.callers.identify(call);
    if (caller?.principal.kind === 'root') throw denied('Roles may not be assumed by root accounts.');
    const tags = readTags(request);
    const role = findRole(state, request.RoleArn)?.role;
    const inherited = inheritedTags(caller);
    const known = caller?.session?.sourceIdentity;
    const { SourceIdentity: sourceIdentity = known } = request;
    const facts: SessionFacts = {
      tags: { ...inherited, ...tags },
      transitiveTags: [...Object.keys(inherited), ...(request.TransitiveTagKeys ?? [])],
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    };
    if (caller === undefined || role === undefined || !allows(role, caller, call, request, facts))
      throw denied(
        `User: ${call.principalArn} is not authorized to perform: sts:AssumeRole on resource: ${request.RoleArn}`,
      );
    // In whatever case: policies would find the new one where they write it so.
    const again = Object.keys(tags).find((key) => findTag(inherited, key) !== undefined);
    if (again !== undefined)
      throw invalid(`The tag ${again} cannot be set: it is a transitive tag of the calling session.`);
    // STS API: "After the source identity is set, the value cannot be changed", which is what it is for.
    if (known !== undefined && sourceIdentity !== known)
      throw denied('The source identity cannot be changed: the calling session has another one.');
    const limit = caller.principal.kind === 'role' ? { most: chained } : {};
    return beginRoleSession(role, request, { ...facts, ...limit }, state, call.now, deps);
  },
);

/** The tags that the caller's own session hands on. */
function inheritedTags(caller: Caller | undefined): Tags {
  const session = caller?.session;
  const tags = Object.entries(session?.principal.tags ?? {});
  return Object.fromEntries(tags.filter(([key]) => session?.transitiveTags?.includes(key)));
}

function readTags({ Tags: given = [], TransitiveTagKeys: transitive = [] }: Valid<AssumeRoleRequest>): Tags {
  const tags = Object.fromEntries(given.map(({ Key, Value }) => [Key, Value]));
  if (new Set(Object.keys(tags).map((key) => key.toLowerCase())).size !== given.length)
    throw invalid('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  const absent = transitive.find((key) => !Object.hasOwn(tags, key));
  if (absent !== undefined) throw invalid(`The transitive tag key ${absent} is none of the session tags.`);
  return tags;
}

/** What a session begins with: what the request gives it, and what the caller's own session hands on. */
interface SessionFacts {
  readonly tags: Tags;
  readonly transitiveTags: readonly string[];
  readonly sourceIdentity?: string;
}

/**
 * Whether the caller may begin the session, give it its tags, and give it its source identity. What a session hands on is given too (IAM User Guide:
 * "Chaining roles with session tags", "Monitor and control actions taken with assumed roles"; EKS User Guide: pod identities, whose tags are transitive).
 */
function allows(
  role: IamRole,
  caller: Caller,
  call: Call,
  request: Valid<AssumeRoleRequest>,
  { tags, transitiveTags, sourceIdentity }: SessionFacts,
): boolean {
  const trust = trustPolicyOf(role);
  const keys = {
    'sts:externalid': request.ExternalId,
    'sts:rolesessionname': request.RoleSessionName,
    'sts:sourceidentity': sourceIdentity,
    'sts:transitivetagkeys': transitiveTags.length === 0 ? undefined : transitiveTags,
  } as const satisfies Record<string, KeyValue>;
  const subject = {
    ...{ resource: role.arn, resourceTags: role.tags, requestTags: tags, tagKeys: Object.keys(tags) },
    key: (name: string): KeyValue => (Object.hasOwn(keys, name) ? keys[name as keyof typeof keys] : undefined),
  };
  const actions = [
    'sts:AssumeRole',
    ...(Object.keys(tags).length > 0 ? ['sts:TagSession'] : []),
    ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  const layers = { caller: caller.policies, resource: trust, owner: role.account, mustGrant: true };
  return actions.every((action) => decideCall(layers, callRequest(caller, call, { ...subject, action })).allowed);
}
