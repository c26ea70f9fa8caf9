// What users and roles have of policies: managed ones that are attached, the boundary, and inline ones.

import type { Context, Decided } from '../decision.ts';
import { getEntity, type EntityName } from '../iam/entity.ts';
import { checkQuota } from '../quotas.ts';
import type { IamEntity, IamRole, IamUser } from '../records/iam.ts';
import { iamRefusal } from '../refusal.ts';
import { put, type Change, type State } from '../state.ts';
import { checkIdentityPolicy, checkSize } from './document.ts';
import { findPolicy, getPolicy } from './read.ts';

/** A user or role, and a managed policy. */
interface Attachment {
  readonly entity: EntityName;
  readonly policyArn: string;
}

/** AttachUserPolicy and AttachRolePolicy. Does nothing when it is attached. */
export function attachPolicy(state: State, input: Attachment, context: Context): Decided<null> {
  const before = getEntity(state, context, input.entity);
  const policy = getAttachable(state, context, input.policyArn);
  if (before.attachedPolicies.includes(policy.arn)) return { changes: [], result: null };
  const attachedPolicies = [...before.attachedPolicies, policy.arn];
  const quota = input.entity.kind === 'iamUser' ? 'policiesPerUser' : 'policiesPerRole';
  checkQuota(context, quota, () => attachedPolicies.length);
  return { changes: [putEntity(input.entity, before, { attachedPolicies }, context)], result: null };
}

/** DetachUserPolicy and DetachRolePolicy. */
export function detachPolicy(state: State, input: Attachment, context: Context): Decided<null> {
  const before = getEntity(state, context, input.entity);
  const { arn } = getPolicy(state, context, input.policyArn);
  const attachedPolicies = before.attachedPolicies.filter((one) => one !== arn);
  if (attachedPolicies.length === before.attachedPolicies.length)
    throw iamRefusal('NoSuchEntity', `Policy ${arn} was not found.`);
  return { changes: [putEntity(input.entity, before, { attachedPolicies }, context)], result: null };
}

/** PutUserPermissionsBoundary and PutRolePermissionsBoundary. */
export function putPermissionsBoundary(state: State, input: Attachment, context: Context): Decided<null> {
  const before = getEntity(state, context, input.entity);
  const { arn: permissionsBoundary } = getAttachable(state, context, input.policyArn);
  if (before.permissionsBoundary === permissionsBoundary) return { changes: [], result: null };
  return { changes: [putEntity(input.entity, before, { permissionsBoundary }, context)], result: null };
}

/** DeleteUserPermissionsBoundary and DeleteRolePermissionsBoundary. */
export function deletePermissionsBoundary(
  state: State,
  input: { readonly entity: EntityName },
  context: Context,
): Decided<null> {
  const { permissionsBoundary, ...kept } = getEntity(state, context, input.entity);
  if (permissionsBoundary === undefined) throw iamRefusal('NoSuchEntity', `${kept.name} has no permissions boundary.`);
  return { changes: [putEntity(input.entity, kept, {}, context)], result: null };
}

/** PutUserPolicy and PutRolePolicy: makes or replaces an inline policy. */
export function putInlinePolicy(
  state: State,
  input: { readonly entity: EntityName; readonly policyName: string; readonly document: string },
  context: Context,
): Decided<null> {
  const { entity, policyName, document } = input;
  const before = getEntity(state, context, entity);
  checkIdentityPolicy(document);
  const inlinePolicies = Object.fromEntries([...Object.entries(before.inlinePolicies), [policyName, document]]);
  checkSize(entity.kind, entity.name, Object.values(inlinePolicies));
  if (findInlinePolicy(before, policyName) === document) return { changes: [], result: null };
  return { changes: [putEntity(entity, before, { inlinePolicies }, context)], result: null };
}

/** DeleteUserPolicy and DeleteRolePolicy. */
export function deleteInlinePolicy(
  state: State,
  input: { readonly entity: EntityName; readonly policyName: string },
  context: Context,
): Decided<null> {
  const { entity, policyName } = input;
  const before = getEntity(state, context, entity);
  getInlinePolicy(state, context, entity, policyName);
  const kept = Object.entries(before.inlinePolicies).filter(([name]) => name !== policyName);
  return {
    changes: [putEntity(entity, before, { inlinePolicies: Object.fromEntries(kept) }, context)],
    result: null,
  };
}

/** The document of an inline policy; refused with NoSuchEntity. */
export function getInlinePolicy(
  state: State,
  caller: Pick<Context, 'account'>,
  entity: EntityName,
  policyName: string,
): string {
  const found = findInlinePolicy(getEntity(state, caller, entity), policyName);
  const words = entity.kind === 'iamUser' ? 'user' : 'role';
  if (found === undefined)
    throw iamRefusal('NoSuchEntity', `The ${words} policy with name ${policyName} cannot be found.`);
  return found;
}

/** The ARN of a policy that can be attached; refused otherwise. */
export function getAttachable(state: State, caller: Pick<Context, 'account'>, arn: string): { readonly arn: string } {
  const found = findPolicy(state, caller, arn);
  if (found === undefined)
    throw iamRefusal('NoSuchEntity', `Policy ${arn.slice(0, 255)} does not exist or is not attachable.`);
  return found;
}

function findInlinePolicy({ inlinePolicies }: IamEntity, name: string): string | undefined {
  return Object.hasOwn(inlinePolicies, name) ? inlinePolicies[name] : undefined;
}

function putEntity(
  { kind }: EntityName,
  before: IamUser | IamRole,
  changed: Partial<IamEntity>,
  { now }: Context,
): Change {
  return put<'iamUser' | 'iamRole'>(kind, { ...before, ...changed, lastUpdatedAt: now });
}
