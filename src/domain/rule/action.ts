// What a rule or a listener does: which actions are allowed where.

import type { Context } from '../decision.ts';
import { getResource } from '../identifiers.ts';
import { plainCycle, updatedStatus } from '../life-cycle.ts';
import { checkQuota } from '../quotas.ts';
import { keyOf, keyOfRecord } from '../records/base.ts';
import type { ListenerProtocol, Rule, RuleAction, Service, TargetGroup } from '../records/lattice.ts';
import { conflict, invalidField } from '../refusal.ts';
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

/** Where an action stands. `replaces` is the rule that has it, when it exists already. */
export interface ActionPlace {
  readonly service: Service;
  readonly protocol: ListenerProtocol;
  readonly replaces?: Rule;
}

/**
 * `input` as it is stored: target groups by id, weights filled in. Refused: a status other than 404 and 500, a missing
 * weight, a group twice (`Validation`); an unknown group (`ResourceNotFound`); a group of another service (`Conflict`);
 * a group whose protocol does not fit the listener (`Validation`).
 */
export function decideAction(state: State, input: RuleActionInput, place: ActionPlace, context: Context): RuleAction {
  if (input.kind === 'fixedResponse') {
    if (place.protocol === 'TLS_PASSTHROUGH')
      throw invalidField('action', 'a TLS_PASSTHROUGH listener can only forward to TCP target groups');
    if (input.statusCode !== 404 && input.statusCode !== 500)
      throw invalidField('fixedResponse.statusCode', 'only 404 and 500 are supported');
    return { kind: 'fixedResponse', statusCode: input.statusCode };
  }
  const { account, region } = context;
  const several = input.targetGroups.length > 1;
  const targetGroups = input.targetGroups.map(({ targetGroupIdentifier, weight }) => {
    const group = getResource(state, context, 'targetGroup', targetGroupIdentifier);
    updatedStatus(plainCycle, group, 'TARGET_GROUP');
    if (several && weight === undefined)
      throw invalidField('forward.targetGroups', 'each of several target groups needs a weight');
    checkProtocol(group, place.protocol);
    checkOneService(state, group, place.service);
    return { targetGroupId: group.id, weight: weight ?? DEFAULT_WEIGHT };
  });
  const ids = new Set(targetGroups.map((one) => one.targetGroupId));
  if (ids.size === 0) throw invalidField('forward.targetGroups', 'a forward action needs a target group');
  if (ids.size < targetGroups.length) throw invalidField('forward.targetGroups', 'a target group is named twice');
  // What a rule of the service names already is counted already: without another group there is nothing to count.
  const isNew = (id: string): boolean => countBy(state, 'rulesByTargetGroup', keyOf(account, region, id)) === 0;
  if ([...ids].some(isNew)) checkQuota(context, 'targetGroupsPerService', () => countTargetGroups(state, place, ids));
  return { kind: 'forward', targetGroups };
}

function checkProtocol(group: TargetGroup, protocol: ListenerProtocol): void {
  const fits =
    protocol === 'TLS_PASSTHROUGH'
      ? group.protocol === 'TCP'
      : group.type === 'LAMBDA' ||
        (group.protocol !== 'TCP' && (protocol === 'HTTPS' || group.protocolVersion === 'HTTP1'));
  if (fits) return;
  const what = [group.type, group.protocol, group.protocolVersion].filter((part) => part !== undefined).join(' ');
  throw invalidField(
    'forward.targetGroups',
    `a listener with protocol ${protocol} cannot forward to the target group ${group.id} (${what})`,
  );
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
