// Elastic IPs: addresses of the documentation ranges (RFC 5737), which nobody reaches; kept and shown.

import { cidrAddress, parseCidr } from '../../base/cidr.ts';
import type { Context, Decided } from '../decision.ts';
import { findThing, getThing } from '../ec2/resource.ts';
import { newId, type Caller } from '../identifiers.ts';
import type { NetworkInterface } from '../records/ec2.ts';
import type { ElasticIp } from '../records/vpc-part.ts';
import { ec2Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { recordsBy, remove, type State } from '../state.ts';
import { keep, keepChanged, partBase, type Tagged } from './part.ts';

const pool: readonly string[] = ['203.0.113.0/24', '198.51.100.0/24', '192.0.2.0/24'].flatMap((text) => {
  const range = parseCidr(text);
  return range === undefined ? [] : Array.from({ length: 254 }, (_, index) => cidrAddress(range, index + 1));
});

/** The elastic IPs of the caller. */
function listOwn(state: State, caller: Caller): readonly ElasticIp[] {
  return recordsBy(state, 'vpcPart', 'owned', ownedIndexValue('elasticIp', caller)).filter(
    (part) => part.type === 'elasticIp',
  );
}

/** AllocateAddress: the first free one of 762 that all accounts share; `AddressLimitExceeded` when all are taken. */
export function allocateAddress(state: State, input: Tagged, context: Context): Decided<ElasticIp> {
  const taken = new Set<string>();
  for (const part of state.tables.vpcPart.values()) if (part.type === 'elasticIp') taken.add(part.publicIp);
  const publicIp = pool.find((address) => !taken.has(address));
  if (publicIp === undefined)
    throw ec2Refusal('AddressLimitExceeded', 'The maximum number of addresses has been reached.');
  return keep({ ...partBase('elasticIp', input, context), publicIp });
}

/** ReleaseAddress: `InvalidIPAddress.InUse` while it is associated. */
export function releaseAddress(
  state: State,
  { allocationId }: { readonly allocationId: string },
  context: Context,
): Decided<null> {
  const address = getThing(state, context, 'elasticIp', allocationId);
  if (address.association !== undefined)
    throw ec2Refusal('InvalidIPAddress.InUse', `Address ${address.publicIp} is in use.`);
  return { changes: [remove('vpcPart', address)], result: null };
}

export interface AssociateAddressInput {
  readonly allocationId: string;
  /** One of both. */
  readonly instanceId?: string;
  readonly networkInterfaceId?: string;
  /** Absent: the primary one of the interface. */
  readonly privateIp?: string;
  readonly allowReassociation: boolean;
}

/** AssociateAddress: `Resource.AlreadyAssociated` where it moves and may not. Result: the association's id. */
export function associateAddress(state: State, input: AssociateAddressInput, context: Context): Decided<string> {
  const address = getThing(state, context, 'elasticIp', input.allocationId);
  const target = findTarget(state, context, input);
  const [primary = ''] = target.addresses;
  const { privateIp = primary } = input;
  if (!target.addresses.includes(privateIp))
    throw ec2Refusal('InvalidParameterValue', `You must specify an address that the interface '${target.id}' has.`);
  if (address.association !== undefined && !input.allowReassociation)
    throw ec2Refusal(
      'Resource.AlreadyAssociated',
      `resource ${address.id} is already associated with associate-id ${address.association.id}`,
    );
  const others = listOwn(state, context).filter(
    ({ id, association }) =>
      id !== address.id && association?.networkInterfaceId === target.id && association.privateIp === privateIp,
  );
  if (others.length > 0 && !input.allowReassociation)
    throw ec2Refusal('Resource.AlreadyAssociated', `resource ${target.id} is already associated`);
  const association = { id: newId('eipassoc', context.random), networkInterfaceId: target.id, privateIp };
  return {
    changes: [
      ...others.flatMap((other) => keepChanged(withoutAssociation(other), context).changes),
      ...keepChanged({ ...address, association }, context).changes,
    ],
    result: association.id,
  };
}

function findTarget(state: State, context: Context, input: AssociateAddressInput): NetworkInterface {
  if ((input.instanceId === undefined) === (input.networkInterfaceId === undefined))
    throw ec2Refusal('InvalidParameterCombination', 'Give an instance or an interface, and not both.');
  const target =
    input.instanceId === undefined
      ? getThing(state, context, 'networkInterface', input.networkInterfaceId ?? '')
      : findThing(
          state,
          context,
          'networkInterface',
          getThing(state, context, 'instance', input.instanceId).machine?.networkInterfaceId ?? '',
        );
  if (target === undefined || target.origin === 'configuration' || target.requesterManaged)
    throw ec2Refusal('InvalidInstanceID', `The instance '${input.instanceId}' cannot have an elastic IP.`);
  return target;
}

function withoutAssociation({ association: _gone, ...rest }: ElasticIp): ElasticIp {
  return rest;
}

/** DisassociateAddress: `InvalidAssociationID.NotFound`; of a NAT gateway it is refused. */
export function disassociateAddress(
  state: State,
  { associationId }: { readonly associationId: string },
  context: Context,
): Decided<null> {
  const address = listOwn(state, context).find(({ association }) => association?.id === associationId);
  if (address === undefined)
    throw ec2Refusal(
      'InvalidAssociationID.NotFound',
      `The association ID '${associationId.slice(0, 255)}' does not exist`,
    );
  const user = findThing(state, context, 'networkInterface', address.association?.networkInterfaceId ?? '');
  if (user?.requesterManaged === true)
    throw ec2Refusal('AuthFailure', `The address ${address.publicIp} is managed by what uses it.`);
  return keepChanged(withoutAssociation(address), context);
}
