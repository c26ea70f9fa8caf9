// Resource policies of service networks, services and resource configurations: put, show, delete. They say what other accounts may do.

import type { Context, Decided } from '../decision.ts';
import { getResource, type Caller } from '../identifiers.ts';
import { plainCycle, updatedStatus } from '../life-cycle.ts';
import { keyOfRecord, type BaseRecord } from '../records/base.ts';
import { checkFields, notFound, Refusal } from '../refusal.ts';
import { put, remove, type State } from '../state.ts';
import { judgePolicyInput } from './policy-document.ts';
import { replacePolicy } from './owned-policy.ts';

const ownerKinds = {
  'svc-': 'service',
  'sn-': 'serviceNetwork',
  'rcfg-': 'resourceConfiguration',
} as const;

/** The resource with `arn`; refused with `ResourceNotFound` when there is none. */
function getOwner(state: State, caller: Caller, arn: string): BaseRecord {
  const id = arn.slice(arn.lastIndexOf('/') + 1);
  for (const [prefix, kind] of Object.entries(ownerKinds))
    if (id.startsWith(prefix)) return getResource(state, caller, kind, arn);
  throw notFound('RESOURCE', arn);
}

/** PutResourcePolicy: makes or replaces the policy. A service that is being deleted gets none. */
export function putResourcePolicy(
  state: State,
  input: { readonly resourceArn: string; readonly policy: string },
  context: Context,
): Decided<null> {
  const owner = getOwner(state, context, input.resourceArn);
  checkFields(judgePolicyInput(state, input));
  const key = keyOfRecord(owner);
  const service = state.tables.service.get(key);
  if (service !== undefined) updatedStatus(plainCycle, service, 'SERVICE');
  const before = state.tables.resourcePolicy.get(key);
  const policy = replacePolicy(owner, before, input.policy, context);
  return { changes: policy === before ? [] : [put('resourcePolicy', policy)], result: null };
}

/** The document of the policy; refused with `ResourceNotFound` when the resource has none. */
export function getResourcePolicy(state: State, caller: Caller, arn: string): string {
  const policy = state.tables.resourcePolicy.get(keyOfRecord(getOwner(state, caller, arn)));
  if (policy === undefined)
    throw new Refusal(
      { kind: 'ResourceNotFound', resourceId: arn, resourceType: 'RESOURCE_POLICY' },
      `The resource ${arn} has no resource policy.`,
    );
  return policy.document;
}

/** DeleteResourcePolicy. Does nothing when there is none. */
export function deleteResourcePolicy(
  state: State,
  input: { readonly resourceArn: string },
  context: Context,
): Decided<null> {
  const policy = state.tables.resourcePolicy.get(keyOfRecord(getOwner(state, context, input.resourceArn)));
  return { changes: policy === undefined ? [] : [remove('resourcePolicy', policy)], result: null };
}
