// What a rule or a listener does: which actions are allowed where.

import type { Context } from '../decision.ts';
import type { Draft } from '../draft.ts';
import { getResource, lookUp, type Caller } from '../identifiers.ts';
import { plainCycle, updatedStatus } from '../life-cycle.ts';
import { checkQuota } from '../quotas.ts';
import { keyOf, keyOfRecord } from '../records/base.ts';
import type { ListenerProtocol, Rule, RuleAction, Service, TargetGroup } from '../records/lattice.ts';
import { checkFields, conflict, type InvalidField } from '../refusal.ts';
import { countBy, recordsBy, type State } from '../state.ts';

/** The weight of a single target group that is given none (API Reference: WeightedTargetGroup). */
const DEFAULT_WEIGHT = 100;

/** An action as a caller gives it: target groups by id or ARN. */
export type RuleActionInput =
  | {
      readonly kind: 'forward';
      readonly targetGroups: readonly { readonly targetGroupIdentifier: string; readonly weight?: number }[];
    }
  | { readonly kind: 'fixedResponse'; readonly statusCode: number };

/** Where an action stands. `member` is what the call names it; `replaces` is the rule that has it, when it exists already. */
export interface ActionPlace {
  readonly member: 'action' | 'defaultAction';
  readonly service: Service;
  readonly protocol: ListenerProtocol;
  readonly replaces?: Rule;
}

/**
 * `input` as it is stored: target groups by id, weights filled in. Refused: what `wrongAction` names (`Validation`); an unknown
 * group (`ResourceNotFound`); one that is being deleted, or of another service (`Conflict`).
 */
export function decideAction(state: State, input: RuleActionInput, place: ActionPlace, context: Context): RuleAction {
  checkFields(wrongAction(state, input, place, context));
  if (input.kind === 'fixedResponse') return { kind: 'fixedResponse', statusCode: input.statusCode };
  const { account, region } = context;
  const targetGroups = input.targetGroups.map(({ targetGroupIdentifier, weight }) => {
    const group = getResource(state, context, 'targetGroup', targetGroupIdentifier);
    updatedStatus(plainCycle, group, 'TARGET_GROUP');
    checkOneService(state, group, place.service);
    return { targetGroupId: group.id, weight: weight ?? DEFAULT_WEIGHT };
  });
  const ids = new Set(targetGroups.map((one) => one.targetGroupId));
  // What a rule of the service names already is counted already: without another group there is nothing to count.
  const isNew = (id: string): boolean => countBy(state, 'rulesByTargetGroup', keyOf(account, region, id)) === 0;
  if ([...ids].some(isNew)) checkQuota(context, 'targetGroupsPerService', () => countTargetGroups(state, place, ids));
  return { kind: 'forward', targetGroups };
}

/** What is wrong with an action where it stands: a status other than 404 and 500, a missing weight, a group twice or one that does not fit the listener. */
export function wrongAction(
  state: State,
  input: Draft<RuleActionInput> | undefined,
  { member, protocol }: { readonly member: ActionPlace['member']; readonly protocol: string | undefined },
  caller: Caller,
): readonly InvalidField[] {
  const wrong: InvalidField[] = [];
  if (input === undefined) return wrong;
  if (input.kind === 'fixedResponse') {
    if (protocol === 'TLS_PASSTHROUGH')
      wrong.push({ name: member, message: 'a TLS_PASSTHROUGH listener can only forward to TCP target groups' });
    if (input.statusCode !== undefined && input.statusCode !== 404 && input.statusCode !== 500)
      wrong.push({ name: `${member}.fixedResponse.statusCode`, message: 'only 404 and 500 are supported' });
    return wrong;
  }
  const refuse = (message: string): void => void wrong.push({ name: `${member}.forward.targetGroups`, message });
  const { targetGroups = [] } = input;
  if (targetGroups.length === 0) refuse('a forward action needs a target group');
  if (targetGroups.length > 1 && targetGroups.some(({ weight }) => weight === undefined))
    refuse('each of several target groups needs a weight');
  // What is not found is refused by itself, after all that is wrong with the input.
  const groups = targetGroups.flatMap(
    ({ targetGroupIdentifier }) => lookUp(state, caller, 'targetGroup', targetGroupIdentifier) ?? [],
  );
  const distinct = new Set(groups);
  if (distinct.size < groups.length) refuse('a target group is named twice');
  for (const group of distinct) {
    if (fitsListener(group, protocol)) continue;
    const what = [group.type, group.protocol, group.protocolVersion].filter((part) => part !== undefined).join(' ');
    refuse(`a listener with protocol ${protocol} cannot forward to the target group ${group.id} (${what})`);
  }
  return wrong;
}

function fitsListener(group: TargetGroup, protocol: string | undefined): boolean {
  if (protocol === 'TLS_PASSTHROUGH') return group.protocol === 'TCP';
  if (group.type === 'LAMBDA') return true;
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') return true;
  return group.protocol !== 'TCP' && (protocol === 'HTTPS' || group.protocolVersion === 'HTTP1');
}

function checkOneService(state: State, group: TargetGroup, service: Service): void {
  const users = recordsBy(state, 'rule', 'rulesByTargetGroup', keyOfRecord(group));
  if (users.some((rule) => rule.serviceId !== service.id))
    throw conflict('TARGET_GROUP', group.id, `The target group ${group.id} is already used by another service.`);
}

function countTargetGroups(state: State, place: ActionPlace, added: ReadonlySet<string>): number {
  const { service, replaces } = place;
  const ids = new Set(added);
  for (const listener of recordsBy(state, 'listener', 'listenersByService', keyOfRecord(service)))
    for (const rule of recordsBy(state, 'rule', 'rulesByListener', keyOfRecord(listener)))
      if (rule.id !== replaces?.id && rule.action.kind === 'forward')
        for (const one of rule.action.targetGroups) ids.add(one.targetGroupId);
  return ids.size;
}
