// The place of a component in a service network's address pools: taken with the first association, freed with the last.

import type { Context } from '../decision.ts';
import { keyOf, type Key } from '../records/base.ts';
import type { ComponentAddress, ServiceNetwork } from '../records/lattice.ts';
import { put, recordsBy, type Change, type State } from '../state.ts';

/** How many places the pools have: 254 in 169.254.171.0/24, then 4,096 in 169.254.176.0/20. */
export const ADDRESS_PLACES = 4350;

/**
 * The changes that give the component a place in `network`. A place that it has (also a resting one) stays; else one that
 * nobody uses in any network, else one that is free in this network, else the one that the fewest share.
 */
export function allocateAddress(
  state: State,
  network: ServiceNetwork,
  componentId: string,
  context: Context,
): readonly Change[] {
  const { account, region } = network;
  const id = `${network.id}/${componentId}`;
  const present = state.tables.componentAddress.get(keyOf(account, region, id));
  if (present !== undefined) {
    if (present.freedAt === undefined) return [];
    const { freedAt: _, ...taken } = present;
    return [put('componentAddress', { ...taken, lastUpdatedAt: context.now })];
  }
  const address: ComponentAddress = {
    account,
    region,
    id,
    serviceNetworkId: network.id,
    componentId,
    index: choosePlace(state, keyOf(account, region, network.id)),
    createdAt: context.now,
    lastUpdatedAt: context.now,
    tags: {},
  };
  return [put('componentAddress', address)];
}

function choosePlace(state: State, networkKey: Key): number {
  const { addressesByIndex } = state.indexes;
  if (addressesByIndex.size < ADDRESS_PLACES)
    for (let index = 1; index <= ADDRESS_PLACES; index++) if (!addressesByIndex.has(String(index))) return index;
  const counts = new Map<number, number>();
  for (const { index } of recordsBy(state, 'componentAddress', 'addressesByNetwork', networkKey))
    counts.set(index, (counts.get(index) ?? 0) + 1);
  let best = 1;
  for (let index = 1; index <= ADDRESS_PLACES; index++) {
    const count = counts.get(index) ?? 0;
    if (count === 0) return index;
    if (count < (counts.get(best) ?? 0)) best = index;
  }
  return best;
}

/** The changes that let the component's place in the network rest. */
export function freeAddress(state: State, networkKey: Key, componentId: string, context: Context): readonly Change[] {
  const address = state.tables.componentAddress.get(`${networkKey}/${componentId}` as Key);
  if (address === undefined || address.freedAt !== undefined) return [];
  return [put('componentAddress', { ...address, freedAt: context.now, lastUpdatedAt: context.now })];
}
