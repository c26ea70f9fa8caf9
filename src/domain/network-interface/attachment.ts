// Further interfaces of instances: attach and detach.

import type { Context, Decided } from '../decision.ts';
import { getThing } from '../ec2/resource.ts';
import { newId } from '../identifiers.ts';
import type { InterfaceAttachment } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { put, recordsBy, type State } from '../state.ts';

/** AttachNetworkInterface: to an instance of RunInstances in the same VPC, at an index that nothing has. Result: the attachment's id. */
export function attachInterface(
  state: State,
  input: { readonly networkInterfaceId: string; readonly instanceId: string; readonly deviceIndex: number },
  context: Context,
): Decided<string> {
  const one = getThing(state, context, 'networkInterface', input.networkInterfaceId);
  const instance = getThing(state, context, 'instance', input.instanceId);
  if (one.attachment !== undefined || one.requesterManaged)
    throw ec2Refusal('InvalidNetworkInterface.InUse', `Interface: [${one.id}] in use.`);
  if (instance.machine === undefined || instance.machine.state === 'terminated')
    throw ec2Refusal('IncorrectState', `The instance '${instance.id}' cannot have further interfaces.`);
  if (instance.vpcKey !== one.vpcKey)
    throw ec2Refusal('InvalidParameterCombination', 'Instance and interface are in different VPCs.');
  const taken = recordsBy(state, 'networkInterface', 'interfacesByVpc', one.vpcKey).some(
    ({ attachment }) => attachment?.instanceId === instance.id && attachment.deviceIndex === input.deviceIndex,
  );
  if (taken || input.deviceIndex < 1)
    throw ec2Refusal(
      'InvalidParameterValue',
      `Instance '${instance.id}' already has an interface attached at device index '${input.deviceIndex}'.`,
    );
  const attachment: InterfaceAttachment = {
    id: newId('eni-attach', context.random),
    ...{ instanceId: instance.id, deviceIndex: input.deviceIndex, deleteOnTermination: false },
    attachedAt: context.now,
  };
  return {
    changes: [put('networkInterface', { ...one, attachment, lastUpdatedAt: context.now })],
    result: attachment.id,
  };
}

/** DetachNetworkInterface: `OperationNotPermitted` for the first one of an instance, and for what a service has. */
export function detachInterface(
  state: State,
  { attachmentId }: { readonly attachmentId: string },
  context: Context,
): Decided<null> {
  const all = recordsBy(state, 'networkInterface', 'owned', ownedIndexValue('networkInterface', context));
  const one = all.find(({ attachment }) => attachment?.id === attachmentId);
  if (one === undefined)
    throw ec2Refusal(
      'InvalidAttachmentID.NotFound',
      `The attachment ID '${attachmentId.slice(0, 255)}' does not exist`,
    );
  if (one.requesterManaged || one.attachment?.deviceIndex === 0)
    throw ec2Refusal('OperationNotPermitted', `The network interface '${one.id}' cannot be detached.`);
  const { attachment: _gone, ...rest } = one;
  return { changes: [put('networkInterface', { ...rest, lastUpdatedAt: context.now })], result: null };
}
