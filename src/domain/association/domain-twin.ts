// Custom domains of resources: no two resources of a service network have the same.

import { canonicalDomain } from '../domain-name.ts';
import { keyOf, type Key } from '../records/base.ts';
import type { ResourceConfiguration } from '../records/resource.ts';
import { domainIndexValue, pairIndexValue } from '../state-indexes.ts';
import { recordsBy, type State } from '../state.ts';

/** The id under which a configuration is associated: a CHILD's is its group's. */
export function anchorOf({ id, groupId }: ResourceConfiguration): string {
  return groupId ?? id;
}

/** A configuration in the network that has the custom domain of `one`, which is not in it yet. */
export function findDomainTwin(
  state: State,
  one: Pick<ResourceConfiguration, 'account' | 'region' | 'customDomainName'>,
  networkKey: Key,
): ResourceConfiguration | undefined {
  const { account, region, customDomainName } = one;
  if (customDomainName === undefined) return undefined;
  const domain = domainIndexValue({ account, region }, canonicalDomain(customDomainName));
  return recordsBy(state, 'resourceConfiguration', 'configurationsByDomain', domain).find((other) => {
    const pair = pairIndexValue(networkKey, keyOf(account, region, anchorOf(other)));
    const associations = recordsBy(state, 'resourceAssociation', 'resourceAssociationsByPair', pair);
    return associations.some(({ status }) => status !== 'CREATE_FAILED');
  });
}
