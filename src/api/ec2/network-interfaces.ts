// The calls of network interfaces.

import { createHash } from 'node:crypto';
import type {
  AssignPrivateIpAddressesRequest,
  AssignPrivateIpAddressesResult,
  AttachNetworkInterfaceRequest,
  AttachNetworkInterfaceResult,
  CreateNetworkInterfaceRequest,
  CreateNetworkInterfaceResult,
  DeleteNetworkInterfaceRequest,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  DetachNetworkInterfaceRequest,
  GroupIdentifier,
  ModifyNetworkInterfaceAttributeRequest,
  NetworkInterface as WireInterface,
  UnassignPrivateIpAddressesRequest,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../../aws/index.ts';
import { findThing, zoneId } from '../../domain/ec2/index.ts';
import type { State } from '../../domain/index.ts';
import {
  assignAddresses,
  attachInterface,
  createNetworkInterface as create,
  deleteNetworkInterface as drop,
  describeNetworkInterfaces as list,
  detachInterface,
  modifyNetworkInterface as modify,
  unassignAddresses,
} from '../../domain/network-interface/index.ts';
import type { BaseRecord, NetworkInterface } from '../../domain/records/index.ts';
import { findElasticIpsOf } from '../../domain/vpc-part/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { changeEc2 } from './change-ec2.ts';
import { changeEc2Once } from './change-ec2-once.ts';
import { describeEc2 } from './describe-things.ts';
import { present } from './optional.ts';
import { describeTags, readTags } from './tags.ts';
import { refuseUnsupported } from './unsupported.ts';

/** The hardware address of an interface, locally administered, which follows from its id. */
export function macAddressOf(id: string): string {
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 10);
  return `02:${(hash.match(/../g) ?? []).join(':')}`;
}

/** Groups with their names. */
export function describeGroups(state: State, owner: BaseRecord, ids: readonly string[]): Wire<GroupIdentifier>[] {
  return ids.map((GroupId) => ({
    ...{ GroupId, GroupName: findThing(state, owner, 'securityGroup', GroupId)?.name ?? '' },
  }));
}

/** The name that an address has in its VPC. */
export function privateNameOf({ region }: { readonly region: string }, address: string): string {
  const zone = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
  return `ip-${address.replaceAll('.', '-')}.${zone}`;
}

/** An interface in EC2's shape. */
export function describeNetworkInterface(one: NetworkInterface, state: State): Wire<WireInterface> {
  const { id, account, addresses, attachment, description, securityGroupIds, subnetId, vpcId, requesterManaged } = one;
  const [primary = ''] = addresses;
  const zone = subnetId === undefined ? undefined : findThing(state, one, 'subnet', subnetId)?.zone;
  const elastic = new Map(findElasticIpsOf(state, one).map((address) => [address.association?.privateIp, address]));
  const associationOf = (address: string) => {
    const found = elastic.get(address);
    return found?.association === undefined
      ? {}
      : {
          Association: {
            ...{ AllocationId: found.id, AssociationId: found.association.id, PublicIp: found.publicIp },
            ...{ IpOwnerId: account, PublicDnsName: '' },
          },
        };
  };
  return {
    ...{
      NetworkInterfaceId: id,
      VpcId: vpcId,
      OwnerId: account,
      Description: description,
      MacAddress: macAddressOf(id),
    },
    ...present({ SubnetId: subnetId, AvailabilityZone: zone }),
    ...(zone === undefined ? {} : { AvailabilityZoneId: zoneId(zone) }),
    // EC2 says `nat_gateway`, where its own enumeration says `natGateway`.
    ...{
      InterfaceType: one.interfaceType as 'interface',
      RequesterManaged: requesterManaged,
      SourceDestCheck: one.sourceDestCheck,
    },
    ...{ Status: attachment === undefined ? 'available' : 'in-use', TagSet: describeTags(one.tags) },
    ...{ PrivateIpAddress: primary, PrivateDnsName: privateNameOf(one, primary) },
    Groups: describeGroups(state, one, securityGroupIds),
    PrivateIpAddresses: addresses.map((address, index) => ({
      ...{ PrivateIpAddress: address, Primary: index === 0, PrivateDnsName: privateNameOf(one, address) },
      ...associationOf(address),
    })),
    Ipv6Addresses: [],
    Ipv4Prefixes: one.ipv4Prefixes.map((Ipv4Prefix) => ({ Ipv4Prefix })),
    ...associationOf(primary),
    ...(attachment === undefined
      ? {}
      : {
          Attachment: {
            ...{ AttachmentId: attachment.id, DeviceIndex: attachment.deviceIndex, Status: 'attached' },
            ...{ AttachTime: new Date(attachment.attachedAt), DeleteOnTermination: attachment.deleteOnTermination },
            ...(attachment.instanceId === undefined
              ? { InstanceOwnerId: 'amazon-aws' }
              : { InstanceId: attachment.instanceId, InstanceOwnerId: account, NetworkCardIndex: 0 }),
          },
        }),
  };
}

type Addresses = Pick<Valid<CreateNetworkInterfaceRequest>, 'PrivateIpAddress' | 'PrivateIpAddresses'>;

