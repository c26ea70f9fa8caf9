// What AWS allows as tags.

import type { Draft } from '../draft.ts';
import type { Tags } from '../records/base.ts';
import { checkFields, type InvalidField } from '../refusal.ts';
import type { State } from '../state.ts';

/** The most tags that a resource can have (CloudFormation schemas; the model admits 200 in a call). */
const MOST_TAGS = 50;

/** `tags` (none: empty), or a `Validation` refusal: at most 50, no `aws:` keys, AWS's characters (api.md 9). */
export function checkTags(tags: Tags | undefined): Tags {
  checkFields(wrongTags(tags));
  return tags ?? {};
}

/** What is wrong with an input of which nothing but the tags is judged. */
export function judgeTags(_state: State, input: Draft<{ readonly tags?: Tags }>): readonly InvalidField[] {
  return wrongTags(input.tags);
}

/** What is wrong with `tags`, see `checkTags`. */
export function wrongTags(tags: Tags | undefined): readonly InvalidField[] {
  const pairs = Object.entries(tags ?? {});
  const messages = pairs.length > MOST_TAGS ? [`a resource can have at most ${MOST_TAGS} tags`] : [];
  for (const [key, value] of pairs) {
    if (key.toLowerCase().startsWith('aws:')) messages.push(`the key ${key} begins with the reserved aws:`);
    else if (!/^[\p{L}\p{N}\p{Z}_.:/=+\-@]{1,128}$/u.test(key)) messages.push(`the key ${key} is not allowed`);
    if (!/^[\p{L}\p{N}\p{Z}_.:/=+\-@]{0,256}$/u.test(value)) messages.push(`the value of ${key} is not allowed`);
  }
  return messages.map((message) => ({ name: 'tags', message }));
}
