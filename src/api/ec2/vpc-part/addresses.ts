// The calls of elastic IPs.

import type {
  Address,
  AddressAttribute,
  AllocateAddressRequest,
  AllocateAddressResult,
  AssociateAddressRequest,
  AssociateAddressResult,
  DescribeAddressesAttributeRequest,
  DescribeAddressesAttributeResult,
  DescribeAddressesRequest,
  DescribeAddressesResult,
  DisassociateAddressRequest,
  ReleaseAddressRequest,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../../../aws/index.ts';
import type { State } from '../../../domain/index.ts';
import type { ElasticIp } from '../../../domain/records/index.ts';
import {
  allocateAddress as allocate,
  associateAddress as associate,
  describeParts,
  disassociateAddress as disassociate,
  findInstanceOfAddress,
  releaseAddress as release,
} from '../../../domain/vpc-part/index.ts';
import type { Valid, Wire } from '../../operation.ts';
import { changeEc2 } from '../change-ec2.ts';
import { describeEc2 } from '../describe-things.ts';
import { present } from '../optional.ts';
import { readEc2 } from '../read-ec2.ts';
import { describeTags, readFilters, readTags } from '../tags.ts';
import { refuseUnsupported } from '../unsupported.ts';

function describeAddress(address: ElasticIp, state: State): Wire<Address> {
  const { id, publicIp, account, region, association, tags } = address;
  return {
    ...{ AllocationId: id, PublicIp: publicIp, Domain: 'vpc', NetworkBorderGroup: region, PublicIpv4Pool: 'amazon' },
    Tags: describeTags(tags),
    ...(association === undefined
      ? {}
      : {
          ...{ AssociationId: association.id, NetworkInterfaceId: association.networkInterfaceId },
          ...{ NetworkInterfaceOwnerId: account, PrivateIpAddress: association.privateIp },
          ...present({ InstanceId: findInstanceOfAddress(state, address) }),
        }),
  };
}

function needId(id: string | undefined, name: string): string {
  if (id === undefined) throw new ServiceError('MissingParameter', `The request must contain the parameter ${name}`);
  return id;
}

/** Describe, allocate, associate, disassociate and release. */
export const addressOperations = [
  readEc2(
    'DescribeAddresses',
    (state, request: Valid<DescribeAddressesRequest>, call): Wire<DescribeAddressesResult> => {
      const { AllocationIds, PublicIps = [], Filters } = request;
      const ids = AllocationIds === undefined ? {} : { ids: AllocationIds };
      const found = [...describeParts(state, call, 'elasticIp', { ...ids, ...readFilters(Filters) }).read()];
      const unknown = PublicIps.find((ip) => !found.some(({ publicIp }) => publicIp === ip));
      if (unknown !== undefined)
        throw new ServiceError('InvalidAddress.NotFound', `Address '${unknown.slice(0, 64)}' not found.`);
      return {
        Addresses: found
          .filter(({ publicIp }) => PublicIps.length === 0 || PublicIps.includes(publicIp))
          .map((address) => describeAddress(address, state)),
      };
    },
  ),
  // Reverse names of elastic IPs, of which there are none.
  describeEc2('DescribeAddressesAttribute', {
    ids: (request: Valid<DescribeAddressesAttributeRequest>) => request.AllocationIds,
    list: (state, call, input) => describeParts(state, call, 'elasticIp', input),
    show: ({ id, publicIp }): Wire<AddressAttribute> => ({ AllocationId: id, PublicIp: publicIp }),
    answer: (Addresses, NextToken): Wire<DescribeAddressesAttributeResult> => ({ Addresses, NextToken }),
  }),
  changeEc2(
    'AllocateAddress',
    allocate,
    (request: Valid<AllocateAddressRequest>) => {
      refuseUnsupported({ ...request }, ['Address', 'CustomerOwnedIpv4Pool', 'IpamPoolId', 'PublicIpv4Pool'], {
        PublicIpv4Pool: 'amazon',
      });
      if (request.Domain === 'standard')
        throw new ServiceError('InvalidParameterValue', 'Addresses are for VPCs: the domain is vpc.');
      return readTags(request.TagSpecifications, 'elastic-ip');
    },
    ({ id, publicIp, region }): Wire<AllocateAddressResult> => ({
      ...{ AllocationId: id, PublicIp: publicIp, Domain: 'vpc', NetworkBorderGroup: region, PublicIpv4Pool: 'amazon' },
    }),
  ),
  changeEc2(
    'ReleaseAddress',
    release,
    ({ AllocationId }: Valid<ReleaseAddressRequest>) => ({ allocationId: needId(AllocationId, 'allocationId') }),
    () => ({}),
  ),
  changeEc2(
    'AssociateAddress',
    associate,
    (request: Valid<AssociateAddressRequest>) => ({
      ...{ allocationId: needId(request.AllocationId, 'allocationId') },
      // In a VPC EC2 lets an address move unless that is forbidden (EC2 API: AssociateAddress).
      allowReassociation: request.AllowReassociation ?? true,
      ...present({
        ...{ instanceId: request.InstanceId, networkInterfaceId: request.NetworkInterfaceId },
        privateIp: request.PrivateIpAddress,
      }),
    }),
    (AssociationId): Wire<AssociateAddressResult> => ({ AssociationId }),
  ),
  changeEc2(
    'DisassociateAddress',
    disassociate,
    ({ AssociationId }: Valid<DisassociateAddressRequest>) => ({
      associationId: needId(AssociationId, 'associationId'),
    }),
    () => ({}),
  ),
];
