// RunInstances: records with addresses, security groups and what is said of them. Images and types mean nothing here.

import type { Context, Decided } from '../decision.ts';
import { makeInterface } from '../ec2/network-interface.ts';
import { getThing } from '../ec2/resource.ts';
import { findDefaultSubnet, findDefaultVpc } from '../ec2/default-vpc.ts';
import { newId } from '../identifiers.ts';
import type { Tags } from '../records/base.ts';
import type { Instance, Machine, NetworkInterface, Subnet } from '../records/ec2.ts';
import type { IamInstanceProfile } from '../records/iam.ts';
import { ec2Refusal } from '../refusal.ts';
import { applyChanges, put, type Change, type State } from '../state.ts';
import { wearProfile } from './instance-profile.ts';
import type { MachineInstance } from './read.ts';

/** The most instances of one call. */
const MOST = 1000;

type Said = Omit<
  Machine,
  | ('subnetId' | 'networkInterfaceId' | 'reservationId' | 'launchIndex' | 'state' | 'stateSince' | 'launchedAt')
  | ('profileArn' | 'profileAssociation')
>;

export interface RunInstancesInput {
  readonly minCount: number;
  readonly maxCount: number;
  /** What each of them is. */
  readonly machine: Said;
  /** What it gets its role by. */
  readonly profile?: IamInstanceProfile;
  /** Absent: of the default VPC. */
  readonly subnetId?: string;
  /** Of the default VPC; only without a subnet. */
  readonly zone?: string;
  readonly addresses?: readonly string[];
  /** Absent: the VPC's default group. */
  readonly securityGroupIds?: readonly string[];
  /** One that is there already, in place of subnet, addresses and groups. */
  readonly networkInterfaceId?: string;
  readonly deleteOnTermination?: boolean;
  readonly interfaceDescription?: string;
  readonly tags?: Tags;
  readonly interfaceTags?: Tags;
}

/** The address of the instance before is known. */
type Chosen = RunInstancesInput & { readonly after: string | undefined };

/** As many as there are addresses for, from `minCount` to `maxCount`; all of one reservation. */
export function runInstances(
  state: State,
  input: RunInstancesInput,
  context: Context,
): Decided<readonly MachineInstance[]> {
  const { minCount, maxCount, machine } = input;
  if (minCount < 1 || maxCount < minCount || maxCount > MOST)
    throw ec2Refusal(
      'InvalidParameterValue',
      `Value (${maxCount}) for parameter maxCount is invalid: 1 to ${MOST}, and not below minCount.`,
    );
  if (!/^ami-[0-9a-f]{8,17}$/.test(machine.imageId))
    throw ec2Refusal('InvalidAMIID.Malformed', `Invalid id: "${machine.imageId.slice(0, 255)}" (expecting "ami-...")`);
  const isSingle = input.networkInterfaceId !== undefined || (input.addresses ?? []).length > 0;
  if (isSingle && maxCount > 1)
    throw ec2Refusal('InvalidParameterCombination', 'An address or an interface can be given to one instance only.');
  const reservationId = newId('r', context.random);
  const changes: Change[] = [];
  const made: MachineInstance[] = [];
  let head = state;
  for (let launchIndex = 0; launchIndex < maxCount; launchIndex++) {
    try {
      const after = made.at(-1)?.address;
      const one = makeInstance(head, { ...input, after }, { reservationId, launchIndex }, context);
      changes.push(...one.changes);
      made.push(one.result);
      head = applyChanges(head, one.changes, head.revision);
    } catch (error) {
      if (made.length < minCount) throw error;
      break;
    }
  }
  return { changes, result: made };
}

function makeInstance(
  state: State,
  input: Chosen,
  place: Pick<Machine, 'reservationId' | 'launchIndex'>,
  context: Context,
): Decided<MachineInstance> {
  const { account, region, now } = context;
  const id = newId('i', context.random);
  const own = placeInstance(state, input, id, context);
  const [address = ''] = own.addresses;
  const machine: Machine = {
    ...{ ...input.machine, ...place, subnetId: own.subnetId ?? '', networkInterfaceId: own.id },
    ...{ state: 'running', stateSince: now, launchedAt: now },
    ...(input.profile === undefined ? {} : wearProfile(input.profile, context)),
  };
  const instance: Instance & { readonly machine: Machine } = {
    ...{ account, region, id, createdAt: now, lastUpdatedAt: now, tags: input.tags ?? {} },
    ...{ name: input.tags?.['Name'] ?? id, vpcKey: own.vpcKey, vpcId: own.vpcId, address },
    ...{ securityGroupIds: own.securityGroupIds, machine },
  };
  return { changes: [put('networkInterface', own), put('instance', instance)], result: instance };
}

/** Its interface: a new one, or the one that was made for it. */
function placeInstance(state: State, input: Chosen, instanceId: string, context: Context): NetworkInterface {
  const { networkInterfaceId, addresses = [], securityGroupIds } = input;
  const attachment = {
    ...{ id: newId('eni-attach', context.random), instanceId, deviceIndex: 0, attachedAt: context.now },
    deleteOnTermination: input.deleteOnTermination ?? networkInterfaceId === undefined,
  };
  if (networkInterfaceId === undefined)
    return makeInterface(
      state,
      {
        ...{ subnet: findSubnet(state, input, context), addresses, attachment },
        ...(input.interfaceDescription === undefined ? {} : { description: input.interfaceDescription }),
        ...(input.after === undefined ? {} : { after: input.after }),
        ...(securityGroupIds === undefined ? {} : { securityGroupIds }),
        ...{ sourceDestCheck: input.machine.sourceDestCheck, tags: input.interfaceTags ?? {} },
      },
      context,
    );
  if (input.subnetId !== undefined || securityGroupIds !== undefined || addresses.length > 0)
    throw ec2Refusal(
      'InvalidParameterCombination',
      'Subnet, groups and addresses are those of the interface that is given.',
    );
  const one = getThing(state, context, 'networkInterface', networkInterfaceId);
  if (one.attachment !== undefined || one.requesterManaged)
    throw ec2Refusal('InvalidNetworkInterface.InUse', `Interface: [${one.id}] in use.`);
  return { ...one, attachment };
}

function findSubnet(state: State, { subnetId, zone }: RunInstancesInput, context: Context): Subnet {
  if (subnetId !== undefined) return getThing(state, context, 'subnet', subnetId);
  const vpc = findDefaultVpc(state, context);
  if (vpc === undefined) throw ec2Refusal('VPCIdNotSpecified', 'No default VPC for this user');
  const found = findDefaultSubnet(state, context, zone);
  if (found !== undefined) return found;
  throw ec2Refusal('MissingInput', `No subnets found for the default VPC '${vpc.id}'. Please specify a subnet.`);
}
