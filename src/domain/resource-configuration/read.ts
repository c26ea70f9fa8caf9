// Reading resource configurations.

import { findResource, getResource, type ArnKind, type Caller } from '../identifiers.ts';
import { listBy, listOf, type RecordList } from '../page.ts';
import { keyOf, keyOfRecord, type Key } from '../records/base.ts';
import type { ResourceConfiguration, VerificationStatus } from '../records/resource.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import type { State } from '../state.ts';

/** The resource configuration that an id or ARN names; refused with `ResourceNotFound` when absent. */
export function getResourceConfiguration(state: State, caller: Caller, identifier: string): ResourceConfiguration {
  return getResource(state, caller, 'resourceConfiguration', identifier);
}

/** By what ListResourceConfigurations can filter: the kind, and the index that finds configurations by its key. */
const filters = {
  resourceGatewayIdentifier: ['resourceGateway', 'configurationsByGateway'],
  resourceConfigurationGroupIdentifier: ['resourceConfiguration', 'configurationsByGroup'],
  domainVerificationIdentifier: ['domainVerification', 'configurationsByVerification'],
} as const satisfies Record<string, readonly [ArnKind, string]>;

type FilterName = keyof typeof filters;

/** The caller's resource configurations that pass every filter that is given; one that names nothing lets none pass. */
export function listResourceConfigurations(
  state: State,
  caller: Caller,
  filter: { readonly [N in FilterName]?: string },
): RecordList<ResourceConfiguration> {
  const keys: { readonly name: FilterName; readonly key: Key }[] = [];
  for (const name of Object.keys(filters) as FilterName[]) {
    const identifier = filter[name];
    if (identifier === undefined) continue;
    const found = findResource(state, caller, filters[name][0], identifier);
    if (found === undefined) return listOf('nothing', []);
    keys.push({ name, key: keyOfRecord(found) });
  }
  const [first, ...rest] = keys;
  if (first === undefined)
    return listBy(state, 'resourceConfiguration', 'owned', ownedIndexValue('resourceConfiguration', caller));
  const passes = (one: ResourceConfiguration): boolean => rest.every(({ name, key }) => keyIn(one, name) === key);
  const name = rest.map((one) => `${one.name} ${one.key}`).join(' ');
  return listBy(state, 'resourceConfiguration', filters[first.name][1], first.key, { name, passes });
}

function keyIn(one: ResourceConfiguration, name: FilterName): Key | undefined {
  const id = {
    resourceGatewayIdentifier: one.resourceGatewayId,
    resourceConfigurationGroupIdentifier: one.groupId,
    domainVerificationIdentifier: one.domainVerificationId,
  }[name];
  return id === undefined ? undefined : keyOf(one.account, one.region, id);
}

/** How far the proof of the configuration's domain is; a CHILD has its group's. Undefined without a verification. */
export function verificationOf(state: State, configuration: ResourceConfiguration): VerificationStatus | undefined {
  const { account, region, groupId } = configuration;
  const { domainVerification, resourceConfiguration } = state.tables;
  const group = groupId === undefined ? undefined : resourceConfiguration.get(keyOf(account, region, groupId));
  const id = configuration.domainVerificationId ?? group?.domainVerificationId;
  return id === undefined ? undefined : domainVerification.get(keyOf(account, region, id))?.status;
}
