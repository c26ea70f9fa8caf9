// Reading listeners.

import { findResource, getResource, lookUp, type Caller } from '../identifiers.ts';
import { listBy, type RecordList } from '../page.ts';
import { keyOf, keyOfRecord } from '../records/base.ts';
import type { Listener, RuleAction, Service } from '../records/lattice.ts';
import { notFound } from '../refusal.ts';
import type { State } from '../state.ts';

/** The listener that an id or ARN names in its service; refused with `ResourceNotFound` when either is absent. */
export function getListener(
  state: State,
  caller: Caller,
  serviceIdentifier: string,
  listenerIdentifier: string,
): { readonly service: Service; readonly listener: Listener } {
  const service = getResource(state, caller, 'service', serviceIdentifier);
  const listener = findResource(state, caller, 'listener', listenerIdentifier);
  if (listener?.serviceId !== service.id) throw notFound('LISTENER', listenerIdentifier);
  return { service, listener };
}

/** As `getListener`, but undefined when either is absent or not named. */
export function lookUpListener(
  state: State,
  caller: Caller,
  {
    serviceIdentifier,
    listenerIdentifier,
  }: { readonly serviceIdentifier?: string | undefined; readonly listenerIdentifier?: string | undefined },
): Listener | undefined {
  const service = lookUp(state, caller, 'service', serviceIdentifier);
  const listener = lookUp(state, caller, 'listener', listenerIdentifier);
  return service === undefined || listener?.serviceId !== service.id ? undefined : listener;
}

/** The listeners of a service. */
export function listListeners(state: State, service: Service): RecordList<Listener> {
  return listBy(state, 'listener', 'listenersByService', keyOfRecord(service));
}

/** The default action of a listener: the action of its default rule. */
export function defaultActionOf(state: State, listener: Listener): RuleAction {
  const rule = state.tables.rule.get(keyOf(listener.account, listener.region, listener.defaultRuleId));
  if (rule === undefined) throw new Error(`the listener ${listener.id} has no default rule`);
  return rule.action;
}
