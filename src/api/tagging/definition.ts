// The Resource Groups Tagging API as the protocol server sees it.

import { integer, text, type ServiceDefinition } from '../../aws/index.ts';

/** awsJson1.1, API version 2017-01-26; sizes as its API reference has them. What breaks them is InvalidParameterException. */
export const taggingDefinition: ServiceDefinition = {
  id: 'tagging',
  protocol: 'awsJson1_1',
  signingName: 'tagging',
  targetPrefix: 'ResourceGroupsTaggingAPI_20170126',
  invalidInput: 'InvalidParameterException',
  load: () => import('@aws-sdk/client-resource-groups-tagging-api'),
  constraints: {
    shapes: {
      PaginationToken: text(0, 2048),
      ResourceARN: text(1, 1011),
      ResourceType: text(0, 256),
      TagKey: text(1, 128),
      TagValue: text(0, 256),
      ResourcesPerPage: integer(1, 100),
      TagsPerPage: integer(100, 500),
    },
    any: {
      PaginationToken: 'PaginationToken',
      Key: 'TagKey',
      ResourceTypeFilters: { list: [0, 100], of: 'ResourceType' },
      ResourcesPerPage: 'ResourcesPerPage',
      TagsPerPage: 'TagsPerPage',
      TagFilters: { list: [0, 50] },
      Values: { list: [0, 20], of: 'TagValue' },
      TagKeys: { list: [1, 50], of: 'TagKey' },
      Tags: { map: [1, 50], key: 'TagKey', value: 'TagValue' },
    },
    structures: {
      GetResourcesInput: { ResourceARNList: { list: [1, 100], of: 'ResourceARN' } },
      TagResourcesInput: { ResourceARNList: { list: [1, 20], of: 'ResourceARN' } },
      UntagResourcesInput: { ResourceARNList: { list: [1, 20], of: 'ResourceARN' } },
    },
  },
};
