// Tags of every VPC Lattice resource, by ARN.

import type { Context, Decided } from '../decision.ts';
import { arnKinds, findResource, parseArn, type ArnKind, type Caller } from '../identifiers.ts';
import type { Tags } from '../records/base.ts';
import { notFound } from '../refusal.ts';
import { put, type Change, type RecordTypes, type State } from '../state.ts';
import { checkTags } from './check-tags.ts';

type Tagged = { readonly [K in ArnKind]: { readonly kind: K; readonly record: RecordTypes[K] } }[ArnKind];

/** TagResource: merges `tags` into those of the resource. */
export function tagResource(
  state: State,
  input: { readonly resourceArn: string; readonly tags: Tags },
  context: Context,
): Decided<null> {
  const tagged = getTagged(state, context, input.resourceArn);
  const tags = checkTags({ ...tagged.record.tags, ...checkTags(input.tags) });
  return { changes: [withTags(tagged, tags)], result: null };
}

/** UntagResource: removes `tagKeys`; keys that are not there are ignored. */
export function untagResource(
  state: State,
  input: { readonly resourceArn: string; readonly tagKeys: readonly string[] },
  context: Context,
): Decided<null> {
  const tagged = getTagged(state, context, input.resourceArn);
  const gone = new Set(input.tagKeys);
  const kept = Object.entries(tagged.record.tags).filter(([key]) => !gone.has(key));
  if (kept.length === Object.keys(tagged.record.tags).length) return { changes: [], result: null };
  return { changes: [withTags(tagged, Object.fromEntries(kept))], result: null };
}

/** The tags of the resource with `resourceArn`; refused with `ResourceNotFound` when there is none. */
export function tagsOf(state: State, caller: Caller, resourceArn: string): Tags {
  return getTagged(state, caller, resourceArn).record.tags;
}

function getTagged(state: State, caller: Caller, resourceArn: string): Tagged {
  if (parseArn(resourceArn)?.service !== 'vpc-lattice') throw notFound('RESOURCE', resourceArn);
  for (const kind of arnKinds) {
    const record = findResource(state, caller, kind, resourceArn);
    if (record !== undefined) return { kind, record } as Tagged;
  }
  throw notFound('RESOURCE', resourceArn);
}

function withTags({ kind, record }: Tagged, tags: Tags): Change {
  return put<ArnKind>(kind, { ...record, tags });
}
