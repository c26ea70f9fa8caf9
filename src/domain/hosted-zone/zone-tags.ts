// ChangeTagsForResource: tags of hosted zones.

import type { Context, Decided } from '../decision.ts';
import type { Tags } from '../records/base.ts';
import { put, type State } from '../state.ts';
import { checkTags } from '../tag/check-tags.ts';
import { getHostedZone } from './find-zone.ts';

/** Removes the tags `removed`, then sets `added`. */
export function changeZoneTags(
  state: State,
  input: { readonly id: string; readonly added: Tags; readonly removed: readonly string[] },
  context: Context,
): Decided<null> {
  const zone = getHostedZone(state, context, input.id);
  const kept = Object.entries(zone.tags).filter(([key]) => !input.removed.includes(key));
  const tags = checkTags({ ...Object.fromEntries(kept), ...input.added });
  return { changes: [put('hostedZone', { ...zone, tags, lastUpdatedAt: context.now })], result: null };
}
