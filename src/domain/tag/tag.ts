// Tags of every VPC Lattice resource, by ARN; and of several resources of VPC Lattice and EC2 at once.

import type { Context, Decided } from '../decision.ts';
import { getResource, kindOfArn, parseArn, type Caller } from '../identifiers.ts';
import type { Tags } from '../records/base.ts';
import { invalidField, notFound, Refusal } from '../refusal.ts';
import type { Change, State } from '../state.ts';
import { checkTags } from './check-tags.ts';
import { findTaggable, withTags, type Taggable } from './taggable.ts';

/** TagResource: merges `tags` into those of the resource. */
export function tagResource(
  state: State,
  input: { readonly resourceArn: string; readonly tags: Tags },
  context: Context,
): Decided<null> {
  return { changes: addTags(getTagged(state, context, input.resourceArn), checkTags(input.tags)), result: null };
}

/** UntagResource: removes `tagKeys`; keys that are not there are ignored. */
export function untagResource(
  state: State,
  input: { readonly resourceArn: string; readonly tagKeys: readonly string[] },
  context: Context,
): Decided<null> {
  return { changes: removeTags(getTagged(state, context, input.resourceArn), input.tagKeys), result: null };
}

/** Which resources could not be tagged or untagged, and why: pairs of ARN and reason. */
export type FailedResources = readonly (readonly [arn: string, reason: string])[];

/** TagResources of the tagging API: as `tagResource` for each; one that fails leaves the others be. */
export function tagResources(
  state: State,
  input: { readonly arns: readonly string[]; readonly tags: Tags },
  context: Context,
): Decided<FailedResources> {
  const tags = checkTags(input.tags);
  return decideEach(state, input.arns, context, (taggable) => addTags(taggable, tags));
}

/** UntagResources of the tagging API: as `untagResource` for each; one that fails leaves the others be. */
export function untagResources(
  state: State,
  input: { readonly arns: readonly string[]; readonly tagKeys: readonly string[] },
  context: Context,
): Decided<FailedResources> {
  return decideEach(state, input.arns, context, (taggable) => removeTags(taggable, input.tagKeys));
}

/** The tags of the resource with `resourceArn`; refused with `ResourceNotFound` when there is none. */
export function tagsOf(state: State, caller: Caller, resourceArn: string): Tags {
  return getTagged(state, caller, resourceArn).record.tags;
}

function decideEach(
  state: State,
  arns: readonly string[],
  context: Context,
  change: (taggable: Taggable) => readonly Change[],
): Decided<FailedResources> {
  const changes: Change[] = [];
  const failed: (readonly [string, string])[] = [];
  for (const arn of new Set(arns)) {
    if (parseArn(arn) === undefined) throw invalidField('ResourceARNList', `${arn.slice(0, 255)} is no ARN`);
    try {
      const taggable = findTaggable(state, context, arn);
      if (taggable === undefined) throw notFound('RESOURCE', arn);
      changes.push(...change(taggable));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failed.push([arn, error.message]);
    }
  }
  return { changes, result: failed };
}

function addTags(taggable: Taggable, tags: Tags): readonly Change[] {
  return [withTags(taggable, checkTags({ ...taggable.record.tags, ...tags }))];
}

function removeTags(taggable: Taggable, keys: readonly string[]): readonly Change[] {
  const gone = new Set(keys);
  const all = Object.entries(taggable.record.tags);
  const kept = all.filter(([key]) => !gone.has(key));
  return kept.length === all.length ? [] : [withTags(taggable, Object.fromEntries(kept))];
}

function getTagged(state: State, caller: Caller, resourceArn: string): Taggable {
  const kind = kindOfArn(resourceArn);
  if (kind === undefined) throw notFound('RESOURCE', resourceArn);
  return { kind, record: getResource(state, caller, kind, resourceArn) } as Taggable;
}
