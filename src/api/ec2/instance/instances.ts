// The calls of instances beside RunInstances.

import type {
  DescribeImagesRequest,
  DescribeImagesResult,
  DescribeInstanceAttributeRequest,
  DescribeInstanceCreditSpecificationsRequest,
  DescribeInstanceCreditSpecificationsResult,
  DescribeInstancesRequest,
  DescribeInstancesResult,
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResult,
  DescribeInstanceTypesRequest,
  DescribeInstanceTypesResult,
  DescribeVolumesResult,
  InstanceAttribute,
  InstanceStateChange,
  InstanceStatus,
  InstanceTypeInfo,
  ModifyInstanceAttributeRequest,
  ModifyInstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsResult,
  RebootInstancesRequest,
  StartInstancesRequest,
} from '@aws-sdk/client-ec2';
import { ServiceError, type Call } from '../../../aws/index.ts';
import { findThing, getThing } from '../../../domain/ec2/index.ts';
import type { Decision } from '../../../domain/index.ts';
import {
  describeInstances,
  getMachine,
  modifyInstance,
  rebootInstances,
  startInstances,
  stateCodeOf,
  stopInstances,
  terminateInstances,
  type InstanceChange,
  type StateChange,
} from '../../../domain/instance/index.ts';
import type { Instance } from '../../../domain/records/index.ts';
import type { Operation, Valid, Wire } from '../../operation.ts';
import { changeEc2 } from '../change-ec2.ts';
import type { Ec2Deps } from '../deps.ts';
import { readDescribe } from '../describe-input.ts';
import { describeGroups } from '../network-interfaces.ts';
import { paginateEc2 } from '../page-ec2.ts';
import { readEc2 } from '../read-ec2.ts';
import { describeInstance } from './describe-instance.ts';
import { runInstances } from './run-instances.ts';

const asState = (name: StateChange['before']) => ({ Code: stateCodeOf(name), Name: name });

function describeChange({ id, before, after }: StateChange): Wire<InstanceStateChange> {
  return { InstanceId: id, PreviousState: asState(before), CurrentState: asState(after) };
}

/** StartInstances, StopInstances or TerminateInstances. */
function changeState(
  verb: 'Start' | 'Stop' | 'Terminate',
  decision: Decision<{ readonly instanceIds: readonly string[] }, readonly StateChange[]>,
): Operation<Ec2Deps> {
  return changeEc2(
    `${verb}Instances`,
    decision,
    ({ InstanceIds }: Valid<StartInstancesRequest>) => ({ instanceIds: InstanceIds }),
    (changes) => ({
      [verb === 'Start' ? 'StartingInstances' : verb === 'Stop' ? 'StoppingInstances' : 'TerminatingInstances']:
        changes.map(describeChange),
    }),
  );
}

/** One attribute; ModifyInstanceAttribute names it by a member of its own, or by `Attribute` and `Value`. */
function readChange(request: Valid<ModifyInstanceAttributeRequest>): InstanceChange {
  const { Attribute, Value } = request;
  const truth = (own: boolean | undefined, name: string): boolean | undefined =>
    own ?? (Attribute === name && Value !== undefined ? Value === 'true' : undefined);
  const text = (own: string | undefined, name: string): string | undefined =>
    own ?? (Attribute === name ? Value : undefined);
  if (request.Groups !== undefined) return { kind: 'groups', securityGroupIds: request.Groups };
  const flags = [
    ['disableApiTermination', request.DisableApiTermination?.Value],
    ['disableApiStop', request.DisableApiStop?.Value],
    ['sourceDestCheck', request.SourceDestCheck?.Value],
    ['ebsOptimized', request.EbsOptimized?.Value],
  ] as const;
  for (const [kind, own] of flags) {
    const value = truth(own, kind);
    if (value !== undefined) return { kind, value };
  }
  const behavior = text(request.InstanceInitiatedShutdownBehavior?.Value, 'instanceInitiatedShutdownBehavior');
  if (behavior === 'stop' || behavior === 'terminate') return { kind: 'shutdownBehavior', value: behavior };
  const type = text(request.InstanceType?.Value, 'instanceType');
  if (type !== undefined) return { kind: 'instanceType', value: type };
  const { UserData } = request;
  const userData =
    UserData?.Value === undefined ? text(undefined, 'userData') : Buffer.from(UserData.Value).toString('base64');
  if (userData !== undefined) return { kind: 'userData', value: userData };
  throw new ServiceError('InvalidParameterCombination', 'No attribute is given that can be changed here.');
}

