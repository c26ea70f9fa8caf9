// An instance in EC2's shape.

import type { GroupIdentifier, Instance as WireInstance, InstanceNetworkInterface } from '@aws-sdk/client-ec2';
import { findThing } from '../../../domain/ec2/index.ts';
import type { State } from '../../../domain/index.ts';
import { listInterfacesOf, profileOf, stateCodeOf } from '../../../domain/instance/index.ts';
import type { Instance, Machine, NetworkInterface } from '../../../domain/records/index.ts';
import type { Wire } from '../../operation.ts';
import { describeGroups, describeNetworkInterface, privateNameOf } from '../network-interfaces.ts';
import { present } from '../optional.ts';
import { describeTags } from '../tags.ts';
import { describeProfile } from './profile-associations.ts';

/** What an instance of the configuration shows in place of what RunInstances would have said. */
const unsaid: Omit<Machine, 'subnetId' | 'networkInterfaceId' | 'reservationId' | 'stateSince' | 'launchedAt'> = {
  ...{ imageId: 'ami-00000000000000000', instanceType: 't3.micro', launchIndex: 0, monitoring: false },
  ...{ state: 'running', disableApiTermination: false, disableApiStop: false, shutdownBehavior: 'stop' },
  ...{ ebsOptimized: false, sourceDestCheck: true, httpTokens: 'optional', hopLimit: 1 },
};

/** An instance; one that has ended has neither addresses nor interfaces. */
export function describeInstance(one: Instance, state: State): Wire<WireInstance> {
  const { id, vpcId, address, createdAt, machine, tags } = one;
  const said = machine ?? unsaid;
  const profile = said.state === 'terminated' ? undefined : profileOf(one);
  const interfaces = listInterfacesOf(state, one);
  const subnetId = interfaces[0]?.subnetId;
  const zone = subnetId === undefined ? undefined : findThing(state, one, 'subnet', subnetId)?.zone;
  const groups: Wire<GroupIdentifier>[] =
    said.state === 'terminated' ? [] : describeGroups(state, one, one.securityGroupIds);
  const publicIp = interfaces[0] && describeNetworkInterface(interfaces[0], state).Association?.PublicIp;
  return {
    ...{ InstanceId: id, ImageId: said.imageId, AmiLaunchIndex: said.launchIndex, Architecture: 'x86_64' },
    // Of the hundreds of types that the SDK knows any may be given.
    InstanceType: said.instanceType as 't3.micro',
    State: { Code: stateCodeOf(said.state), Name: said.state },
    StateTransitionReason: said.state === 'running' ? '' : `User initiated (${formatTime(machine?.stateSince)})`,
    ...(said.state === 'running'
      ? {}
      : {
          StateReason: {
            ...{
              Code: 'Client.UserInitiatedShutdown',
              Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
            },
          },
        }),
    LaunchTime: new Date(machine?.launchedAt ?? createdAt),
    Placement: present({ AvailabilityZone: zone, Tenancy: 'default', GroupName: '' }),
    Monitoring: { State: said.monitoring ? 'enabled' : 'disabled' },
    ...(said.state === 'terminated'
      ? { PrivateDnsName: '', PublicDnsName: '' }
      : {
          ...{
            VpcId: vpcId,
            PrivateIpAddress: address,
            PrivateDnsName: privateNameOf(one, address),
            PublicDnsName: '',
          },
          ...present({ SubnetId: subnetId, PublicIpAddress: publicIp }),
        }),
    ...present({ KeyName: machine?.keyName }),
    ...(profile === undefined ? {} : { IamInstanceProfile: describeProfile(profile, one, state) }),
    ...{ SecurityGroups: groups, SourceDestCheck: said.sourceDestCheck, EbsOptimized: said.ebsOptimized },
    ...{ BlockDeviceMappings: [], RootDeviceName: '/dev/xvda', RootDeviceType: 'ebs', Hypervisor: 'xen' },
    ...{ VirtualizationType: 'hvm', EnaSupport: true, ClientToken: machine?.clientToken ?? '', ProductCodes: [] },
    ...{ PlatformDetails: 'Linux/UNIX', UsageOperation: 'RunInstances', CurrentInstanceBootMode: 'legacy-bios' },
    CpuOptions: { CoreCount: 1, ThreadsPerCore: 2 },
    CapacityReservationSpecification: { CapacityReservationPreference: 'open' },
    ...{ HibernationOptions: { Configured: false }, EnclaveOptions: { Enabled: false } },
    MetadataOptions: {
      ...{ State: 'applied', HttpTokens: said.httpTokens, HttpPutResponseHopLimit: said.hopLimit },
      ...{ HttpEndpoint: 'enabled', HttpProtocolIpv6: 'disabled', InstanceMetadataTags: 'disabled' },
    },
    MaintenanceOptions: { AutoRecovery: 'default' },
    PrivateDnsNameOptions: {
      ...{ HostnameType: 'ip-name', EnableResourceNameDnsARecord: false, EnableResourceNameDnsAAAARecord: false },
    },
    NetworkInterfaces: interfaces.map((each) => describeInterface(each, state)),
    Tags: describeTags(tags),
  };
}

function formatTime(time: number | undefined): string {
  return new Date(time ?? 0).toISOString().replace('T', ' ').replace(/\..*/, ' GMT');
}

function describeInterface(one: NetworkInterface, state: State): Wire<InstanceNetworkInterface> {
  const shown = describeNetworkInterface(one, state);
  const { Attachment, InterfaceType: _type, TagSet: _tags, ...rest } = shown;
  return {
    ...present({
      ...{ NetworkInterfaceId: rest.NetworkInterfaceId, SubnetId: rest.SubnetId, VpcId: rest.VpcId },
      ...{ Description: rest.Description, OwnerId: rest.OwnerId, Status: rest.Status, MacAddress: rest.MacAddress },
      ...{ PrivateIpAddress: rest.PrivateIpAddress, PrivateDnsName: rest.PrivateDnsName, Groups: rest.Groups },
      ...{ SourceDestCheck: rest.SourceDestCheck, PrivateIpAddresses: rest.PrivateIpAddresses },
      ...{ Ipv6Addresses: rest.Ipv6Addresses, Association: rest.Association },
    }),
    InterfaceType: one.interfaceType,
    ...(Attachment === undefined
      ? {}
      : {
          Attachment: present({
            ...{ AttachmentId: Attachment.AttachmentId, DeviceIndex: Attachment.DeviceIndex, NetworkCardIndex: 0 },
            ...{ Status: Attachment.Status, AttachTime: Attachment.AttachTime },
            DeleteOnTermination: Attachment.DeleteOnTermination,
          }),
        }),
  };
}
