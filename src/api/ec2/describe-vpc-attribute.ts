// DescribeVpcAttribute.

import type { DescribeVpcAttributeRequest, DescribeVpcAttributeResult, VpcAttributeName } from '@aws-sdk/client-ec2';
import { ServiceError } from '../../aws/index.ts';
import { getVpc } from '../../domain/ec2/index.ts';
import type { Vpc } from '../../domain/records/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { readEc2 } from './read-ec2.ts';

const attributes: Readonly<Record<VpcAttributeName, (vpc: Vpc) => Wire<DescribeVpcAttributeResult>>> = {
  enableDnsSupport: ({ enableDnsSupport: Value = true }) => ({ EnableDnsSupport: { Value } }),
  enableDnsHostnames: ({ enableDnsHostnames: Value = false }) => ({ EnableDnsHostnames: { Value } }),
  enableNetworkAddressUsageMetrics: ({ enableNetworkAddressUsageMetrics: Value = false }) => ({
    EnableNetworkAddressUsageMetrics: { Value },
  }),
};

/** Shows one attribute of a VPC. */
export const describeVpcAttribute = readEc2(
  'DescribeVpcAttribute',
  (state, request: Valid<DescribeVpcAttributeRequest>, call): Wire<DescribeVpcAttributeResult> => {
    const { VpcId, Attribute } = request;
    const vpc = getVpc(state, call, VpcId);
    if (!Object.hasOwn(attributes, Attribute))
      throw new ServiceError('InvalidParameterValue', `Value (${Attribute}) for parameter attribute is invalid.`);
    return { VpcId: vpc.id, ...attributes[Attribute](vpc) };
  },
);
