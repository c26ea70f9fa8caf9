// DescribeVpcAttribute.

import type { DescribeVpcAttributeRequest, DescribeVpcAttributeResult, VpcAttributeName } from '@aws-sdk/client-ec2';
import { ServiceError } from '../../aws/index.ts';
import { getVpc } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { readEc2 } from './read-ec2.ts';

/** What every VPC has here: a resolver, and no names for its addresses. */
const attributes: Readonly<Record<VpcAttributeName, Wire<DescribeVpcAttributeResult>>> = {
  enableDnsSupport: { EnableDnsSupport: { Value: true } },
  enableDnsHostnames: { EnableDnsHostnames: { Value: false } },
  enableNetworkAddressUsageMetrics: { EnableNetworkAddressUsageMetrics: { Value: false } },
};

/** Shows one attribute of a VPC. */
export const describeVpcAttribute = readEc2(
  'DescribeVpcAttribute',
  (state, request: Valid<DescribeVpcAttributeRequest>, call): Wire<DescribeVpcAttributeResult> => {
    const { VpcId, Attribute } = request;
    const { id } = getVpc(state, call, VpcId);
    if (!Object.hasOwn(attributes, Attribute))
      throw new ServiceError('InvalidParameterValue', `Value (${Attribute}) for parameter attribute is invalid.`);
    return { VpcId: id, ...attributes[Attribute] };
  },
);
