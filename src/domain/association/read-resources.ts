// Reading resource associations, with the children that a group brings along.

import { HOSTED_ZONE_ID, resourceDnsName } from '../generated-names.ts';
import { findResource, getResource, type Caller } from '../identifiers.ts';
import { listBy, listOf, type RecordList } from '../page.ts';
import { keyOf, keyOfRecord, type BaseRecord, type Key } from '../records/base.ts';
import type { ResourceAssociation, ResourceConfiguration } from '../records/resource.ts';
import { ownedIndexValue, pairIndexValue } from '../state-indexes.ts';
import { recordsBy, type State } from '../state.ts';
import { anchorOf } from './domain-twin.ts';

/** The resource association that an id or ARN names; refused with `ResourceNotFound` when absent. */
export function getResourceAssociation(state: State, caller: Caller, identifier: string): ResourceAssociation {
  return getResource(state, caller, 'resourceAssociation', identifier);
}

/** The generated name of what an association brings, and its hosted zone. A group is no resource: its children have names. */
export function resourceDnsEntry(
  association: ResourceAssociation,
  configuration: ResourceConfiguration,
): { readonly domainName: string; readonly hostedZoneId: string } | undefined {
  if (configuration.type === 'GROUP') return undefined;
  const domainName = resourceDnsName(association.id, configuration.id, association.region);
  return { domainName, hostedZoneId: HOSTED_ZONE_ID };
}

/** One line of the list: an association, and the configuration that it brings: its own, or a child of that. */
export interface BroughtResource extends BaseRecord {
  readonly association: ResourceAssociation;
  readonly configuration: ResourceConfiguration;
}

export interface ResourceAssociationFilter {
  readonly serviceNetworkIdentifier?: string;
  readonly resourceConfigurationIdentifier?: string;
  /** Also what groups bring along. */
  readonly includeChildren?: boolean;
}

/** The associations of a network, of a configuration, of both, or (without a filter) all; what is unknown has none. */
export function listResourceAssociations(
  state: State,
  caller: Caller,
  filter: ResourceAssociationFilter,
): RecordList<BroughtResource> {
  const { serviceNetworkIdentifier, resourceConfigurationIdentifier, includeChildren = false } = filter;
  const network =
    serviceNetworkIdentifier === undefined
      ? undefined
      : findResource(state, caller, 'serviceNetwork', serviceNetworkIdentifier);
  const configuration =
    resourceConfigurationIdentifier === undefined
      ? undefined
      : findResource(state, caller, 'resourceConfiguration', resourceConfigurationIdentifier);
  const unknown =
    (serviceNetworkIdentifier !== undefined && network === undefined) ||
    (resourceConfigurationIdentifier !== undefined && configuration === undefined);
  if (unknown) return listOf('nothing', []);
  const networkKey = network === undefined ? undefined : keyOfRecord(network);
  const anchorKey =
    configuration === undefined
      ? undefined
      : keyOf(configuration.account, configuration.region, anchorOf(configuration));
  // Of a child only its own line is asked for, of a group those of its children too.
  const onlyId = configuration?.type === 'CHILD' ? configuration.id : undefined;
  const lines = (one: ResourceAssociation): readonly BroughtResource[] =>
    broughtBy(state, one, includeChildren).filter((line) => onlyId === undefined || line.configuration.id === onlyId);
  return spread(
    state,
    associationsOf(state, caller, networkKey, anchorKey),
    lines,
    `${includeChildren} ${onlyId ?? ''}`,
  );
}

function associationsOf(
  state: State,
  caller: Caller,
  network: Key | undefined,
  anchor: Key | undefined,
): RecordList<ResourceAssociation> {
  if (network !== undefined && anchor !== undefined)
    return listBy(state, 'resourceAssociation', 'resourceAssociationsByPair', pairIndexValue(network, anchor));
  if (network !== undefined) return listBy(state, 'resourceAssociation', 'resourceAssociationsByNetwork', network);
  if (anchor !== undefined) return listBy(state, 'resourceAssociation', 'resourceAssociationsByConfiguration', anchor);
  return listBy(state, 'resourceAssociation', 'owned', ownedIndexValue('resourceAssociation', caller));
}

/** The lines of one association: its own first, then the children's in the order of their ids. */
function broughtBy(state: State, association: ResourceAssociation, children: boolean): readonly BroughtResource[] {
  const own = state.tables.resourceConfiguration.get(association.resourceConfigurationKey);
  if (own === undefined) return [];
  const brought = children
    ? recordsBy(state, 'resourceConfiguration', 'configurationsByGroup', association.resourceConfigurationKey)
    : [];
  const ordered = [...brought].sort((a, b) => (a.id < b.id ? -1 : 1));
  const { account, region, id, createdAt, lastUpdatedAt, tags } = association;
  const line = (configuration: ResourceConfiguration): BroughtResource => ({
    ...{ account, region, createdAt, lastUpdatedAt, tags, association, configuration },
    // Behind the association's own id and before that of the next: ids have one length.
    id: configuration === own ? id : `${id} ${configuration.id}`,
  });
  return [line(own), ...ordered.map(line)];
}

/** The lines of every association of `list`, one after the other; a page may end among the lines of one. */
function spread(
  state: State,
  list: RecordList<ResourceAssociation>,
  lines: (one: ResourceAssociation) => readonly BroughtResource[],
  scope: string,
): RecordList<BroughtResource> {
  return {
    scope: `${list.scope} ${scope}`,
    *read(after) {
      if (after === undefined) {
        for (const one of list.read()) yield* lines(one);
        return;
      }
      const key = after.key.replace(/ .*$/, '') as Key;
      const begun = state.tables.resourceAssociation.get(key);
      if (begun !== undefined) yield* lines(begun).filter((line) => keyOfRecord(line) > after.key);
      for (const one of list.read({ order: after.order, key })) yield* lines(one);
    },
  };
}
