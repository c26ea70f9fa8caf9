// Network interfaces by call: create, delete, modify, and their secondary addresses.

import type { Context, Decided } from '../decision.ts';
import { checkFreeAddress, findFreeAddress } from '../ec2/address.ts';
import {
  checkAddressCount,
  makeInterface,
  putGroups,
  removeInterface,
  type NewInterface,
} from '../ec2/network-interface.ts';
import { getThing } from '../ec2/resource.ts';
import type { NetworkInterface } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { put, recordsBy, type State } from '../state.ts';
import { keyOfRecord } from '../records/base.ts';

export interface CreateNetworkInterfaceInput extends Omit<NewInterface, 'subnet' | 'attachment' | 'requesterManaged'> {
  readonly subnetId: string;
}

/** CreateNetworkInterface. */
export function createNetworkInterface(
  state: State,
  { subnetId, ...wanted }: CreateNetworkInterfaceInput,
  context: Context,
): Decided<NetworkInterface> {
  const made = makeInterface(state, { ...wanted, subnet: getThing(state, context, 'subnet', subnetId) }, context);
  return { changes: [put('networkInterface', made)], result: made };
}

/** What only its service may change is refused (`OperationNotPermitted`). */
function getOwn(state: State, context: Context, id: string): NetworkInterface {
  const one = getThing(state, context, 'networkInterface', id);
  if (one.requesterManaged || one.origin === 'configuration')
    throw ec2Refusal('OperationNotPermitted', `The network interface '${id}' is managed by what made it.`);
  return one;
}

/** DeleteNetworkInterface: `InvalidParameterValue` while it is attached. */
export function deleteNetworkInterface(
  state: State,
  { networkInterfaceId }: { readonly networkInterfaceId: string },
  context: Context,
): Decided<null> {
  const one = getOwn(state, context, networkInterfaceId);
  if (one.attachment !== undefined)
    throw ec2Refusal('InvalidParameterValue', `Network interface '${one.id}' is currently in use.`);
  if (recordsBy(state, 'vpcPart', 'ec2Users', keyOfRecord(one)).length > 0)
    throw ec2Refusal('InvalidParameterValue', `Network interface '${one.id}' is currently in use.`);
  return { changes: removeInterface(state, one), result: null };
}

/** One attribute at a time, as in EC2. */
export interface ModifyNetworkInterfaceInput {
  readonly networkInterfaceId: string;
  readonly description?: string;
  readonly sourceDestCheck?: boolean;
  readonly securityGroupIds?: readonly string[];
  readonly deleteOnTermination?: { readonly attachmentId: string; readonly value: boolean };
}

/** ModifyNetworkInterfaceAttribute; `InvalidAttachmentID.NotFound` when the attachment is another one. */
export function modifyNetworkInterface(
  state: State,
  input: ModifyNetworkInterfaceInput,
  context: Context,
): Decided<null> {
  const one = getOwn(state, context, input.networkInterfaceId);
  const { description, sourceDestCheck, securityGroupIds, deleteOnTermination } = input;
  if (securityGroupIds !== undefined)
    return { changes: putGroups(state, one, securityGroupIds, context.now), result: null };
  const { attachment } = one;
  if (deleteOnTermination !== undefined && attachment?.id !== deleteOnTermination.attachmentId)
    throw ec2Refusal(
      'InvalidAttachmentID.NotFound',
      `The attachment ID '${deleteOnTermination.attachmentId}' does not exist`,
    );
  const changed: NetworkInterface = {
    ...one,
    ...(description === undefined ? {} : { description }),
    ...(sourceDestCheck === undefined ? {} : { sourceDestCheck }),
    ...(attachment === undefined || deleteOnTermination === undefined
      ? {}
      : { attachment: { ...attachment, deleteOnTermination: deleteOnTermination.value } }),
    lastUpdatedAt: context.now,
  };
  return { changes: [put('networkInterface', changed)], result: null };
}

/** AssignPrivateIpAddresses: these, or as many free ones. Result: those that it got. */
export function assignAddresses(
  state: State,
  input: { readonly networkInterfaceId: string; readonly addresses?: readonly string[]; readonly count?: number },
  context: Context,
): Decided<readonly string[]> {
  const one = getOwn(state, context, input.networkInterfaceId);
  const subnet = getThing(state, context, 'subnet', one.subnetId ?? '');
  const fresh = new Set<string>();
  for (const address of input.addresses ?? []) {
    checkFreeAddress(state, subnet, address);
    fresh.add(address);
  }
  checkAddressCount(one.addresses.length + fresh.size + (input.count ?? 0));
  for (let left = input.count ?? 0; left > 0; left--) fresh.add(findFreeAddress(state, subnet, fresh));
  const addresses = [...one.addresses, ...fresh];
  return { changes: [put('networkInterface', { ...one, addresses, lastUpdatedAt: context.now })], result: [...fresh] };
}

/** UnassignPrivateIpAddresses: never the primary one. */
export function unassignAddresses(
  state: State,
  input: { readonly networkInterfaceId: string; readonly addresses: readonly string[] },
  context: Context,
): Decided<null> {
  const one = getOwn(state, context, input.networkInterfaceId);
  const [primary = '', ...others] = one.addresses;
  for (const address of input.addresses)
    if (!others.includes(address))
      throw ec2Refusal(
        'InvalidParameterValue',
        `${address.slice(0, 64)} is not a secondary address of network interface '${one.id}'.`,
      );
  const addresses = [primary, ...others.filter((address) => !input.addresses.includes(address))];
  return { changes: [put('networkInterface', { ...one, addresses, lastUpdatedAt: context.now })], result: null };
}
