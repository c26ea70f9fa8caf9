// The calls of DHCP options.

import type {
  AssociateDhcpOptionsRequest,
  CreateDhcpOptionsRequest,
  CreateDhcpOptionsResult,
  DeleteDhcpOptionsRequest,
  DescribeDhcpOptionsRequest,
  DescribeDhcpOptionsResult,
  DhcpOptions as WireDhcpOptions,
} from '@aws-sdk/client-ec2';
import type { DhcpOptions } from '../../../domain/records/index.ts';
import {
  associateDhcpOptions as associate,
  createDhcpOptions as create,
  deletePart,
  describeParts,
} from '../../../domain/vpc-part/index.ts';
import type { Valid, Wire } from '../../operation.ts';
import { changeEc2 } from '../change-ec2.ts';
import { describeEc2 } from '../describe-things.ts';
import { describeTags, readTags } from '../tags.ts';

function describeDhcpOptions({ id, account, configurations, tags }: DhcpOptions): Wire<WireDhcpOptions> {
  return {
    ...{ DhcpOptionsId: id, OwnerId: account, Tags: describeTags(tags) },
    DhcpConfigurations: configurations.map(({ key, values }) => ({
      ...{ Key: key, Values: values.map((Value) => ({ Value })) },
    })),
  };
}

/** Describe, create, associate and delete. */
export const dhcpOperations = [
  describeEc2('DescribeDhcpOptions', {
    ids: (request: Valid<DescribeDhcpOptionsRequest>) => request.DhcpOptionsIds,
    list: (state, call, input) => describeParts(state, call, 'dhcpOptions', input),
    show: describeDhcpOptions,
    answer: (DhcpOptions, NextToken): Wire<DescribeDhcpOptionsResult> => ({ DhcpOptions, NextToken }),
  }),
  changeEc2(
    'CreateDhcpOptions',
    create,
    ({ DhcpConfigurations, TagSpecifications }: Valid<CreateDhcpOptionsRequest>) => ({
      configurations: DhcpConfigurations.map(({ Key = '', Values = [] }) => ({ key: Key, values: Values })),
      ...readTags(TagSpecifications, 'dhcp-options'),
    }),
    (options): Wire<CreateDhcpOptionsResult> => ({ DhcpOptions: describeDhcpOptions(options) }),
  ),
  changeEc2(
    'AssociateDhcpOptions',
    associate,
    ({ VpcId, DhcpOptionsId }: Valid<AssociateDhcpOptionsRequest>) => ({
      ...{ vpcId: VpcId, dhcpOptionsId: DhcpOptionsId },
    }),
    () => ({}),
  ),
  changeEc2(
    'DeleteDhcpOptions',
    deletePart,
    ({ DhcpOptionsId: id }: Valid<DeleteDhcpOptionsRequest>) => ({ type: 'dhcpOptions' as const, id }),
    () => ({}),
  ),
];
