// ModifyInstanceAttribute and its like: one attribute of an instance of RunInstances at a time.

import type { Context, Decided } from '../decision.ts';
import { putGroups } from '../ec2/network-interface.ts';
import { getThing } from '../ec2/resource.ts';
import type { Machine } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { put, type State } from '../state.ts';
import { getMachine } from './read.ts';

/** Those that can be changed while it runs, and those for which it is stopped on AWS. */
const ofMachine = [
  ...(['disableApiTermination', 'disableApiStop', 'shutdownBehavior', 'ebsOptimized', 'monitoring'] as const),
  ...(['sourceDestCheck', 'userData', 'instanceType'] as const),
];
const whenStopped: readonly string[] = ['instanceType', 'userData', 'ebsOptimized'];

/** One attribute and its value. */
export type InstanceChange =
  | { readonly kind: 'groups'; readonly securityGroupIds: readonly string[] }
  | { readonly kind: 'metadata'; readonly value: Pick<Machine, 'httpTokens' | 'hopLimit'> }
  | {
      readonly [K in (typeof ofMachine)[number]]: {
        readonly kind: K;
        readonly value: Exclude<Machine[K], undefined>;
      };
    }[(typeof ofMachine)[number]];

/** Changes one attribute; `IncorrectInstanceState` where the instance must be stopped first. */
export function modifyInstance(
  state: State,
  { instanceId, change }: { readonly instanceId: string; readonly change: InstanceChange },
  context: Context,
): Decided<null> {
  const one = getMachine(state, context, instanceId);
  const { machine } = one;
  if (machine.state === 'terminated') throw ec2Refusal('IncorrectInstanceState', `The instance '${one.id}' has ended.`);
  if (change.kind === 'groups') {
    const own = getThing(state, context, 'networkInterface', machine.networkInterfaceId);
    return { changes: putGroups(state, own, change.securityGroupIds, context.now), result: null };
  }
  if (machine.state !== 'stopped' && whenStopped.includes(change.kind))
    throw ec2Refusal('IncorrectInstanceState', `The instance '${one.id}' is not in the 'stopped' state.`);
  const changed: Machine =
    change.kind === 'metadata' ? { ...machine, ...change.value } : { ...machine, [change.kind]: change.value };
  return { changes: [put('instance', { ...one, machine: changed, lastUpdatedAt: context.now })], result: null };
}