/** The addresses that a request names, the primary one first. */
export function readAddresses({ PrivateIpAddress, PrivateIpAddresses = [] }: Addresses): readonly string[] {
  const primary = PrivateIpAddresses.find(({ Primary }) => Primary === true)?.PrivateIpAddress ?? PrivateIpAddress;
  const all = [primary, ...PrivateIpAddresses.map((one) => one.PrivateIpAddress)];
  return [...new Set(all)].filter((one) => one !== undefined);
}

/** Of two calls that have none. */
interface Dry {
  readonly DryRun?: boolean | undefined;
}

const unsupported = [
  ...['EnablePrimaryIpv6', 'Ipv4PrefixCount', 'Ipv4Prefixes', 'Ipv6AddressCount', 'Ipv6Addresses', 'Ipv6PrefixCount'],
  ...['Ipv6Prefixes', 'ConnectionTrackingSpecification', 'Operator'],
];

/** Describe, create, modify, attach, detach and delete. */
export const networkInterfaceOperations = [
  describeEc2('DescribeNetworkInterfaces', {
    ids: (request: Valid<DescribeNetworkInterfacesRequest>) => request.NetworkInterfaceIds,
    list,
    show: describeNetworkInterface,
    answer: (NetworkInterfaces, NextToken): Wire<DescribeNetworkInterfacesResult> => ({ NetworkInterfaces, NextToken }),
  }),
  changeEc2Once(
    'CreateNetworkInterface',
    create,
    (request: Valid<CreateNetworkInterfaceRequest>) => {
      refuseUnsupported({ ...request }, unsupported, { Ipv4PrefixCount: 0, Ipv6AddressCount: 0, Ipv6PrefixCount: 0 });
      if (request.InterfaceType !== undefined && String(request.InterfaceType) !== 'interface')
        throw new ServiceError('UnsupportedOperation', 'Interfaces of this type are not supported here.');
      return {
        subnetId: request.SubnetId,
        addresses: readAddresses(request),
        ...present({
          ...{ description: request.Description, securityGroupIds: request.Groups },
          secondaryCount: request.SecondaryPrivateIpAddressCount,
        }),
        ...readTags(request.TagSpecifications, 'network-interface'),
      };
    },
    (one, state, ClientToken): Wire<CreateNetworkInterfaceResult> => ({
      NetworkInterface: describeNetworkInterface(one, state),
      ...present({ ClientToken }),
    }),
  ),
  changeEc2(
    'DeleteNetworkInterface',
    drop,
    ({ NetworkInterfaceId }: Valid<DeleteNetworkInterfaceRequest>) => ({ networkInterfaceId: NetworkInterfaceId }),
    () => ({}),
  ),
  changeEc2(
    'ModifyNetworkInterfaceAttribute',
    modify,
    (request: Valid<ModifyNetworkInterfaceAttributeRequest>) => {
      refuseUnsupported({ ...request }, [
        'EnaSrdSpecification',
        'EnablePrimaryIpv6',
        'ConnectionTrackingSpecification',
      ]);
      const { AttachmentId, DeleteOnTermination } = request.Attachment ?? {};
      return {
        networkInterfaceId: request.NetworkInterfaceId,
        ...present({
          ...{ description: request.Description?.Value, sourceDestCheck: request.SourceDestCheck?.Value },
          securityGroupIds: request.Groups,
        }),
        ...(AttachmentId === undefined || DeleteOnTermination === undefined
          ? {}
          : { deleteOnTermination: { attachmentId: AttachmentId, value: DeleteOnTermination } }),
      };
    },
    () => ({}),
  ),
  changeEc2(
    'AssignPrivateIpAddresses',
    assignAddresses,
    (request: Valid<AssignPrivateIpAddressesRequest & Dry>) => {
      refuseUnsupported({ ...request }, ['Ipv4Prefixes', 'Ipv4PrefixCount']);
      return {
        networkInterfaceId: request.NetworkInterfaceId,
        ...present({ addresses: request.PrivateIpAddresses, count: request.SecondaryPrivateIpAddressCount }),
      };
    },
    (addresses): Wire<AssignPrivateIpAddressesResult> => ({
      AssignedPrivateIpAddresses: addresses.map((PrivateIpAddress) => ({ PrivateIpAddress })),
    }),
  ),
  changeEc2(
    'UnassignPrivateIpAddresses',
    unassignAddresses,
    ({ NetworkInterfaceId, PrivateIpAddresses = [] }: Valid<UnassignPrivateIpAddressesRequest & Dry>) => ({
      ...{ networkInterfaceId: NetworkInterfaceId, addresses: PrivateIpAddresses },
    }),
    () => ({}),
  ),
  changeEc2(
    'AttachNetworkInterface',
    attachInterface,
    ({ NetworkInterfaceId, InstanceId, DeviceIndex }: Valid<AttachNetworkInterfaceRequest>) => ({
      ...{ networkInterfaceId: NetworkInterfaceId, instanceId: InstanceId, deviceIndex: DeviceIndex },
    }),
    (AttachmentId): Wire<AttachNetworkInterfaceResult> => ({ AttachmentId, NetworkCardIndex: 0 }),
  ),
  changeEc2(
    'DetachNetworkInterface',
    detachInterface,
    ({ AttachmentId }: Valid<DetachNetworkInterfaceRequest>) => ({ attachmentId: AttachmentId }),
    () => ({}),
  ),
];
