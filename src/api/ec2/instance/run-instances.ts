// RunInstances.

import type {
  InstanceNetworkInterfaceSpecification,
  Reservation,
  RunInstancesRequest,
  Tag,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../../../aws/index.ts';
import { getProfile, runInstances as decide } from '../../../domain/instance/index.ts';
import type { Context } from '../../../domain/index.ts';
import type { Valid, Wire } from '../../operation.ts';
import { changeEc2Once } from '../change-ec2-once.ts';
import { readAddresses } from '../network-interfaces.ts';
import { present } from '../optional.ts';
import { readTagList } from '../tags.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { describeInstance } from './describe-instance.ts';
import { readProfile } from './profile-associations.ts';

/** What would do something on AWS and does nothing here. Disks, processors and prices are taken as they come: nothing runs on them. */
const unsupported = [
  ...['Ipv6AddressCount', 'Ipv6Addresses', 'LaunchTemplate', 'InstanceMarketOptions', 'SecurityGroups'],
  ...['EnablePrimaryIpv6', 'SecondaryInterfaces'],
];

/** The types of resource that the tags of the call may be for. */
const taggable = ['instance', 'network-interface', 'volume', 'spot-instances-request', 'elastic-gpu'];

function readTagsFor(
  specifications: readonly Valid<TagSpecification>[] = [],
  type: string,
): Readonly<Record<string, string>> {
  const wrong = specifications.find(({ ResourceType }) => !taggable.includes(ResourceType ?? ''));
  if (wrong !== undefined)
    throw new ServiceError(
      'InvalidParameterValue',
      `'${wrong.ResourceType}' is not a valid taggable resource type for this operation.`,
    );
  const tags: readonly Valid<Tag>[] = specifications.flatMap(({ ResourceType, Tags = [] }) =>
    ResourceType === type ? Tags : [],
  );
  return readTagList(tags);
}

/** Where the instances stand: by members of the request, or by its only interface. */
function readPlace(request: Valid<RunInstancesRequest>) {
  const { NetworkInterfaces = [], SubnetId, SecurityGroupIds, Placement } = request;
  const [first, ...others] = NetworkInterfaces;
  if (first === undefined)
    return {
      addresses: readAddresses(request),
      ...present({ subnetId: SubnetId, securityGroupIds: SecurityGroupIds, zone: Placement?.AvailabilityZone }),
    };
  if (others.length > 0)
    throw new ServiceError('UnsupportedOperation', 'Further interfaces are attached after the instance is made.');
  if (SubnetId !== undefined || SecurityGroupIds !== undefined || request.PrivateIpAddress !== undefined)
    throw new ServiceError(
      'InvalidParameterCombination',
      'Network interfaces and an instance-level subnet ID, security groups or address may not be specified on the same request',
    );
  return readInterface(first);
}

function readInterface(first: Valid<InstanceNetworkInterfaceSpecification>) {
  if ((first.DeviceIndex ?? 0) !== 0)
    throw new ServiceError('InvalidParameterValue', 'The first interface has the device index 0.');
  return {
    addresses: readAddresses(first),
    ...present({
      ...{ subnetId: first.SubnetId, securityGroupIds: first.Groups, networkInterfaceId: first.NetworkInterfaceId },
      ...{ deleteOnTermination: first.DeleteOnTermination, interfaceDescription: first.Description },
    }),
  };
}

/** Makes instances. */
export const runInstances = changeEc2Once(
  'RunInstances',
  (state, { profile, ...input }: ReturnType<typeof readRun>, context: Context) => {
    const worn = profile === undefined ? {} : { profile: getProfile(state, context, profile) };
    return decide(state, { ...input, ...worn }, context);
  },
  readRun,
  (instances, state): Wire<Reservation> => ({
    ...{ ReservationId: instances[0]?.machine.reservationId, OwnerId: instances[0]?.account, Groups: [] },
    Instances: instances.map((one) => describeInstance(one, state)),
  }),
);

function readRun(request: Valid<RunInstancesRequest>) {
  refuseUnsupported({ ...request }, unsupported, { Ipv6AddressCount: 0 });
  const { ImageId, InstanceType = 'm1.small', MetadataOptions, IamInstanceProfile, TagSpecifications } = request;
  if (ImageId === undefined)
    throw new ServiceError('MissingParameter', 'The request must contain the parameter ImageId');
  return {
    ...{ minCount: request.MinCount, maxCount: request.MaxCount, ...readPlace(request) },
    machine: {
      ...{ imageId: ImageId, instanceType: InstanceType as string },
      ...present({ keyName: request.KeyName, userData: request.UserData, clientToken: request.ClientToken }),
      ...{ disableApiTermination: request.DisableApiTermination ?? false },
      ...{ disableApiStop: request.DisableApiStop ?? false, ebsOptimized: request.EbsOptimized ?? false },
      shutdownBehavior: request.InstanceInitiatedShutdownBehavior ?? ('stop' as const),
      ...{ monitoring: request.Monitoring?.Enabled ?? false, sourceDestCheck: true },
      httpTokens: MetadataOptions?.HttpTokens ?? ('optional' as const),
      hopLimit: MetadataOptions?.HttpPutResponseHopLimit ?? 1,
    },
    ...(IamInstanceProfile === undefined ? {} : { profile: readProfile(IamInstanceProfile) }),
    ...{ tags: readTagsFor(TagSpecifications, 'instance') },
    interfaceTags: readTagsFor(TagSpecifications, 'network-interface'),
  };
}
