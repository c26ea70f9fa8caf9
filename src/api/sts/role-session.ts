// What AssumeRole and AssumeRoleWithWebIdentity have in common: the role, how long, with which tags and policies.

import type { AssumedRoleUser, Credentials } from '@aws-sdk/client-sts';
import { ServiceError } from '../../aws/index.ts';
import type { IamRole } from '../../domain/records/index.ts';
import type { State } from '../../domain/index.ts';
import { compileDocument, type NamedPolicy } from '../../policy/index.ts';
import type { Session } from '../../identity/index.ts';
import type { Wire } from '../operation.ts';
import type { StsDeps } from './deps.ts';
import { makeCredentials } from './session-credentials.ts';
import { readSessionPolicies, type SessionPolicyInput } from './session-policies.ts';

/** What both calls say. */
export interface RoleSessionInput extends SessionPolicyInput {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly DurationSeconds?: number;
}

/** What a session is begun with, besides. */
export interface SessionFacts {
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTags?: readonly string[];
  readonly sourceIdentity?: string;
  /** The most seconds that this way of beginning one allows, and why. */
  readonly most?: { readonly seconds: number; readonly reason: string };
  /** Seconds that it lasts whatever its role's maximum is: so it is with sessions that a service of AWS begins. */
  readonly lasts?: number;
}

/** What both calls answer. */
export interface RoleSession {
  readonly Credentials: Wire<Credentials>;
  readonly AssumedRoleUser: Wire<AssumedRoleUser>;
  readonly PackedPolicySize?: number;
  readonly SourceIdentity?: string;
}

/** Seconds of a session when its caller does not say (STS API). */
const USUAL = 3600;

/** Begins a session of `role`, which the caller may. */
export function beginRoleSession(
  role: IamRole,
  input: RoleSessionInput,
  facts: SessionFacts,
  state: State,
  now: number,
  { sessions, random }: Pick<StsDeps, 'sessions' | 'random'>,
): RoleSession {
  const seconds = facts.lasts ?? input.DurationSeconds ?? USUAL;
  if (facts.most !== undefined && seconds > facts.most.seconds) throw invalid(facts.most.reason);
  if (facts.lasts === undefined && seconds > role.maxSessionDuration)
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  const { documents, packedSize } = readSessionPolicies(input, facts.tags, role.account, state);
  const { sourceIdentity, transitiveTags } = facts;
  const arn = `arn:aws:sts::${role.account}:assumed-role/${role.name}/${input.RoleSessionName}`;
  const userId = `${role.id}:${input.RoleSessionName}`;
  const session: Omit<Session, 'accessKeyId' | 'secretAccessKey' | 'issued' | 'expires'> = {
    principal: {
      kind: 'role',
      ...{ arn, issuerArn: role.arn, account: role.account, userId },
      // Names of tags differ by more than case (IAM User Guide: Pass session tags): a session's stands for its role's.
      tags: { ...withoutKeys(role.tags, Object.keys(facts.tags)), ...facts.tags },
    },
    ...(documents === undefined ? {} : { policies: documents }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...(transitiveTags === undefined || transitiveTags.length === 0 ? {} : { transitiveTags }),
  };
  return {
    Credentials: makeCredentials(session, seconds, { sessions, random, now }),
    AssumedRoleUser: { Arn: arn, AssumedRoleId: userId },
    ...(packedSize === undefined ? {} : { PackedPolicySize: packedSize }),
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
  };
}

function withoutKeys(tags: Readonly<Record<string, string>>, keys: readonly string[]): Record<string, string> {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key.toLowerCase())));
}

/** An input that STS does not take. */
export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationError', message, { status: 400 });
}

/** A caller who may not. */
export function denied(message: string): ServiceError {
  return new ServiceError('AccessDenied', message, { status: 403 });
}

/** Who may assume `role`. */
export function trustPolicyOf(role: IamRole): NamedPolicy {
  return { name: `trust policy of ${role.arn}`, policy: compileDocument(role.trustPolicy, 'trust') };
}
