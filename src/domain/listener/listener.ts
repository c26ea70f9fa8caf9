// Listeners: create with the default rule, change the default action, delete with the rules.

import type { Context, Decided } from '../decision.ts';
import type { Judge } from '../draft.ts';
import { formatArn, getResource, lookUp, newId } from '../identifiers.ts';
import { plainCycle, updatedStatus } from '../life-cycle.ts';
import { checkQuota } from '../quotas.ts';
import { keyOf, keyOfRecord, type Tags } from '../records/base.ts';
import type { Listener, ListenerProtocol, Rule, RuleAction } from '../records/lattice.ts';
import { checkFields, conflict, type InvalidField } from '../refusal.ts';
import { decideAction, wrongAction, type RuleActionInput } from '../rule/action.ts';
import { ruleArn } from '../rule/rule.ts';
import { nameIndexValue } from '../state-indexes.ts';
import { put, recordsBy, remove, type State } from '../state.ts';
import { checkTags, wrongTags } from '../tag/check-tags.ts';
import { getListener, lookUpListener } from './read.ts';

export interface CreateListenerInput {
  readonly serviceIdentifier: string;
  readonly name: string;
  readonly protocol: ListenerProtocol;
  /** Default 80 for HTTP, else 443. */
  readonly port?: number;
  readonly defaultAction: RuleActionInput;
  readonly tags?: Tags;
}

/** A listener and the action of its default rule. */
export interface ListenerResult {
  readonly listener: Listener;
  readonly defaultAction: RuleAction;
}

const noCustomDomain: InvalidField = {
  name: 'protocol',
  message: 'a TLS_PASSTHROUGH listener needs a service with a custom domain name',
};

/** What is wrong with the input of CreateListener. */
export const judgeNewListener: Judge<CreateListenerInput> = (state, input, caller) => {
  const { protocol, defaultAction, tags } = input;
  const service = lookUp(state, caller, 'service', input.serviceIdentifier);
  return [
    ...(protocol === 'TLS_PASSTHROUGH' && service !== undefined && service.customDomainName === undefined
      ? [noCustomDomain]
      : []),
    ...wrongAction(state, defaultAction, { member: 'defaultAction', protocol }, caller),
    ...wrongTags(tags),
  ];
};

/** CreateListener: name and port are unique in the service. Makes the default rule, named `default`, too. */
export function createListener(state: State, input: CreateListenerInput, context: Context): Decided<ListenerResult> {
  const service = getResource(state, context, 'service', input.serviceIdentifier);
  updatedStatus(plainCycle, service, 'SERVICE');
  checkFields(judgeNewListener(state, input, context));
  const { account, region, now } = context;
  const port = input.port ?? (input.protocol === 'HTTP' ? 80 : 443);
  const siblings = recordsBy(state, 'listener', 'listenersByService', keyOfRecord(service));
  const sameName = recordsBy(state, 'listener', 'names', nameIndexValue('listener', keyOfRecord(service), input.name));
  if (sameName[0] !== undefined)
    throw conflict('LISTENER', sameName[0].id, `A listener with the name ${input.name} already exists in the service.`);
  const samePort = siblings.find((listener) => listener.port === port);
  if (samePort !== undefined)
    throw conflict('LISTENER', samePort.id, `The port ${port} is already used by the listener ${samePort.id}.`);
  checkQuota(context, 'listenersPerService', () => siblings.length + 1);
  const place = { service, protocol: input.protocol, member: 'defaultAction' } as const;
  const action = decideAction(state, input.defaultAction, place, context);
  const id = newId('listener', context.random);
  const defaultRuleId = newId('rule', context.random);
  const listener: Listener = {
    account,
    region,
    id,
    arn: formatArn('vpc-lattice', context, `service/${service.id}/listener/${id}`),
    name: input.name,
    serviceId: service.id,
    serviceArn: service.arn,
    protocol: input.protocol,
    port,
    defaultRuleId,
    createdAt: now,
    lastUpdatedAt: now,
    tags: checkTags(input.tags),
  };
  const rule: Rule = {
    account,
    region,
    id: defaultRuleId,
    arn: ruleArn(context, listener, defaultRuleId),
    name: 'default',
    serviceId: service.id,
    listenerId: id,
    isDefault: true,
    match: { headers: [] },
    action,
    createdAt: now,
    lastUpdatedAt: now,
    tags: {},
  };
  return { changes: [put('listener', listener), put('rule', rule)], result: { listener, defaultAction: action } };
}

interface UpdateListenerInput {
  readonly serviceIdentifier: string;
  readonly listenerIdentifier: string;
  readonly defaultAction: RuleActionInput;
}

/** What is wrong with the input of UpdateListener. */
export const judgeListenerUpdate: Judge<UpdateListenerInput> = (state, input, caller) => {
  const protocol = lookUpListener(state, caller, input)?.protocol;
  return wrongAction(state, input.defaultAction, { member: 'defaultAction', protocol }, caller);
};

/** UpdateListener: only the default action can change. */
export function updateListener(state: State, input: UpdateListenerInput, context: Context): Decided<ListenerResult> {
  const { service, listener: before } = getListener(state, context, input.serviceIdentifier, input.listenerIdentifier);
  const rule = state.tables.rule.get(keyOf(before.account, before.region, before.defaultRuleId));
  if (rule === undefined) throw new Error(`the listener ${before.id} has no default rule`);
  const place = { service, protocol: before.protocol, member: 'defaultAction', replaces: rule } as const;
  const action = decideAction(state, input.defaultAction, place, context);
  const listener = { ...before, lastUpdatedAt: context.now };
  return {
    changes: [put('listener', listener), put('rule', { ...rule, action, lastUpdatedAt: context.now })],
    result: { listener, defaultAction: action },
  };
}

/** DeleteListener: takes its rules along. */
export function deleteListener(
  state: State,
  input: { readonly serviceIdentifier: string; readonly listenerIdentifier: string },
  context: Context,
): Decided<null> {
  const { listener } = getListener(state, context, input.serviceIdentifier, input.listenerIdentifier);
  const rules = recordsBy(state, 'rule', 'rulesByListener', keyOfRecord(listener));
  return { changes: [...rules.map((rule) => remove('rule', rule)), remove('listener', listener)], result: null };
}
