// The calls of internet gateways, egress-only internet gateways and NAT gateways.

import type {
  AttachInternetGatewayRequest,
  CreateEgressOnlyInternetGatewayRequest,
  CreateEgressOnlyInternetGatewayResult,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  CreateNatGatewayRequest,
  CreateNatGatewayResult,
  DeleteEgressOnlyInternetGatewayRequest,
  DeleteInternetGatewayRequest,
  DeleteNatGatewayRequest,
  DeleteNatGatewayResult,
  DescribeEgressOnlyInternetGatewaysRequest,
  DescribeEgressOnlyInternetGatewaysResult,
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
  DetachInternetGatewayRequest,
  EgressOnlyInternetGateway as WireEgressOnlyInternetGateway,
  InternetGateway as WireInternetGateway,
  NatGateway as WireNatGateway,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../../../aws/index.ts';
import type { State } from '../../../domain/index.ts';
import type { EgressOnlyInternetGateway, InternetGateway, NatGateway } from '../../../domain/records/index.ts';
import {
  attachInternetGateway as attach,
  createEgressOnlyInternetGateway as createEgressOnly,
  createInternetGateway as create,
  createNatGateway as createNat,
  deleteInternetGateway as drop,
  deleteNatGateway as dropNat,
  deletePart,
  describeParts,
  detachInternetGateway as detach,
  findAddressOf,
} from '../../../domain/vpc-part/index.ts';
import type { Valid, Wire } from '../../operation.ts';
import { changeEc2 } from '../change-ec2.ts';
import { changeEc2Once } from '../change-ec2-once.ts';
import { describeEc2 } from '../describe-things.ts';
import { present } from '../optional.ts';
import { describeTags, readTags } from '../tags.ts';
import { refuseUnsupported } from '../unsupported.ts';

function describeInternetGateway({ id, account, vpcId, tags }: InternetGateway): Wire<WireInternetGateway> {
  return {
    ...{ InternetGatewayId: id, OwnerId: account, Tags: describeTags(tags) },
    // EC2 says `available` here, which its own enumeration of attachment states does not know.
    Attachments: vpcId === undefined ? [] : [{ VpcId: vpcId, State: 'available' as 'attached' }],
  };
}

function describeEgressOnly({ id, vpcId, tags }: EgressOnlyInternetGateway): Wire<WireEgressOnlyInternetGateway> {
  return {
    ...{ EgressOnlyInternetGatewayId: id, Tags: describeTags(tags) },
    Attachments: [{ VpcId: vpcId, State: 'attached' }],
  };
}

function describeNatGateway(gateway: NatGateway, state: State, shown: 'available' | 'deleted'): Wire<WireNatGateway> {
  const { id, vpcId, subnetId, createdAt, connectivity, networkInterfaceId, privateIp, allocationId, tags } = gateway;
  const address = allocationId === undefined ? undefined : findAddressOf(state, gateway, allocationId);
  return {
    ...{ NatGatewayId: id, VpcId: vpcId, SubnetId: subnetId, ConnectivityType: connectivity, State: shown },
    ...{ CreateTime: new Date(createdAt), Tags: describeTags(tags) },
    NatGatewayAddresses: [
      {
        ...{ NetworkInterfaceId: networkInterfaceId, PrivateIp: privateIp, IsPrimary: true, Status: 'succeeded' },
        ...present({
          AllocationId: address?.id,
          PublicIp: address?.publicIp,
          AssociationId: address?.association?.id,
        }),
      },
    ],
  };
}

/** What means nothing here. */
const unsupported = [
  ...['SecondaryAllocationIds', 'SecondaryPrivateIpAddresses', 'SecondaryPrivateIpAddressCount', 'AvailabilityMode'],
  ...['VpcId', 'AvailabilityZoneAddresses'],
];

/** Describe, create, attach, detach and delete of gateways. */
export const gatewayOperations = [
  describeEc2('DescribeInternetGateways', {
    ids: (request: Valid<DescribeInternetGatewaysRequest>) => request.InternetGatewayIds,
    list: (state, call, input) => describeParts(state, call, 'internetGateway', input),
    show: describeInternetGateway,
    answer: (InternetGateways, NextToken): Wire<DescribeInternetGatewaysResult> => ({ InternetGateways, NextToken }),
  }),
  changeEc2(
    'CreateInternetGateway',
    create,
    ({ TagSpecifications }: Valid<CreateInternetGatewayRequest>) => readTags(TagSpecifications, 'internet-gateway'),
    (gateway): Wire<CreateInternetGatewayResult> => ({ InternetGateway: describeInternetGateway(gateway) }),
  ),
  changeEc2(
    'AttachInternetGateway',
    attach,
    ({ InternetGatewayId, VpcId }: Valid<AttachInternetGatewayRequest>) => ({
      ...{ internetGatewayId: InternetGatewayId, vpcId: VpcId },
    }),
    () => ({}),
  ),
  changeEc2(
    'DetachInternetGateway',
    detach,
    ({ InternetGatewayId, VpcId }: Valid<DetachInternetGatewayRequest>) => ({
      ...{ internetGatewayId: InternetGatewayId, vpcId: VpcId },
    }),
    () => ({}),
  ),
  changeEc2(
    'DeleteInternetGateway',
    drop,
    ({ InternetGatewayId }: Valid<DeleteInternetGatewayRequest>) => ({ internetGatewayId: InternetGatewayId }),
    () => ({}),
  ),
  describeEc2('DescribeEgressOnlyInternetGateways', {
    ids: (request: Valid<DescribeEgressOnlyInternetGatewaysRequest>) => request.EgressOnlyInternetGatewayIds,
    list: (state, call, input) => describeParts(state, call, 'egressOnlyInternetGateway', input),
    show: describeEgressOnly,
    answer: (EgressOnlyInternetGateways, NextToken): Wire<DescribeEgressOnlyInternetGatewaysResult> => ({
      ...{ EgressOnlyInternetGateways, NextToken },
    }),
  }),
  changeEc2Once(
    'CreateEgressOnlyInternetGateway',
    createEgressOnly,
    ({ VpcId, TagSpecifications }: Valid<CreateEgressOnlyInternetGatewayRequest>) => ({
      ...{ vpcId: VpcId, ...readTags(TagSpecifications, 'egress-only-internet-gateway') },
    }),
    (gateway, _state, ClientToken): Wire<CreateEgressOnlyInternetGatewayResult> => ({
      EgressOnlyInternetGateway: describeEgressOnly(gateway),
      ...present({ ClientToken }),
    }),
  ),
  changeEc2(
    'DeleteEgressOnlyInternetGateway',
    deletePart,
    ({ EgressOnlyInternetGatewayId: id }: Valid<DeleteEgressOnlyInternetGatewayRequest>) => ({
      ...{ type: 'egressOnlyInternetGateway' as const, id },
    }),
    () => ({ ReturnCode: true }),
  ),
  describeEc2('DescribeNatGateways', {
    ids: (request: Valid<DescribeNatGatewaysRequest>) => request.NatGatewayIds,
    list: (state, call, { ids, filters }) => describeParts(state, call, 'natGateway', present({ ids, filters })),
    show: (gateway, state) => describeNatGateway(gateway, state, 'available'),
    answer: (NatGateways, NextToken): Wire<DescribeNatGatewaysResult> => ({ NatGateways, NextToken }),
  }),
  changeEc2Once(
    'CreateNatGateway',
    createNat,
    (request: Valid<CreateNatGatewayRequest>) => {
      refuseUnsupported({ ...request }, unsupported, { AvailabilityMode: 'zonal' });
      const { SubnetId, ConnectivityType = 'public', AllocationId, PrivateIpAddress, TagSpecifications } = request;
      if (SubnetId === undefined)
        throw new ServiceError('MissingParameter', 'The request must contain the parameter SubnetId');
      return {
        ...{ subnetId: SubnetId, connectivity: ConnectivityType, ...readTags(TagSpecifications, 'natgateway') },
        ...present({ allocationId: AllocationId, privateIp: PrivateIpAddress }),
      };
    },
    (gateway, state, ClientToken): Wire<CreateNatGatewayResult> => ({
      NatGateway: describeNatGateway(gateway, state, 'available'),
      ...present({ ClientToken }),
    }),
  ),
  changeEc2(
    'DeleteNatGateway',
    dropNat,
    ({ NatGatewayId }: Valid<DeleteNatGatewayRequest>) => ({ natGatewayId: NatGatewayId }),
    ({ id }): Wire<DeleteNatGatewayResult> => ({ NatGatewayId: id }),
  ),
];
