// Tags of what IAM has. Keys of users' and roles' tags have no case (IAM User Guide: Tagging IAM resources).

import type { Context, Decided } from '../decision.ts';
import { getOwnPolicy } from '../iam-policy/managed-policy.ts';
import { getEntity, getInstanceProfile, type Account } from '../iam/entity.ts';
import { getOidcProvider } from '../oidc-provider/oidc-provider.ts';
import type { Tags } from '../records/base.ts';
import { put, type Change, type RecordTypes, type State } from '../state.ts';
import { checkTags } from '../tag/check-tags.ts';

/** What has tags, by its name, or by its ARN. */
export type IamTagged =
  | { readonly kind: 'iamUser' | 'iamRole' | 'iamInstanceProfile'; readonly name: string }
  | { readonly kind: 'iamPolicy' | 'oidcProvider'; readonly arn: string };

/** TagUser, TagRole and so on: adds, or replaces what has the same key. */
export function tagIam(
  state: State,
  input: { readonly of: IamTagged; readonly tags: Tags },
  context: Context,
): Decided<null> {
  const { record, change } = getTagged(state, context, input.of);
  const same = keyIn(input.of);
  const given = new Set(Object.keys(input.tags).map(same));
  const kept = Object.entries(record.tags).filter(([key]) => !given.has(same(key)));
  const tags = checkTags(Object.fromEntries([...kept, ...Object.entries(input.tags)]));
  return { changes: [change(tags, context.now)], result: null };
}

/** UntagUser, UntagRole and so on; keys that are not there are ignored. */
export function untagIam(
  state: State,
  input: { readonly of: IamTagged; readonly tagKeys: readonly string[] },
  context: Context,
): Decided<null> {
  const { record, change } = getTagged(state, context, input.of);
  const same = keyIn(input.of);
  const gone = new Set(input.tagKeys.map(same));
  const all = Object.entries(record.tags);
  const kept = all.filter(([key]) => !gone.has(same(key)));
  if (kept.length === all.length) return { changes: [], result: null };
  return { changes: [change(Object.fromEntries(kept), context.now)], result: null };
}

/** The tags. */
export function getIamTags(state: State, caller: Account, of: IamTagged): Tags {
  return getTagged(state, caller, of).record.tags;
}

function keyIn({ kind }: IamTagged): (key: string) => string {
  return kind === 'iamUser' || kind === 'iamRole' ? (key) => key.toLowerCase() : (key) => key;
}

function getTagged(state: State, caller: Account, of: IamTagged) {
  switch (of.kind) {
    case 'iamUser':
    case 'iamRole':
      return tagged(of.kind, getEntity(state, caller, { kind: of.kind, name: of.name }));
    case 'iamInstanceProfile':
      return tagged(of.kind, getInstanceProfile(state, caller, of.name));
    case 'iamPolicy':
      return tagged(of.kind, getOwnPolicy(state, caller, of.arn));
    case 'oidcProvider':
      return tagged(of.kind, getOidcProvider(state, caller, of.arn));
    default:
      return of satisfies never;
  }
}

function tagged<K extends IamTagged['kind']>(kind: K, record: RecordTypes[K]) {
  return {
    record,
    change: (tags: Tags, now: number): Change => put<K>(kind, { ...record, tags, lastUpdatedAt: now }),
  };
}
