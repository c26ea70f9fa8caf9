// Gateways: to the internet, for IPv6 out only, and NAT. Kept and shown; a VPC has no way out here.

import type { Context, Decided } from '../decision.ts';
import { makeInterface, removeInterface } from '../ec2/network-interface.ts';
import { findThing, getThing } from '../ec2/resource.ts';
import { newId } from '../identifiers.ts';
import { keyOfRecord, type Tags } from '../records/base.ts';
import type { EgressOnlyInternetGateway, InternetGateway, NatGateway } from '../records/vpc-part.ts';
import { ec2Refusal } from '../refusal.ts';
import { put, recordsBy, remove, type State } from '../state.ts';
import { inUse, keep, keepChanged, partBase, vpcOf, type Tagged } from './part.ts';

/** CreateInternetGateway: attached to nothing. */
export function createInternetGateway(_state: State, input: Tagged, context: Context): Decided<InternetGateway> {
  return keep(partBase('internetGateway', input, context));
}

interface AttachInput {
  readonly internetGatewayId: string;
  readonly vpcId: string;
}

/** AttachInternetGateway: to one VPC, which has none. */
export function attachInternetGateway(state: State, input: AttachInput, context: Context): Decided<null> {
  const gateway = getThing(state, context, 'internetGateway', input.internetGatewayId);
  const vpc = getThing(state, context, 'vpc', input.vpcId);
  if (gateway.vpcId !== undefined)
    throw ec2Refusal(
      'Resource.AlreadyAssociated',
      `resource ${gateway.id} is already attached to network ${gateway.vpcId}`,
    );
  if (recordsBy(state, 'vpcPart', 'partsByVpc', keyOfRecord(vpc)).some(({ type }) => type === 'internetGateway'))
    throw ec2Refusal('InvalidParameterValue', `Network ${vpc.id} already has an internet gateway attached`);
  return keepChanged({ ...gateway, ...vpcOf(vpc) }, context);
}

/** DetachInternetGateway: `Gateway.NotAttached`; `DependencyViolation` while the VPC has mapped public addresses. */
export function detachInternetGateway(state: State, input: AttachInput, context: Context): Decided<null> {
  const gateway = getThing(state, context, 'internetGateway', input.internetGatewayId);
  const vpc = getThing(state, context, 'vpc', input.vpcId);
  if (gateway.vpcId !== vpc.id)
    throw ec2Refusal('Gateway.NotAttached', `resource ${gateway.id} is not attached to network ${vpc.id}`);
  const { vpcId: _id, vpcKey: _key, ...rest } = gateway;
  return keepChanged(rest, context);
}

/** DeleteInternetGateway: `DependencyViolation` while it is attached. */
export function deleteInternetGateway(
  state: State,
  { internetGatewayId }: { readonly internetGatewayId: string },
  context: Context,
): Decided<null> {
  const gateway = getThing(state, context, 'internetGateway', internetGatewayId);
  if (gateway.vpcId !== undefined) throw inUse(gateway, 'internetGateway');
  return { changes: [remove('vpcPart', gateway)], result: null };
}

/** CreateEgressOnlyInternetGateway. */
export function createEgressOnlyInternetGateway(
  state: State,
  input: Tagged & { readonly vpcId: string },
  context: Context,
): Decided<EgressOnlyInternetGateway> {
  const vpc = getThing(state, context, 'vpc', input.vpcId);
  return keep({ ...partBase('egressOnlyInternetGateway', input, context), ...vpcOf(vpc) });
}

export interface CreateNatGatewayInput {
  readonly subnetId: string;
  readonly connectivity: 'public' | 'private';
  /** Of a public one. */
  readonly allocationId?: string;
  readonly privateIp?: string;
  readonly tags?: Tags;
}

/** CreateNatGateway: with an interface of its own in the subnet; a public one takes an elastic IP. */
export function createNatGateway(state: State, input: CreateNatGatewayInput, context: Context): Decided<NatGateway> {
  const { subnetId, connectivity, allocationId, privateIp } = input;
  const subnet = getThing(state, context, 'subnet', subnetId);
  if (connectivity === 'public' && allocationId === undefined)
    throw ec2Refusal('MissingParameter', 'The request must contain the parameter AllocationId');
  if (connectivity === 'private' && allocationId !== undefined)
    throw ec2Refusal('InvalidParameterCombination', 'A private NAT gateway has no elastic IP address.');
  const address = allocationId === undefined ? undefined : getThing(state, context, 'elasticIp', allocationId);
  if (address?.association !== undefined)
    throw ec2Refusal('Resource.AlreadyAssociated', `Elastic IP address [${address.id}] is already associated`);
  const base = partBase('natGateway', input, context);
  const own = makeInterface(
    state,
    {
      subnet,
      ...{ description: `Interface for NAT Gateway ${base.id}`, interfaceType: 'nat_gateway', requesterManaged: true },
      ...(privateIp === undefined ? {} : { addresses: [privateIp] }),
      ...{ sourceDestCheck: false },
      attachment: {
        ...{ id: newId('eni-attach', context.random), deviceIndex: 1, deleteOnTermination: false },
        attachedAt: context.now,
      },
    },
    context,
  );
  const [primary = ''] = own.addresses;
  const gateway: NatGateway = {
    ...base,
    ...{ vpcKey: subnet.vpcKey, vpcId: subnet.vpcId, subnetId, connectivity, networkInterfaceId: own.id },
    privateIp: primary,
    ...(allocationId === undefined ? {} : { allocationId }),
  };
  const association = { id: newId('eipassoc', context.random), networkInterfaceId: own.id, privateIp: primary };
  return {
    changes: [
      put('networkInterface', own),
      put('vpcPart', gateway),
      ...(address === undefined ? [] : [put('vpcPart', { ...address, association })]),
    ],
    result: gateway,
  };
}

/** DeleteNatGateway: its interface goes with it, its elastic IP is free again. Result: the gateway that is gone. */
export function deleteNatGateway(
  state: State,
  { natGatewayId }: { readonly natGatewayId: string },
  context: Context,
): Decided<NatGateway> {
  const gateway = getThing(state, context, 'natGateway', natGatewayId);
  const own = findThing(state, context, 'networkInterface', gateway.networkInterfaceId);
  return {
    changes: [remove('vpcPart', gateway), ...(own === undefined ? [] : removeInterface(state, own))],
    result: gateway,
  };
}
