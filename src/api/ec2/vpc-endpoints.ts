// The calls of VPC endpoints of type ServiceNetwork.

import type {
  CreateVpcEndpointRequest,
  CreateVpcEndpointResult,
  DeleteVpcEndpointsRequest,
  DeleteVpcEndpointsResult,
  DescribeVpcEndpointAssociationsRequest,
  DescribeVpcEndpointAssociationsResult,
  DescribeVpcEndpointsRequest,
  DescribeVpcEndpointsResult,
  ModifyVpcEndpointRequest,
  ModifyVpcEndpointResult,
  VpcEndpoint as WireEndpoint,
  VpcEndpointAssociation,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../../aws/index.ts';
import type { State } from '../../domain/index.ts';
import type { VpcEndpoint } from '../../domain/records/index.ts';
import {
  createVpcEndpoint as create,
  deleteVpcEndpoints as drop,
  describeVpcEndpoints as list,
  endpointState,
  listEndpointServices,
  modifyVpcEndpoint as modify,
  type EndpointService,
} from '../../domain/vpc-endpoint/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { changeEc2 } from './change-ec2.ts';
import { changeEc2Once } from './change-ec2-once.ts';
import { describeEc2 } from './describe-things.ts';
import { describeGroups } from './network-interfaces.ts';
import { present } from './optional.ts';
import { describeTags, readTags } from './tags.ts';
import { refuseUnsupported } from './unsupported.ts';

/** An endpoint in EC2's shape. Its members are those of an endpoint of this type: it has no service name and no names of its own. */
function describeVpcEndpoint(one: VpcEndpoint, state: State): Wire<WireEndpoint> {
  const { id, account, vpcId, interfaces, securityGroupIds, failureCode, failureMessage } = one;
  return {
    ...{ VpcEndpointId: id, VpcEndpointType: 'ServiceNetwork', VpcId: vpcId, OwnerId: account },
    // The API's own word is in small letters, where its enumeration has a capital (PrivateLink guide).
    ...{ State: endpointState(one) as 'Available', ServiceNetworkArn: one.serviceNetworkArn },
    ...{ PrivateDnsEnabled: one.privateDnsEnabled, RequesterManaged: false, IpAddressType: 'ipv4' },
    DnsOptions: { DnsRecordIpType: 'ipv4' },
    SubnetIds: interfaces.map(({ subnetId }) => subnetId),
    NetworkInterfaceIds: interfaces.map(({ networkInterfaceId }) => networkInterfaceId),
    Ipv4Prefixes: interfaces.map(({ subnetId, block }) => ({ SubnetId: subnetId, IpPrefixes: [block] })),
    Groups: describeGroups(state, one, securityGroupIds),
    ...{ RouteTableIds: [], DnsEntries: [] },
    CreationTimestamp: new Date(one.createdAt),
    Tags: describeTags(one.tags),
    ...(failureCode === undefined ? {} : { LastError: { Code: failureCode, Message: failureMessage ?? '' } }),
  };
}

function describeEndpointService({
  id,
  endpoint,
  network,
  service,
  ...names
}: EndpointService): Wire<VpcEndpointAssociation> {
  return {
    ...{ Id: id, VpcEndpointId: endpoint.id, AssociatedResourceAccessibility: 'Accessible' },
    ...{ ServiceNetworkArn: network.arn, ServiceNetworkName: network.name, AssociatedResourceArn: service.arn },
    DnsEntry: { DnsName: names.dnsName, HostedZoneId: names.hostedZoneId },
    Tags: [],
  };
}

/** What only endpoints of other types have, or what is not carried. */
const unsupported = [
  ...['PolicyDocument', 'RouteTableIds', 'ResourceConfigurationArn', 'SubnetConfigurations', 'ServiceRegion'],
];

/** Create, describe, modify and delete. */
export const vpcEndpointOperations = [
  changeEc2Once(
    'CreateVpcEndpoint',
    create,
    (request: Valid<CreateVpcEndpointRequest>) => {
      const { VpcEndpointType: type = 'Gateway', ServiceNetworkArn: serviceNetworkArn } = request;
      if (type !== 'ServiceNetwork')
        throw new ServiceError('UnsupportedOperation', `VPC endpoints of type ${type} are not supported here.`);
      refuseUnsupported({ ...request }, unsupported);
      if (request.IpAddressType !== undefined && request.IpAddressType !== 'ipv4')
        throw new ServiceError(
          'UnsupportedOperation',
          `The address type ${request.IpAddressType} is not supported here.`,
        );
      if (serviceNetworkArn === undefined)
        throw new ServiceError('MissingParameter', 'The request must contain the parameter ServiceNetworkArn');
      return {
        ...{ vpcId: request.VpcId, serviceNetworkArn },
        ...present({
          subnetIds: request.SubnetIds,
          securityGroupIds: request.SecurityGroupIds,
          privateDnsEnabled: request.PrivateDnsEnabled,
        }),
        ...readTags(request.TagSpecifications, 'vpc-endpoint'),
      };
    },
    (endpoint, state, ClientToken): Wire<CreateVpcEndpointResult> => ({
      VpcEndpoint: describeVpcEndpoint(endpoint, state),
      ...present({ ClientToken }),
    }),
  ),
  describeEc2('DescribeVpcEndpoints', {
    ids: (request: Valid<DescribeVpcEndpointsRequest>) => request.VpcEndpointIds,
    list,
    show: describeVpcEndpoint,
    answer: (VpcEndpoints, NextToken): Wire<DescribeVpcEndpointsResult> => ({ VpcEndpoints, NextToken }),
  }),
  describeEc2('DescribeVpcEndpointAssociations', {
    ids: (request: Valid<DescribeVpcEndpointAssociationsRequest>) => request.VpcEndpointIds,
    list: listEndpointServices,
    show: describeEndpointService,
    answer: (VpcEndpointAssociations, NextToken): Wire<DescribeVpcEndpointAssociationsResult> => ({
      ...{ VpcEndpointAssociations, NextToken },
    }),
  }),
  changeEc2(
    'ModifyVpcEndpoint',
    modify,
    (request: Valid<ModifyVpcEndpointRequest>) => {
      const { VpcEndpointId, AddSecurityGroupIds = [], RemoveSecurityGroupIds = [], DryRun: _dry, ...others } = request;
      const [other] = Object.keys(others);
      if (other !== undefined)
        throw new ServiceError(
          'InvalidParameter',
          `Only the security groups of a VPC endpoint of type ServiceNetwork can be modified, not ${other}.`,
        );
      return {
        vpcEndpointId: VpcEndpointId,
        addSecurityGroupIds: AddSecurityGroupIds,
        removeSecurityGroupIds: RemoveSecurityGroupIds,
      };
    },
    (): Wire<ModifyVpcEndpointResult> => ({ Return: true }),
  ),
  changeEc2(
    'DeleteVpcEndpoints',
    drop,
    (request: Valid<DeleteVpcEndpointsRequest>) => ({ ids: request.VpcEndpointIds }),
    (failures): Wire<DeleteVpcEndpointsResult> => ({
      Unsuccessful: failures.map(({ id, code, message }) => ({
        ResourceId: id,
        Error: { Code: code, Message: message },
      })),
    }),
  ),
];
