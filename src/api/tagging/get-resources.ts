// GetResources.

import type { GetResourcesInput, GetResourcesOutput } from '@aws-sdk/client-resource-groups-tagging-api';
import { taggedResources, type TaggedResource } from '../../domain/tag/index.ts';
import { read, type Valid, type Wire } from '../operation.ts';
import { invalidParameter, pageOf } from './page-tagging.ts';

/** Resources of a page when the request does not say. */
const USUAL_RESOURCES = 50;

/** Lists the caller's resources of VPC Lattice and EC2 that have tags, by ARN, type and tags. */
export const getResources = read(
  'GetResources',
  (state, request: Valid<GetResourcesInput>, call): Wire<GetResourcesOutput> => {
    checkRequest(request);
    const { ResourceARNList: arns, ResourceTypeFilters: types = [], TagFilters: filters = [] } = request;
    const { IncludeComplianceDetails: withCompliance = false, ExcludeCompliantResources: onlyBad = false } = request;
    const isWantedType = (type: string): boolean =>
      types.length === 0 || types.some((one) => one === type || type.startsWith(`${one}:`));
    const wanted = arns === undefined ? undefined : new Set(arns);
    const found = taggedResources(state, call, isWantedType).filter(
      ({ arn, tags }) => wanted?.has(arn) !== false && filters.every((filter) => passes(tags, filter)) && !onlyBad,
    );
    const mostTags = request.TagsPerPage ?? Number.POSITIVE_INFINITY;
    const mostResources = arns?.length ?? request.ResourcesPerPage ?? USUAL_RESOURCES;
    let tags = 0;
    const fits = (resource: TaggedResource, index: number): boolean =>
      index < mostResources && (tags += Object.keys(resource.tags).length) <= mostTags;
    const search = [call.account, call.region, arns, types, filters, onlyBad];
    const page = pageOf(found, ({ arn }) => arn, search, request.PaginationToken, fits);
    return {
      PaginationToken: page.token,
      ResourceTagMappingList: page.items.map((resource) => ({
        ResourceARN: resource.arn,
        Tags: Object.entries(resource.tags).map(([Key, Value]) => ({ Key, Value })),
        // There are no tag policies, so that every resource complies.
        ...(withCompliance
          ? { ComplianceDetails: { NoncompliantKeys: [], KeysWithNoncompliantValues: [], ComplianceStatus: true } }
          : {}),
      })),
    };
  },
);

/** What the API reference demands beside sizes. */
function checkRequest(request: Valid<GetResourcesInput>): void {
  const { ResourceARNList, ResourcesPerPage, TagsPerPage, PaginationToken, TagFilters = [] } = request;
  const pages = ResourcesPerPage !== undefined || TagsPerPage !== undefined || (PaginationToken ?? '') !== '';
  if (ResourceARNList !== undefined && pages)
    throw invalidParameter(
      'ResourceARNList cannot be given together with ResourcesPerPage, TagsPerPage or PaginationToken.',
    );
  if (TagsPerPage !== undefined && TagsPerPage % 100 !== 0)
    throw invalidParameter('TagsPerPage must be a multiple of 100.');
  if (TagFilters.some(({ Key }) => Key === undefined)) throw invalidParameter('A tag filter has no Key.');
  if (request.ExcludeCompliantResources === true && request.IncludeComplianceDetails !== true)
    throw invalidParameter('ExcludeCompliantResources needs IncludeComplianceDetails.');
  for (const type of request.ResourceTypeFilters ?? [])
    if (!/^[\w-]+(?::[\w./-]+)?$/.test(type)) throw invalidParameter(`'${type}' is not a type of resource.`);
}

function passes(tags: TaggedResource['tags'], { Key: key = '', Values: values = [] }: TagFilter): boolean {
  const value = Object.hasOwn(tags, key) ? tags[key] : undefined;
  return value !== undefined && (values.length === 0 || values.includes(value));
}

type TagFilter = NonNullable<Valid<GetResourcesInput>['TagFilters']>[number];
