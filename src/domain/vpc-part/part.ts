// What records that are only kept have in common: made with an id and tags, deleted unless something uses them.

import type { Context, Decided } from '../decision.ts';
import { getThing, idPrefixOf } from '../ec2/resource.ts';
import { newId } from '../identifiers.ts';
import { keyOfRecord, type BaseRecord, type Key, type Tags } from '../records/base.ts';
import type { Vpc } from '../records/ec2.ts';
import type { PartType, VpcPart } from '../records/vpc-part.ts';
import { ec2Refusal, type Refusal } from '../refusal.ts';
import { put, remove, type State } from '../state.ts';

/** Tags of something new. */
export interface Tagged {
  readonly tags?: Tags;
}

/** What every record has, for a new one. */
export function partBase<T extends PartType>(
  type: T,
  { tags = {} }: Tagged,
  context: Context,
): BaseRecord & { type: T } {
  const { account, region, now } = context;
  const id = newId(idPrefixOf(type), context.random);
  return { account, region, id, type, createdAt: now, lastUpdatedAt: now, tags };
}

/** The members that name a VPC. */
export function vpcOf(vpc: Vpc): { readonly vpcKey: Key; readonly vpcId: string } {
  return { vpcKey: keyOfRecord(vpc), vpcId: vpc.id };
}

/** What puts `part`, and gives it as the result. */
export function keep<T extends VpcPart>(part: T): Decided<T> {
  return { changes: [put('vpcPart', part)], result: part };
}

/** What puts a part that was changed. */
export function keepChanged(part: VpcPart, { now }: Context): Decided<null> {
  return { changes: [put('vpcPart', { ...part, lastUpdatedAt: now })], result: null };
}

/** The refusal of deleting what is used. */
export function inUse({ id }: BaseRecord, noun: string): Refusal {
  return ec2Refusal('DependencyViolation', `The ${noun} '${id}' has dependencies and cannot be deleted.`);
}

/** Deletes the part with this id; what something uses is refused with `DependencyViolation`. */
export function deletePart(
  state: State,
  { type, id }: { readonly type: PartType; readonly id: string },
  context: Context,
): Decided<null> {
  const part = getThing(state, context, type, id);
  if (state.indexes.ec2Users.has(keyOfRecord(part))) throw inUse(part, type);
  return { changes: [remove('vpcPart', part)], result: null };
}