/** What DescribeInstanceAttribute shows of each attribute; of others nothing. */
function describeAttribute(one: Instance, attribute: string): Wire<InstanceAttribute> {
  const { machine } = one;
  const flags: Readonly<Record<string, Wire<InstanceAttribute>>> = {
    disableApiTermination: { DisableApiTermination: { Value: machine?.disableApiTermination ?? false } },
    disableApiStop: { DisableApiStop: { Value: machine?.disableApiStop ?? false } },
    ebsOptimized: { EbsOptimized: { Value: machine?.ebsOptimized ?? false } },
    sourceDestCheck: { SourceDestCheck: { Value: machine?.sourceDestCheck ?? true } },
    instanceInitiatedShutdownBehavior: {
      InstanceInitiatedShutdownBehavior: { Value: machine?.shutdownBehavior ?? 'stop' },
    },
    instanceType: { InstanceType: { Value: machine?.instanceType ?? 't3.micro' } },
    userData: { UserData: machine?.userData === undefined ? {} : { Value: machine.userData } },
    rootDeviceName: { RootDeviceName: { Value: '/dev/xvda' } },
    enaSupport: { EnaSupport: { Value: true } },
    enclaveOptions: { EnclaveOptions: { Enabled: false } },
    blockDeviceMapping: { BlockDeviceMappings: [] },
    productCodes: { ProductCodes: [] },
    ...{ kernel: {}, ramdisk: {}, sriovNetSupport: {} },
  };
  const shown = Object.hasOwn(flags, attribute) ? flags[attribute] : undefined;
  if (shown === undefined)
    throw new ServiceError(
      'InvalidParameterValue',
      `Value (${attribute.slice(0, 64)}) for parameter attribute is invalid. Unknown attribute.`,
    );
  return shown;
}

/** A small table: of types that are often named, processors and memory in GiB. */
const types: Readonly<Record<string, readonly [cpus: number, memory: number]>> = {
  ...{ 't2.micro': [1, 1], 't2.small': [1, 2], 't2.medium': [2, 4], 't3.nano': [2, 0.5], 't3.micro': [2, 1] },
  ...{ 't3.small': [2, 2], 't3.medium': [2, 4], 't3.large': [2, 8], 't3a.micro': [2, 1], 't4g.micro': [2, 1] },
  ...{ 'm5.large': [2, 8], 'm5.xlarge': [4, 16], 'm6i.large': [2, 8], 'c5.large': [2, 4], 'r5.large': [2, 16] },
};

function describeType(name: string, [cpus, memory]: readonly [number, number]): Wire<InstanceTypeInfo> {
  return {
    InstanceType: name as 't3.micro',
    ...{ CurrentGeneration: !name.startsWith('t2'), FreeTierEligible: name === 't2.micro' || name === 't3.micro' },
    ...{
      SupportedUsageClasses: ['on-demand'],
      SupportedRootDeviceTypes: ['ebs'],
      SupportedVirtualizationTypes: ['hvm'],
    },
    ...{ BareMetal: false, Hypervisor: 'nitro', InstanceStorageSupported: false, HibernationSupported: false },
    ProcessorInfo: { SupportedArchitectures: [name.startsWith('t4g') ? 'arm64' : 'x86_64'] },
    VCpuInfo: { DefaultVCpus: cpus, DefaultCores: Math.max(1, cpus / 2), DefaultThreadsPerCore: cpus > 1 ? 2 : 1 },
    MemoryInfo: { SizeInMiB: memory * 1024 },
    EbsInfo: { EbsOptimizedSupport: 'default', EncryptionSupport: 'supported' },
    NetworkInfo: {
      MaximumNetworkInterfaces: 4,
      Ipv4AddressesPerInterface: 15,
      Ipv6Supported: false,
      EnaSupport: 'supported',
    },
    ...{
      BurstablePerformanceSupported: name.startsWith('t'),
      DedicatedHostsSupported: false,
      AutoRecoverySupported: true,
    },
  };
}

function describeStatus(one: Instance, zone: string | undefined): Wire<InstanceStatus> {
  const running = (one.machine?.state ?? 'running') === 'running';
  const status = { Status: running ? ('ok' as const) : ('not-applicable' as const), Details: [] };
  return {
    ...{ InstanceId: one.id, InstanceState: asState(one.machine?.state ?? 'running'), Events: [] },
    ...(zone === undefined ? {} : { AvailabilityZone: zone }),
    ...{ InstanceStatus: status, SystemStatus: status },
  };
}

