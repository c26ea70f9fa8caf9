// What the Describe calls of EC2 have in common, as the domain takes it.

import type { Filter } from '@aws-sdk/client-ec2';
import type { Ec2Filter } from '../../domain/ec2/index.ts';
import type { Valid } from '../operation.ts';
import { readFilters } from './tags.ts';

/** Ids and filters; what is absent stays absent. */
export function readDescribe(
  ids: readonly string[] | undefined,
  filters: readonly Valid<Filter>[] | undefined,
): { readonly ids?: readonly string[]; readonly filters?: readonly Ec2Filter[] } {
  return { ...(ids === undefined ? {} : { ids }), ...readFilters(filters) };
}
