// DescribeAccountAttributes.

import type {
  AccountAttributeName,
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult,
} from '@aws-sdk/client-ec2';
import { ServiceError, type Call } from '../../aws/index.ts';
import { findDefaultVpc } from '../../domain/ec2/index.ts';
import type { State } from '../../domain/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { readEc2 } from './read-ec2.ts';

/** EC2's limits of instances and addresses limit nothing here. */
const attributesOf = (state: State, call: Call): Readonly<Partial<Record<AccountAttributeName, string>>> => ({
  'supported-platforms': 'VPC',
  'default-vpc': findDefaultVpc(state, call)?.id ?? 'none',
});

/** EC2's names; of those without a value here nothing is shown. */
const names: readonly string[] = [
  ...['supported-platforms', 'default-vpc', 'max-instances', 'vpc-max-security-groups-per-interface'],
  ...['max-elastic-ips', 'vpc-max-elastic-ips'],
];

/** Lists attributes of the account. */
export const describeAccountAttributes = readEc2(
  'DescribeAccountAttributes',
  (state, request: Valid<DescribeAccountAttributesRequest>, call): Wire<DescribeAccountAttributesResult> => {
    const { AttributeNames = [] } = request;
    const unknown = AttributeNames.find((name) => !names.includes(name));
    if (unknown !== undefined)
      throw new ServiceError('InvalidParameterValue', `Value (${unknown}) for parameter attributeName is invalid.`);
    return {
      AccountAttributes: Object.entries(attributesOf(state, call))
        .filter(([name]) => AttributeNames.length === 0 || AttributeNames.some((wanted) => wanted === name))
        .map(([AttributeName, AttributeValue]) => ({ AttributeName, AttributeValues: [{ AttributeValue }] })),
    };
  },
);
