// StartInstances, StopInstances, RebootInstances, TerminateInstances: all of the named ones, or none.

import type { Context, Decided } from '../decision.ts';
import { removeInterface } from '../ec2/network-interface.ts';
import type { Machine } from '../records/ec2.ts';
import { ec2Refusal } from '../refusal.ts';
import { put, recordsBy, type Change, type State } from '../state.ts';
import { getMachine, type MachineInstance } from './read.ts';

/** What became of an instance. */
export interface StateChange {
  readonly id: string;
  readonly before: Machine['state'];
  readonly after: Machine['state'];
}

interface Named {
  readonly instanceIds: readonly string[];
}

function eachOf(state: State, { instanceIds }: Named, context: Context): readonly MachineInstance[] {
  return [...new Set(instanceIds)].map((id) => getMachine(state, context, id));
}

function wrongState({ id, machine }: MachineInstance, verb: string) {
  return ec2Refusal(
    'IncorrectInstanceState',
    `The instance '${id}' is not in a state from which it can be ${verb}: it is ${machine.state}.`,
  );
}

function moveTo(one: MachineInstance, after: Machine['state'], now: number): readonly Change[] {
  if (one.machine.state === after) return [];
  const launched = after === 'running' ? { launchedAt: now } : {};
  const machine = { ...one.machine, ...launched, state: after, stateSince: now };
  return [put('instance', { ...one, machine, lastUpdatedAt: now })];
}

function moveAll(
  instances: readonly MachineInstance[],
  after: Machine['state'],
  context: Context,
): Decided<readonly StateChange[]> {
  return {
    changes: instances.flatMap((one) => moveTo(one, after, context.now)),
    result: instances.map(({ id, machine }) => ({ id, before: machine.state, after })),
  };
}

/** StartInstances: `IncorrectInstanceState` for one that has ended. */
export function startInstances(state: State, input: Named, context: Context): Decided<readonly StateChange[]> {
  const instances = eachOf(state, input, context);
  const ended = instances.find(({ machine }) => machine.state === 'terminated');
  if (ended !== undefined) throw wrongState(ended, 'started');
  return moveAll(instances, 'running', context);
}

/** StopInstances: a stopped one keeps its address, and is no target. */
export function stopInstances(state: State, input: Named, context: Context): Decided<readonly StateChange[]> {
  const instances = eachOf(state, input, context);
  for (const one of instances) {
    if (one.machine.state === 'terminated') throw wrongState(one, 'stopped');
    if (one.machine.disableApiStop)
      throw ec2Refusal(
        'OperationNotPermitted',
        `The instance '${one.id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`,
      );
  }
  return moveAll(instances, 'stopped', context);
}

/** RebootInstances: nothing that a record could show. */
export function rebootInstances(state: State, input: Named, context: Context): Decided<null> {
  for (const one of eachOf(state, input, context))
    if (one.machine.state === 'terminated') throw wrongState(one, 'rebooted');
  return { changes: [], result: null };
}

/** TerminateInstances: their addresses are free at once; the records stay for an hour, as on AWS. */
export function terminateInstances(state: State, input: Named, context: Context): Decided<readonly StateChange[]> {
  const instances = eachOf(state, input, context);
  const changes = instances.flatMap((one): readonly Change[] => {
    if (one.machine.state === 'terminated') return [];
    if (one.machine.disableApiTermination)
      throw ec2Refusal(
        'OperationNotPermitted',
        `The instance '${one.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
      );
    return [...leaveInterfaces(state, one), ...moveTo(one, 'terminated', context.now)];
  });
  const result = instances.map(({ id, machine }): StateChange => ({ id, before: machine.state, after: 'terminated' }));
  return { changes, result };
}

function leaveInterfaces(state: State, { id, vpcKey }: MachineInstance): readonly Change[] {
  return recordsBy(state, 'networkInterface', 'interfacesByVpc', vpcKey).flatMap((one): readonly Change[] => {
    const { attachment, ...rest } = one;
    if (attachment?.instanceId !== id) return [];
    return attachment.deleteOnTermination ? removeInterface(state, one) : [put('networkInterface', rest)];
  });
}
