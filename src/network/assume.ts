// What the kernel will show once a plan has been applied, so that it need not be asked again. Pure.

import { emptyRuleset, shapeOf, tableOf } from './ruleset.ts';
import type { DesiredNetwork, ObservedNetwork } from './state.ts';

/** The observation of a machine on which `desired` was applied without a failure. */
export function assumeApplied(desired: DesiredNetwork): ObservedNetwork {
  return new Map(
    [...desired].map(([name, state]) => {
      const { filter } = state;
      if (filter === undefined) return [name, { ...state, filter: emptyRuleset }];
      const sets = new Map([...filter.sets].map(([set, { elements }]) => [set, elements]));
      return [name, { ...state, filter: { table: tableOf(filter), shape: shapeOf(filter), sets, foreign: [] } }];
    }),
  );
}
