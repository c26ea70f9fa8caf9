// Reading rules.

import { findResource, type Caller } from '../identifiers.ts';
import { getListener } from '../listener/read.ts';
import { listBy, type RecordList } from '../page.ts';
import { keyOfRecord } from '../records/base.ts';
import type { Listener, Rule, Service } from '../records/lattice.ts';
import { notFound } from '../refusal.ts';
import type { State } from '../state.ts';

/** The rule that an id or ARN names in its service and listener; refused with `ResourceNotFound` when absent. */
export function getRule(
  state: State,
  caller: Caller,
  input: { readonly serviceIdentifier: string; readonly listenerIdentifier: string; readonly ruleIdentifier: string },
): { readonly service: Service; readonly listener: Listener; readonly rule: Rule } {
  const { service, listener } = getListener(state, caller, input.serviceIdentifier, input.listenerIdentifier);
  const rule = findRuleOf(state, caller, listener, input.ruleIdentifier);
  if (rule === undefined) throw notFound('RULE', input.ruleIdentifier);
  return { service, listener, rule };
}

/** The rule of `listener` that an id or ARN names, or undefined. */
export function findRuleOf(state: State, caller: Caller, listener: Listener, identifier: string): Rule | undefined {
  const rule = findResource(state, caller, 'rule', identifier);
  return rule?.listenerId === listener.id ? rule : undefined;
}

/** The rules of a listener, the default one included. */
export function listRules(state: State, listener: Listener): RecordList<Rule> {
  return listBy(state, 'rule', 'rulesByListener', keyOfRecord(listener));
}
