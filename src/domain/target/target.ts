// Targets of a target group: register, deregister, drain.

import { cidrContains, parseAddress, parseCidr } from '../../base/cidr.ts';
import type { Context, Decided } from '../decision.ts';
import type { Draft, Judge } from '../draft.ts';
import { findLoadBalancer } from '../ec2/load-balancer.ts';
import { getResource, lookUp, parseArn } from '../identifiers.ts';
import { plainCycle, updatedStatus } from '../life-cycle.ts';
import { checkQuota } from '../quotas.ts';
import { keyOf, keyOfRecord } from '../records/base.ts';
import type { Target, TargetGroup } from '../records/lattice.ts';
import { checkFields, conflict, type InvalidField } from '../refusal.ts';
import { countBy, put, recordsBy, remove, type Change, type State } from '../state.ts';

/** A target as a caller names it; the port defaults to the group's. */
export interface TargetInput {
  readonly id: string;
  readonly port?: number;
}

export interface TargetFailure extends TargetInput {
  readonly failureCode: string;
  readonly failureMessage: string;
}

export interface TargetsInput {
  readonly targetGroupIdentifier: string;
  readonly targets: readonly TargetInput[];
}

export interface TargetsResult {
  readonly successful: readonly TargetInput[];
  readonly unsuccessful: readonly TargetFailure[];
}

/** What is wrong with the input of RegisterTargets. */
export const judgeTargets: Judge<TargetsInput> = (state, { targetGroupIdentifier, targets = [] }, caller) => {
  const group = lookUp(state, caller, 'targetGroup', targetGroupIdentifier);
  return group === undefined ? [] : wrongTargets(group, targets);
};

/**
 * RegisterTargets: an id that is no address, instance or ARN of the group's kind refuses the call (`Validation`); one that
 * cannot be reached in the group's VPC is reported as unsuccessful. A draining target is taken back.
 */
export function registerTargets(state: State, input: TargetsInput, context: Context): Decided<TargetsResult> {
  const group = getResource(state, context, 'targetGroup', input.targetGroupIdentifier);
  updatedStatus(plainCycle, group, 'TARGET_GROUP');
  checkFields(judgeTargets(state, input, context));
  const groupKey = keyOfRecord(group);
  const wanted = distinct(group, input.targets);
  if (group.type === 'LAMBDA' || group.type === 'ALB')
    checkOnly(group, [...wanted.keys()], recordsBy(state, 'target', 'targetsByTargetGroup', groupKey));
  const changes: Change[] = [];
  const successful: TargetInput[] = [];
  const unsuccessful: TargetFailure[] = [];
  let added = 0;
  for (const [id, target] of wanted) {
    const failureMessage = placeFailure(state, group, target);
    if (failureMessage !== undefined) {
      unsuccessful.push({ ...target, failureCode: 'InvalidTarget', failureMessage });
      continue;
    }
    const before = state.tables.target.get(keyOf(group.account, group.region, id));
    if (before === undefined && isLoadBalancerSpent(state, group, target)) {
      // The name is Elastic Load Balancing's for what is of the same kind there.
      unsuccessful.push({ ...target, failureCode: 'TargetGroupAssociationLimit', failureMessage: loadBalancerSpent });
      continue;
    }
    successful.push(target);
    if (before !== undefined && before.drainingSince === undefined) continue;
    const record: Target = {
      account: group.account,
      region: group.region,
      id,
      targetGroupId: group.id,
      targetId: target.id,
      ...(target.port === undefined ? {} : { port: target.port }),
      createdAt: before?.createdAt ?? context.now,
      lastUpdatedAt: context.now,
      tags: {},
    };
    changes.push(put('target', record));
    if (before === undefined) added++;
  }
  if (added > 0)
    checkQuota(context, 'targetsPerTargetGroup', () => countBy(state, 'targetsByTargetGroup', groupKey) + added);
  return { changes, result: { successful, unsuccessful } };
}

/**
 * DeregisterTargets: targets drain, and are gone at once when no service uses the group. An unknown one is reported with
 * `TargetNotFound`.
 */
export function deregisterTargets(state: State, input: TargetsInput, context: Context): Decided<TargetsResult> {
  const group = getResource(state, context, 'targetGroup', input.targetGroupIdentifier);
  const used = state.indexes.rulesByTargetGroup.has(keyOfRecord(group));
  const changes: Change[] = [];
  const successful: TargetInput[] = [];
  const unsuccessful: TargetFailure[] = [];
  for (const [id, target] of distinct(group, input.targets)) {
    const record = state.tables.target.get(keyOf(group.account, group.region, id));
    if (record === undefined) {
      const failureMessage = `The target ${target.id} is not registered with the target group ${group.id}.`;
      unsuccessful.push({ ...target, failureCode: 'TargetNotFound', failureMessage });
      continue;
    }
    successful.push(target);
    if (!used) changes.push(remove('target', record));
    else if (record.drainingSince === undefined)
      changes.push(put('target', { ...record, drainingSince: context.now, lastUpdatedAt: context.now }));
  }
  return { changes, result: { successful, unsuccessful } };
}

/** The targets by record id, each once, with the port filled in. */
function distinct(group: TargetGroup, targets: readonly Draft<TargetInput>[]): Map<string, TargetInput> {
  const found = new Map<string, TargetInput>();
  for (const { id = '', port = group.port } of targets) {
    const target = group.type === 'LAMBDA' || port === undefined ? { id } : { id, port };
    found.set(`${group.id}/${target.port ?? '-'}/${id}`, target);
  }
  return found;
}

