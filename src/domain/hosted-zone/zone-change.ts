// Changes of zones, as GetChange tells of them.

import type { Context } from '../decision.ts';
import { GLOBAL_REGION, keyOf } from '../records/base.ts';
import type { ZoneChange } from '../records/hosted-zone.ts';
import { route53Refusal } from '../refusal.ts';
import type { State } from '../state.ts';

/** The change that the present decision makes: PENDING until every data plane obeys its revision. */
export function newZoneChange(state: State, { account, now, random }: Context, comment?: string): ZoneChange {
  return {
    account,
    region: GLOBAL_REGION,
    id: `C${random.hex(10).toUpperCase()}`,
    status: 'PENDING',
    ...(comment === undefined ? {} : { comment }),
    intentRevision: state.revision + 1,
    intentAt: now,
    createdAt: now,
    lastUpdatedAt: now,
    tags: {},
  };
}

/** The change with `id`; refused with NoSuchChange when it never was or is forgotten. */
export function getZoneChange(state: State, { account }: { readonly account: string }, id: string): ZoneChange {
  const found = state.tables.zoneChange.get(keyOf(account, GLOBAL_REGION, id));
  if (found === undefined) throw route53Refusal('NoSuchChange', `Could not find resource with ID: ${id}`);
  return found;
}
