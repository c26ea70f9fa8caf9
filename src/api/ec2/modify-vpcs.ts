// The calls that change VPCs and subnets after they are made, and the default VPC.

import type {
  AssociateSubnetCidrBlockRequest,
  AssociateSubnetCidrBlockResult,
  AssociateVpcCidrBlockRequest,
  AssociateVpcCidrBlockResult,
  CreateDefaultVpcRequest,
  CreateDefaultVpcResult,
  DescribeFlowLogsRequest,
  DescribeFlowLogsResult,
  DisassociateSubnetCidrBlockRequest,
  DisassociateSubnetCidrBlockResult,
  DisassociateVpcCidrBlockRequest,
  DisassociateVpcCidrBlockResult,
  ModifySubnetAttributeRequest,
  ModifyVpcAttributeRequest,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../../aws/index.ts';
import {
  associateSubnetCidr,
  associateVpcCidr,
  cidrAssociationId,
  createDefaultVpc,
  disassociateSubnetCidr,
  disassociateVpcCidr,
  modifySubnetAttribute,
  modifyVpcAttribute,
  type VpcRange,
} from '../../domain/ec2/index.ts';
import type { Subnet } from '../../domain/records/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { changeEc2 } from './change-ec2.ts';
import { describeSubnetIpv6 } from './describe-subnet.ts';
import { describeIpv6, describeVpc } from './describe-vpc.ts';
import { present } from './optional.ts';
import { readEc2 } from './read-ec2.ts';
import { refuseUnsupported } from './unsupported.ts';

function describeRange(
  { vpc, cidr }: VpcRange,
  State: 'associated' | 'disassociated',
): Wire<AssociateVpcCidrBlockResult> {
  if (cidr.includes(':'))
    return {
      ...{ VpcId: vpc.id, Ipv6CidrBlockAssociation: { ...describeIpv6(vpc, cidr), Ipv6CidrBlockState: { State } } },
    };
  const AssociationId = cidrAssociationId(vpc, cidr);
  return { VpcId: vpc.id, CidrBlockAssociation: { AssociationId, CidrBlock: cidr, CidrBlockState: { State } } };
}

function describeSubnetRange(
  subnet: Subnet,
  State: 'associated' | 'disassociated',
): Wire<AssociateSubnetCidrBlockResult> {
  const shown = describeSubnetIpv6(subnet, subnet.ipv6Cidr ?? '');
  return { SubnetId: subnet.id, Ipv6CidrBlockAssociation: { ...shown, Ipv6CidrBlockState: { State } } };
}

const ipam = ['Ipv6CidrBlock', 'Ipv6Pool', 'Ipv6CidrBlockNetworkBorderGroup', 'Ipv6IpamPoolId', 'Ipv6NetmaskLength'];

/** Ranges and attributes. */
export const modifyVpcOperations = [
  changeEc2(
    'CreateDefaultVpc',
    createDefaultVpc,
    (_request: Valid<CreateDefaultVpcRequest>, { defaultAttachment }) => ({ attachment: defaultAttachment }),
    (vpc): Wire<CreateDefaultVpcResult> => ({ Vpc: describeVpc(vpc) }),
  ),
  changeEc2(
    'AssociateVpcCidrBlock',
    associateVpcCidr,
    (request: Valid<AssociateVpcCidrBlockRequest & { readonly DryRun?: boolean }>) => {
      refuseUnsupported({ ...request }, [...ipam, 'Ipv4IpamPoolId', 'Ipv4NetmaskLength']);
      const { VpcId: vpcId, CidrBlock, AmazonProvidedIpv6CidrBlock } = request;
      if (AmazonProvidedIpv6CidrBlock === true) return { vpcId, ipv6: true as const };
      if (CidrBlock === undefined)
        throw new ServiceError('MissingParameter', 'Either the cidrBlock or amazonProvidedIpv6CidrBlock is required.');
      return { vpcId, cidrBlock: CidrBlock };
    },
    (range): Wire<AssociateVpcCidrBlockResult> => describeRange(range, 'associated'),
  ),
  changeEc2(
    'DisassociateVpcCidrBlock',
    disassociateVpcCidr,
    ({ AssociationId }: Valid<DisassociateVpcCidrBlockRequest & { readonly DryRun?: boolean }>) => ({
      associationId: AssociationId,
    }),
    (range): Wire<DisassociateVpcCidrBlockResult> => describeRange(range, 'disassociated'),
  ),
  changeEc2(
    'ModifyVpcAttribute',
    modifyVpcAttribute,
    (request: Valid<ModifyVpcAttributeRequest & { readonly DryRun?: boolean }>) => ({
      vpcId: request.VpcId,
      attributes: present({
        enableDnsSupport: request.EnableDnsSupport?.Value,
        enableDnsHostnames: request.EnableDnsHostnames?.Value,
        enableNetworkAddressUsageMetrics: request.EnableNetworkAddressUsageMetrics?.Value,
      }),
    }),
    () => ({}),
  ),
  changeEc2(
    'ModifySubnetAttribute',
    modifySubnetAttribute,
    (request: Valid<ModifySubnetAttributeRequest & { readonly DryRun?: boolean }>) => {
      refuseUnsupported({ ...request }, ['CustomerOwnedIpv4Pool', 'EnableLniAtDeviceIndex']);
      if (request.MapCustomerOwnedIpOnLaunch?.Value === true)
        throw new ServiceError('UnsupportedOperation', 'There are no customer-owned addresses here.');
      return {
        subnetId: request.SubnetId,
        attributes: present({
          mapPublicIpOnLaunch: request.MapPublicIpOnLaunch?.Value,
          assignIpv6AddressOnCreation: request.AssignIpv6AddressOnCreation?.Value,
          enableDns64: request.EnableDns64?.Value,
          enableResourceNameDnsARecordOnLaunch: request.EnableResourceNameDnsARecordOnLaunch?.Value,
          enableResourceNameDnsAAAARecordOnLaunch: request.EnableResourceNameDnsAAAARecordOnLaunch?.Value,
          privateDnsHostnameTypeOnLaunch: request.PrivateDnsHostnameTypeOnLaunch,
        }),
      };
    },
    () => ({}),
  ),
  changeEc2(
    'AssociateSubnetCidrBlock',
    associateSubnetCidr,
    ({ SubnetId, Ipv6CidrBlock }: Valid<AssociateSubnetCidrBlockRequest & { readonly DryRun?: boolean }>) => {
      if (Ipv6CidrBlock === undefined)
        throw new ServiceError('MissingParameter', 'The request must contain the parameter ipv6CidrBlock');
      return { subnetId: SubnetId, ipv6CidrBlock: Ipv6CidrBlock };
    },
    (subnet): Wire<AssociateSubnetCidrBlockResult> => describeSubnetRange(subnet, 'associated'),
  ),
  changeEc2(
    'DisassociateSubnetCidrBlock',
    disassociateSubnetCidr,
    ({ AssociationId }: Valid<DisassociateSubnetCidrBlockRequest & { readonly DryRun?: boolean }>) => ({
      associationId: AssociationId,
    }),
    (subnet): Wire<DisassociateSubnetCidrBlockResult> => describeSubnetRange(subnet, 'disassociated'),
  ),
  // Flow logs cannot be made here: there are none.
  readEc2('DescribeFlowLogs', (_state, _request: Valid<DescribeFlowLogsRequest>): Wire<DescribeFlowLogsResult> => ({
    FlowLogs: [],
  })),
];