/** What is wrong with targets in themselves, for a group of this type. */
function wrongTargets(group: TargetGroup, targets: readonly Draft<TargetInput>[]): readonly InvalidField[] {
  const wrong = targets.flatMap(({ id = '' }, index): InvalidField[] => {
    const message = wrongId(group, id);
    return message === undefined ? [] : [{ name: `targets[${index}].id`, message }];
  });
  for (const [index, { port }] of targets.entries())
    if (group.type === 'LAMBDA' && port !== undefined)
      wrong.push({ name: `targets[${index}].port`, message: 'a function has no port' });
  if ((group.type === 'LAMBDA' || group.type === 'ALB') && distinct(group, targets).size > 1)
    wrong.push({ name: 'targets', message: `a target group of type ${group.type} has exactly one target` });
  return wrong;
}

function wrongId(group: TargetGroup, id: string): string | undefined {
  if (group.type === 'IP') {
    const family = group.ipAddressType === 'IPV6' ? 6 : 4;
    return parseAddress(id)?.family === family ? undefined : `${id} is not an IPv${family} address`;
  }
  if (group.type === 'INSTANCE') return /^i-[0-9a-z]{8,17}$/.test(id) ? undefined : `${id} is not an instance id`;
  if (group.type === 'ALB' && isHostName(id)) return undefined;
  const arn = parseArn(id);
  const service = group.type === 'LAMBDA' ? 'lambda' : 'elasticloadbalancing';
  const prefix = group.type === 'LAMBDA' ? 'function:' : 'loadbalancer/app/';
  if (arn?.service !== service || !arn.resource.startsWith(prefix))
    return `${id} is not the ARN of ${group.type === 'LAMBDA' ? 'a function' : 'an ALB, nor a name'}`;
  if (arn.account !== group.account || arn.region !== group.region) return `${id} is of another account or region`;
  return undefined;
}

/** Ours: an ALB target may be a name. Without a dot it would be nothing that DNS knows. */
function isHostName(id: string): boolean {
  return /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i.test(id);
}

/** The most target groups that a load balancer is in (User Guide: Quotas; not adjustable). */
const MOST_GROUPS_OF_LOAD_BALANCER = 2;

const loadBalancerSpent = `The load balancer is a target of ${MOST_GROUPS_OF_LOAD_BALANCER} other target groups, which is the most.`;

function isLoadBalancerSpent(state: State, group: TargetGroup, { id }: TargetInput): boolean {
  if (group.type !== 'ALB') return false;
  const others = recordsBy(state, 'target', 'targetsByLoadBalancer', keyOf(group.account, group.region, id));
  const groups = new Set(others.map(({ targetGroupId }) => targetGroupId));
  return !groups.has(group.id) && groups.size >= MOST_GROUPS_OF_LOAD_BALANCER;
}

function checkOnly(group: TargetGroup, wanted: readonly string[], present: readonly Target[]): void {
  const other = present.find((target) => target.drainingSince === undefined && target.id !== wanted[0]);
  if (other !== undefined)
    throw conflict('TARGET_GROUP', group.id, `The target group ${group.id} already has the target ${other.targetId}.`);
}

/** Why the target cannot be reached in the group's VPC, or undefined. */
function placeFailure(state: State, group: TargetGroup, { id }: TargetInput): string | undefined {
  if (group.vpcId === undefined) return undefined;
  const vpcKey = keyOf(group.account, group.region, group.vpcId);
  if (group.type === 'INSTANCE') {
    // An id that is not known may be taken later by a workload that is started to stand for it.
    const instance = state.tables.instance.get(keyOf(group.account, group.region, id));
    if (instance === undefined || instance.vpcKey === vpcKey) return undefined;
    return `The instance ${id} is not in the VPC ${group.vpcId}.`;
  }
  if (group.type === 'ALB')
    return !id.startsWith('arn:') || findLoadBalancer(state, id) !== undefined
      ? undefined
      : `The load balancer ${id} is not known here: give its name under loadBalancers in pergola.yaml.`;
  const vpc = state.tables.vpc.get(vpcKey);
  if (vpc === undefined) return `The VPC ${group.vpcId} does not exist.`;
  // On loopback the machine's own addresses are dialled as they are.
  if (vpc.attachment.kind === 'loopback' && isMachineAddress(id)) return undefined;
  const within = (cidrs: readonly string[]): boolean =>
    cidrs.some((text) => {
      const cidr = parseCidr(text);
      return cidr !== undefined && cidrContains(cidr, id);
    });
  if (!within(vpc.cidrs)) {
    const hint = group.ipAddressType === 'IPV6' ? ' VPCs have no IPv6 ranges yet; on loopback ::1 is carried.' : '';
    return `The address ${id} is not in the VPC ${group.vpcId} (${vpc.cidrs.join(', ')}).${hint}`;
  }
  const subnets = recordsBy(state, 'subnet', 'subnetsByVpc', vpcKey).map(({ cidr }) => cidr);
  if (subnets.length === 0 || within(subnets)) return undefined;
  return `The address ${id} is in no subnet of the VPC ${group.vpcId} (${subnets.sort().join(', ')}).`;
}

/** Whether it is in 127.0.0.0/8, or ::1. */
function isMachineAddress(address: string): boolean {
  const parsed = parseAddress(address);
  return parsed?.family === 6 ? parsed.value === 1n : address.startsWith('127.');
}
