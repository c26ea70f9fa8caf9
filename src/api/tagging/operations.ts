// The operations of the Resource Groups Tagging API that are implemented; the others answer 501.

import type { Operation } from '../operation.ts';
import { getResources } from './get-resources.ts';
import { getTagKeys, getTagValues } from './get-tags.ts';
import { tagResources, untagResources } from './tag-resources.ts';

/** The implemented operations. */
export const taggingOperations: readonly Operation[] = [
  getResources,
  getTagKeys,
  getTagValues,
  tagResources,
  untagResources,
];
