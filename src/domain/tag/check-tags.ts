// What AWS allows as tags.

import type { Tags } from '../records/base.ts';
import { invalidField } from '../refusal.ts';

/** The most tags that a resource can have (CloudFormation schemas; the model admits 200 in a call). */
const MOST_TAGS = 50;

/** `tags` (none: empty), or a `Validation` refusal: at most 50, no `aws:` keys, AWS's characters (api.md 9). */
export function checkTags(tags: Tags | undefined): Tags {
  if (tags === undefined) return {};
  const keys = Object.keys(tags);
  if (keys.length > MOST_TAGS) throw invalidField('tags', `a resource can have at most ${MOST_TAGS} tags`);
  for (const key of keys) {
    if (key.toLowerCase().startsWith('aws:'))
      throw invalidField('tags', `the key ${key} begins with the reserved aws:`);
    if (!/^[\p{L}\p{N}\p{Z}_.:/=+\-@]{1,128}$/u.test(key)) throw invalidField('tags', `the key ${key} is not allowed`);
    if (!/^[\p{L}\p{N}\p{Z}_.:/=+\-@]{0,256}$/u.test(tags[key] ?? ''))
      throw invalidField('tags', `the value of ${key} is not allowed`);
  }
  return tags;
}
