// CreateVpc.

import type { CreateVpcRequest, CreateVpcResult } from '@aws-sdk/client-ec2';
import { ServiceError } from '../../aws/index.ts';
import { createVpc as decide } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { changeEc2 } from './change-ec2.ts';
import { describeVpc } from './describe-vpc.ts';
import { readTags } from './tags.ts';
import { refuseUnsupported } from './unsupported.ts';

/** VPCs have one IPv4 range of their own choice, on no particular hardware. */
const unsupported = [
  ...['AmazonProvidedIpv6CidrBlock', 'Ipv6CidrBlock', 'Ipv6Pool', 'Ipv6CidrBlockNetworkBorderGroup', 'InstanceTenancy'],
  ...['Ipv4IpamPoolId', 'Ipv4NetmaskLength', 'Ipv6IpamPoolId', 'Ipv6NetmaskLength', 'VpcEncryptionControl'],
];

/** Makes a VPC with one IPv4 range, attached as the server's default says. */
export const createVpc = changeEc2(
  'CreateVpc',
  decide,
  (request: Valid<CreateVpcRequest>, { defaultAttachment }) => {
    const { CidrBlock, TagSpecifications } = request;
    refuseUnsupported({ ...request }, unsupported, { InstanceTenancy: 'default' });
    if (CidrBlock === undefined)
      throw new ServiceError('MissingParameter', 'The request must contain the parameter cidrBlock');
    return { cidrBlock: CidrBlock, attachment: defaultAttachment, ...readTags(TagSpecifications, 'vpc') };
  },
  (vpc): Wire<CreateVpcResult> => ({ Vpc: describeVpc(vpc) }),
);
