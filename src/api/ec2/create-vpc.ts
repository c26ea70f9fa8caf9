// CreateVpc.

import type { CreateVpcRequest, CreateVpcResult } from '@aws-sdk/client-ec2';
import { ServiceError } from '../../aws/index.ts';
import { createVpc as decide } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { changeEc2 } from './change-ec2.ts';
import { describeVpc } from './describe-vpc.ts';
import { readTags } from './tags.ts';
import { refuseUnsupported } from './unsupported.ts';

/** Ranges of IPv4 are the caller's choice, those of IPv6 are not. */
const unsupported = [
  ...['Ipv6CidrBlock', 'Ipv6Pool', 'Ipv6CidrBlockNetworkBorderGroup'],
  ...['Ipv4IpamPoolId', 'Ipv4NetmaskLength', 'Ipv6IpamPoolId', 'Ipv6NetmaskLength', 'VpcEncryptionControl'],
];

/** Makes a VPC with one IPv4 range, attached as the server's default says. */
export const createVpc = changeEc2(
  'CreateVpc',
  decide,
  (request: Valid<CreateVpcRequest>, { defaultAttachment }) => {
    const { CidrBlock, TagSpecifications, InstanceTenancy = 'default', AmazonProvidedIpv6CidrBlock } = request;
    refuseUnsupported({ ...request }, unsupported);
    if (InstanceTenancy !== 'default' && InstanceTenancy !== 'dedicated')
      throw new ServiceError(
        'InvalidParameterValue',
        `Value (${InstanceTenancy}) for parameter instanceTenancy is invalid.`,
      );
    if (CidrBlock === undefined)
      throw new ServiceError('MissingParameter', 'The request must contain the parameter cidrBlock');
    return {
      ...{ cidrBlock: CidrBlock, attachment: defaultAttachment, tenancy: InstanceTenancy },
      ...{ ipv6: AmazonProvidedIpv6CidrBlock ?? false, ...readTags(TagSpecifications, 'vpc') },
    };
  },
  (vpc): Wire<CreateVpcResult> => ({ Vpc: describeVpc(vpc) }),
);
