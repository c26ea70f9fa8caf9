// Rules of a listener: create, change one, delete.

import type { Context, Decided } from '../decision.ts';
import type { Draft, Judge } from '../draft.ts';
import { formatArn, newId, type Caller } from '../identifiers.ts';
import { getListener, lookUpListener } from '../listener/read.ts';
import { checkQuota } from '../quotas.ts';
import { keyOfRecord, type Tags } from '../records/base.ts';
import type { Listener, Rule } from '../records/lattice.ts';
import { checkFields, conflict, invalidField, type InvalidField } from '../refusal.ts';
import { nameIndexValue } from '../state-indexes.ts';
import { countBy, put, recordsBy, remove, type State } from '../state.ts';
import { checkTags, wrongTags } from '../tag/check-tags.ts';
import { decideAction, wrongAction, type RuleActionInput } from './action.ts';
import { decideMatch, wrongMatch, type RuleMatchInput } from './match.ts';
import { getRule } from './read.ts';

export interface CreateRuleInput {
  readonly serviceIdentifier: string;
  readonly listenerIdentifier: string;
  readonly name: string;
  /** 1–2000, unique in the listener; the smaller number wins. */
  readonly priority: number;
  readonly match: RuleMatchInput;
  readonly action: RuleActionInput;
  readonly tags?: Tags;
}

const noRulesInPassthrough: InvalidField = {
  name: 'listenerIdentifier',
  message: 'a TLS_PASSTHROUGH listener has no rule but its default action',
};

/** What is wrong with the input of CreateRule. */
export const judgeNewRule: Judge<CreateRuleInput> = (state, input, caller) => [
  ...(lookUpListener(state, caller, input)?.protocol === 'TLS_PASSTHROUGH' ? [noRulesInPassthrough] : []),
  ...judgeRuleUpdate(state, input, caller),
  ...wrongTags(input.tags),
];

/** What is wrong with match and action in the input of UpdateRule. */
export function judgeRuleUpdate(
  state: State,
  input: Draft<Omit<UpdateRuleInput, 'ruleIdentifier'>>,
  caller: Caller,
): readonly InvalidField[] {
  const protocol = lookUpListener(state, caller, input)?.protocol;
  return [
    ...wrongMatch(input.match ?? {}),
    ...wrongAction(state, input.action, { member: 'action', protocol }, caller),
  ];
}

/** CreateRule: name and priority are unique in the listener. */
export function createRule(state: State, input: CreateRuleInput, context: Context): Decided<Rule> {
  const { service, listener } = getListener(state, context, input.serviceIdentifier, input.listenerIdentifier);
  const place = { service, protocol: listener.protocol, member: 'action' } as const;
  checkFields(judgeNewRule(state, input, context));
  const { account, region, now } = context;
  const listenerKey = keyOfRecord(listener);
  const [existing] = recordsBy(state, 'rule', 'names', nameIndexValue('rule', listenerKey, input.name));
  if (existing !== undefined)
    throw conflict('RULE', existing.id, `A rule with the name ${input.name} already exists in the listener.`);
  const rules = recordsBy(state, 'rule', 'rulesByListener', listenerKey);
  checkPriority(rules, input.priority);
  // The default rule takes the place of the new one in the count: the quota is on the others.
  checkQuota(context, 'rulesPerListener', () => countBy(state, 'rulesByListener', listenerKey));
  const id = newId('rule', context.random);
  const rule: Rule = {
    account,
    region,
    id,
    arn: ruleArn(context, listener, id),
    name: input.name,
    serviceId: service.id,
    listenerId: listener.id,
    isDefault: false,
    priority: input.priority,
    match: decideMatch(input.match),
    action: decideAction(state, input.action, place, context),
    createdAt: now,
    lastUpdatedAt: now,
    tags: checkTags(input.tags),
  };
  return { changes: [put('rule', rule)], result: rule };
}

/** What an update may change; what is absent stays. */
export interface RuleChange {
  readonly match?: RuleMatchInput;
  readonly priority?: number;
  readonly action?: RuleActionInput;
}

export interface UpdateRuleInput extends RuleChange {
  readonly serviceIdentifier: string;
  readonly listenerIdentifier: string;
  readonly ruleIdentifier: string;
}

/** UpdateRule: match, priority and action of any rule but the default one. */
export function updateRule(state: State, input: UpdateRuleInput, context: Context): Decided<Rule> {
  const { service, listener, rule: before } = getRule(state, context, input);
  const rule = changeRule(state, { rule: before, listener, service }, input, context);
  if (rule === before) return { changes: [], result: before };
  if (rule.priority !== before.priority && rule.priority !== undefined) {
    const others = recordsBy(state, 'rule', 'rulesByListener', keyOfRecord(listener));
    checkPriority(
      others.filter((other) => other.id !== rule.id),
      rule.priority,
    );
  }
  return { changes: [put('rule', rule)], result: rule };
}

/** `rule` with `change`, its priority not yet compared with the others'. Refuses the default rule. */
export function changeRule(
  state: State,
  { rule, listener, service }: ReturnType<typeof getRule>,
  change: RuleChange,
  context: Context,
): Rule {
  if (rule.isDefault)
    throw invalidField('ruleIdentifier', 'the default rule is changed by the default action of its listener');
  if (change.match === undefined && change.priority === undefined && change.action === undefined) return rule;
  const place = { service, protocol: listener.protocol, member: 'action', replaces: rule } as const;
  const identifiers = { serviceIdentifier: service.id, listenerIdentifier: listener.id };
  checkFields(judgeRuleUpdate(state, { ...change, ...identifiers }, context));
  return {
    ...rule,
    ...(change.match === undefined ? {} : { match: decideMatch(change.match) }),
    ...(change.priority === undefined ? {} : { priority: change.priority }),
    ...(change.action === undefined ? {} : { action: decideAction(state, change.action, place, context) }),
    lastUpdatedAt: context.now,
  };
}

/** DeleteRule: any rule but the default one (`Conflict`). */
export function deleteRule(
  state: State,
  input: { readonly serviceIdentifier: string; readonly listenerIdentifier: string; readonly ruleIdentifier: string },
  context: Context,
): Decided<null> {
  const { rule } = getRule(state, context, input);
  if (rule.isDefault) throw conflict('RULE', rule.id, 'The default rule of a listener cannot be deleted.');
  return { changes: [remove('rule', rule)], result: null };
}

/** The ARN of the rule `id` of `listener`. */
export function ruleArn(context: Context, listener: Pick<Listener, 'serviceId' | 'id'>, id: string): string {
  return formatArn('vpc-lattice', context, `service/${listener.serviceId}/listener/${listener.id}/rule/${id}`);
}

function checkPriority(others: readonly Rule[], priority: number): void {
  const holder = others.find((rule) => rule.priority === priority);
  if (holder !== undefined)
    throw conflict('RULE', holder.id, `The priority ${priority} is already used by the rule ${holder.id}.`);
}
