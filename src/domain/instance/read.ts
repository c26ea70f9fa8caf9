// DescribeInstances: what it filters by.

import { describeThings, type DescribeInput } from '../ec2/describe.ts';
import type { FilterTable } from '../ec2/filter.ts';
import { findThing, getThing } from '../ec2/resource.ts';
import type { Caller } from '../identifiers.ts';
import type { RecordList } from '../page.ts';
import type { Instance, Machine, NetworkInterface } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { recordsBy, type State } from '../state.ts';

/** An instance of RunInstances. */
export type MachineInstance = Instance & { readonly machine: Machine };

/** What EC2 says of a state (EC2 API: InstanceState). */
const stateCodes = { running: 16, stopped: 80, terminated: 48 } as const;

/** The number of a state. */
export function stateCodeOf(state: Machine['state']): number {
  return stateCodes[state];
}

/** The state of any instance: one of the configuration runs. */
function stateOf({ machine }: Instance): Machine['state'] {
  return machine?.state ?? 'running';
}

/** EC2 API: DescribeInstances. */
const filtersIn = (state: State): FilterTable<Instance> => ({
  'availability-zone': (one) => {
    const subnet = findThing(state, one, 'subnet', one.machine?.subnetId ?? '');
    return subnet === undefined ? [] : [subnet.zone];
  },
  'client-token': ({ machine }) => (machine?.clientToken === undefined ? [] : [machine.clientToken]),
  'image-id': ({ machine }) => (machine === undefined ? [] : [machine.imageId]),
  'instance-id': ({ id }) => [id],
  'instance-state-code': (one) => [String(stateCodes[stateOf(one)])],
  'instance-state-name': (one) => [stateOf(one)],
  'instance-type': ({ machine }) => (machine === undefined ? [] : [machine.instanceType]),
  'instance.group-id': ({ securityGroupIds }) => securityGroupIds,
  'key-name': ({ machine }) => (machine?.keyName === undefined ? [] : [machine.keyName]),
  'network-interface.network-interface-id': ({ machine }) =>
    machine === undefined ? [] : [machine.networkInterfaceId],
  'network-interface.subnet-id': ({ machine }) => (machine === undefined ? [] : [machine.subnetId]),
  'network-interface.vpc-id': ({ vpcId }) => [vpcId],
  'iam-instance-profile.arn': ({ machine }) => (machine?.profileArn === undefined ? [] : [machine.profileArn]),
  'owner-id': ({ account }) => [account],
  'private-ip-address': ({ address }) => [address],
  'reservation-id': ({ machine }) => (machine === undefined ? [] : [machine.reservationId]),
  'subnet-id': ({ machine }) => (machine === undefined ? [] : [machine.subnetId]),
  'vpc-id': ({ vpcId }) => [vpcId],
});

/** The caller's instances by id and filter, those of the configuration too. */
export function describeInstances(state: State, caller: Caller, input: DescribeInput): RecordList<Instance> {
  return describeThings(state, caller, 'instance', filtersIn(state), input);
}

/** The interfaces of an instance, the first one first. */
export function listInterfacesOf(state: State, { id, vpcKey }: Instance): readonly NetworkInterface[] {
  return recordsBy(state, 'networkInterface', 'interfacesByVpc', vpcKey)
    .filter(({ attachment }) => attachment?.instanceId === id)
    .sort((a, b) => (a.attachment?.deviceIndex ?? 0) - (b.attachment?.deviceIndex ?? 0));
}

/** The instance of RunInstances with this id, to do something to it; of any other `OperationNotPermitted`. */
export function getMachine(state: State, caller: Caller, id: string): MachineInstance {
  const instance = getThing(state, caller, 'instance', id);
  const { machine } = instance;
  if (machine !== undefined) return { ...instance, machine };
  throw ec2Refusal(
    'OperationNotPermitted',
    `The instance '${id}' is not one of RunInstances: it is kept by what made it.`,
  );
}
