// Auth policies of service networks and services: put, show, delete.

import type { Context, Decided } from '../decision.ts';
import type { Caller } from '../identifiers.ts';
import { plainCycle, updatedStatus } from '../life-cycle.ts';
import { getNetworkOrService, type NetworkOrService } from '../network-or-service.ts';
import { keyOfRecord } from '../records/base.ts';
import type { OwnedPolicy } from '../records/policy.ts';
import { checkFields } from '../refusal.ts';
import { put, remove, type State } from '../state.ts';
import { judgePolicyInput } from './policy-document.ts';
import { replacePolicy } from './owned-policy.ts';

/** A policy and whether it is evaluated: only while its owner's auth type is AWS_IAM. */
export interface AuthPolicyView {
  readonly policy: OwnedPolicy;
  readonly state: 'Active' | 'Inactive';
}

/** PutAuthPolicy: makes or replaces the policy, whatever the auth type is. A service that is being deleted gets none. */
export function putAuthPolicy(
  state: State,
  input: { readonly resourceIdentifier: string; readonly policy: string },
  context: Context,
): Decided<AuthPolicyView> {
  const owner = getNetworkOrService(state, context, input.resourceIdentifier);
  checkFields(judgePolicyInput(state, input));
  if (owner.kind === 'service') updatedStatus(plainCycle, owner.record, 'SERVICE');
  const before = state.tables.authPolicy.get(keyOfRecord(owner.record));
  const policy = replacePolicy(owner.record, before, input.policy, context);
  return { changes: policy === before ? [] : [put('authPolicy', policy)], result: view(owner, policy) };
}

/** The policy of the service or service network, or undefined when it has none. */
export function getAuthPolicy(state: State, caller: Caller, identifier: string): AuthPolicyView | undefined {
  const owner = getNetworkOrService(state, caller, identifier);
  const policy = state.tables.authPolicy.get(keyOfRecord(owner.record));
  return policy === undefined ? undefined : view(owner, policy);
}

/** DeleteAuthPolicy, whatever the auth type is: under AWS_IAM every request is denied then. Does nothing when there is none. */
export function deleteAuthPolicy(
  state: State,
  input: { readonly resourceIdentifier: string },
  context: Context,
): Decided<null> {
  const { record } = getNetworkOrService(state, context, input.resourceIdentifier);
  const policy = state.tables.authPolicy.get(keyOfRecord(record));
  return { changes: policy === undefined ? [] : [remove('authPolicy', policy)], result: null };
}

function view({ record }: NetworkOrService, policy: OwnedPolicy): AuthPolicyView {
  return { policy, state: record.authType === 'AWS_IAM' ? 'Active' : 'Inactive' };
}
