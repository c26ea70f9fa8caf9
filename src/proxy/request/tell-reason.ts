// What a denied client is told beside the status, where the owner of a service wants that: the header `x-pergola-reason`.

import {
  explainPolicy,
  type KeyValue,
  type NamedPolicy,
  type PolicyRequest,
  type StatementReason,
} from '../../policy/index.ts';
import type { Caller } from '../identity/caller.ts';
import type { ServiceRecord } from '../../snapshot/index.ts';
import { authorize, type Asked, type AuthRefusal } from './authorize.ts';

/** The tag with which an owner turns it on: `on`. */
export const REASON_TAG = 'pergola:reason';

/** Statements that are told of, and characters in all: it is one line of a head. */
const MOST_STATEMENTS = 8;
const MOST_CHARACTERS = 1000;

/** Whether clients of `service` are told why they are denied. */
export function tellsReasons({ tags }: ServiceRecord): boolean {
  return tags?.[REASON_TAG] === 'on';
}

/** Why `refusal` is one, in a line of visible ASCII: which statement denies, or of each that could allow the first part that did not match. */
export function tellReason(caller: Caller, asked: Asked, { verdict }: AuthRefusal): string {
  const { layer, effect, policy, statement, costly } = verdict;
  if (costly === true) return asHeader(`${layer}: ${policy} costs too much to evaluate with a request of this size`);
  if (effect === 'Deny' && statement !== undefined)
    return asHeader(`${layer}: ${nameOf({ statement })} of ${policy} denies`);
  const heard: (readonly [PolicyRequest, NamedPolicy])[] = [];
  authorize(caller, asked, (request, one, named) => {
    if (one === layer) heard.push([request, named]);
  });
  if (heard.length === 0) return asHeader(`${layer}: there is none`);
  const told = heard.flatMap(([request, { name, policy: compiled }]) =>
    explainPolicy(compiled, request)
      .filter((one) => one.statement.effect === 'Allow')
      .flatMap((one) => (one.failed === undefined ? [] : [`${nameOf(one)} of ${name}: ${failureOf(one.failed)}`])),
  );
  const more = told.length - MOST_STATEMENTS;
  const shown = [...told.slice(0, MOST_STATEMENTS), ...(more > 0 ? [`and ${more} more`] : [])];
  return asHeader(`${layer}: ${shown.length === 0 ? 'no statement allows anything' : shown.join('; ')}`);
}

function nameOf({ statement: { sid, index } }: Pick<StatementReason, 'statement'>): string {
  return sid === undefined ? `statement ${index + 1}` : `statement ${index + 1} (${sid})`;
}

function failureOf({ part, saw }: NonNullable<StatementReason['failed']>): string {
  return `${part.element} is ${part.expected.join(', ')}, not ${shownValue(saw)}`;
}

function shownValue(saw: KeyValue): string {
  if (saw === undefined) return 'absent';
  return typeof saw === 'string' ? saw : saw.join(', ');
}

/** Text that cannot end the line or mean something to a terminal. */
function asHeader(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, MOST_CHARACTERS);
}