/** Instances and what clients read beside them. */
export const instanceOperations: readonly Operation<Ec2Deps>[] = [
  runInstances,
  readEc2(
    'DescribeInstances',
    (state, request: Valid<DescribeInstancesRequest>, call): Wire<DescribeInstancesResult> => {
      const found = describeInstances(state, call, readDescribe(request.InstanceIds, request.Filters));
      const { items, nextToken } = paginateEc2(found, request);
      const reservations = Map.groupBy(items, ({ id, machine }) => machine?.reservationId ?? id.replace(/^i-/, 'r-'));
      return {
        Reservations: [...reservations].map(([ReservationId, instances]) => ({
          ...{ ReservationId, OwnerId: call.account, Groups: [] },
          Instances: instances.map((one) => describeInstance(one, state)),
        })),
        NextToken: nextToken,
      };
    },
  ),
  readEc2(
    'DescribeInstanceStatus',
    (state, request: Valid<DescribeInstanceStatusRequest>, call): Wire<DescribeInstanceStatusResult> => {
      const { InstanceIds, Filters, IncludeAllInstances = false } = request;
      const all = describeInstances(state, call, readDescribe(InstanceIds, Filters));
      const list = IncludeAllInstances
        ? all
        : describeInstances(state, call, {
            ...readDescribe(InstanceIds, Filters),
            filters: [
              ...(readDescribe(InstanceIds, Filters).filters ?? []),
              { name: 'instance-state-name', values: ['running'] },
            ],
          });
      const { items, nextToken } = paginateEc2(list, request);
      return {
        InstanceStatuses: items.map((one) =>
          describeStatus(one, findThing(state, one, 'subnet', one.machine?.subnetId ?? '')?.zone),
        ),
        NextToken: nextToken,
      };
    },
  ),
  changeState('Start', startInstances),
  changeState('Stop', stopInstances),
  changeState('Terminate', terminateInstances),
  changeEc2(
    'RebootInstances',
    rebootInstances,
    ({ InstanceIds }: Valid<RebootInstancesRequest>) => ({ instanceIds: InstanceIds }),
    () => ({}),
  ),
  readEc2(
    'DescribeInstanceAttribute',
    (state, { InstanceId, Attribute }: Valid<DescribeInstanceAttributeRequest>, call): Wire<InstanceAttribute> => {
      const one = getThing(state, call, 'instance', InstanceId);
      if (Attribute === 'groupSet')
        return { InstanceId: one.id, Groups: describeGroups(state, one, one.securityGroupIds) };
      return { InstanceId: one.id, ...describeAttribute(one, Attribute) };
    },
  ),
  changeEc2(
    'ModifyInstanceAttribute',
    modifyInstance,
    (request: Valid<ModifyInstanceAttributeRequest>) => ({
      instanceId: request.InstanceId,
      change: readChange(request),
    }),
    () => ({}),
  ),
  changeEc2(
    'ModifyInstanceMetadataOptions',
    (
      state,
      { InstanceId, HttpTokens, HttpPutResponseHopLimit }: Valid<ModifyInstanceMetadataOptionsRequest>,
      context,
    ) => {
      const { machine } = getMachine(state, context, InstanceId);
      const { httpTokens, hopLimit } = machine;
      const value = { httpTokens: HttpTokens ?? httpTokens, hopLimit: HttpPutResponseHopLimit ?? hopLimit };
      return modifyInstance(state, { instanceId: InstanceId, change: { kind: 'metadata', value } }, context);
    },
    (request: Valid<ModifyInstanceMetadataOptionsRequest>) => request,
    (): Wire<ModifyInstanceMetadataOptionsResult> => ({}),
  ),
  readEc2(
    'DescribeInstanceTypes',
    (_state, request: Valid<DescribeInstanceTypesRequest>): Wire<DescribeInstanceTypesResult> => {
      const { InstanceTypes = [] } = request;
      const unknown = InstanceTypes.find((name) => !Object.hasOwn(types, name));
      if (unknown !== undefined)
        throw new ServiceError(
          'InvalidInstanceType',
          `The following supplied instance types do not exist: [${unknown}]`,
        );
      const wanted: readonly string[] = InstanceTypes;
      return {
        InstanceTypes: Object.entries(types)
          .filter(([name]) => wanted.length === 0 || wanted.includes(name))
          .map(([name, size]) => describeType(name, size)),
      };
    },
  ),
  readEc2('DescribeImages', (_state, request: Valid<DescribeImagesRequest>): Wire<DescribeImagesResult> => ({
    Images: (request.ImageIds ?? []).map((ImageId) => describeImage(ImageId)),
  })),
  // Instances have no disks and no credits.
  readEc2('DescribeVolumes', (): Wire<DescribeVolumesResult> => ({ Volumes: [] })),
  readEc2(
    'DescribeInstanceCreditSpecifications',
    (
      state,
      request: Valid<DescribeInstanceCreditSpecificationsRequest>,
      call: Call,
    ): Wire<DescribeInstanceCreditSpecificationsResult> => ({
      InstanceCreditSpecifications: (request.InstanceIds ?? []).map((id) => ({
        ...{ InstanceId: getThing(state, call, 'instance', id).id, CpuCredits: 'unlimited' },
      })),
    }),
  ),
];

/** Images are taken as they are named: one that is asked for by its id is there. */
function describeImage(ImageId: string) {
  if (!/^ami-[0-9a-f]{8,17}$/.test(ImageId))
    throw new ServiceError('InvalidAMIID.Malformed', `Invalid id: "${ImageId.slice(0, 255)}" (expecting "ami-...")`);
  return {
    ...{ ImageId, Name: ImageId, State: 'available' as const, OwnerId: 'amazon', Architecture: 'x86_64' as const },
    ...{
      RootDeviceType: 'ebs' as const,
      RootDeviceName: '/dev/xvda',
      VirtualizationType: 'hvm' as const,
      Public: true,
    },
    ...{ ImageType: 'machine' as const, Hypervisor: 'xen' as const, BlockDeviceMappings: [], EnaSupport: true },
  };
}
