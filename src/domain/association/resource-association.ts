// Resource associations: a resource configuration joins a service network and leaves it.

import type { Context, Decided } from '../decision.ts';
import type { Judge } from '../draft.ts';
import { formatArn, getResource, lookUp, newId } from '../identifiers.ts';
import { deletedStatus, isCarried, resourceAssociationCycle, withIntent } from '../life-cycle.ts';
import { checkQuota } from '../quotas.ts';
import { keyOfRecord, type Key, type Tags } from '../records/base.ts';
import type { ResourceAssociation, ResourceConfiguration } from '../records/resource.ts';
import { checkFields, conflict } from '../refusal.ts';
import { pairIndexValue } from '../state-indexes.ts';
import { countBy, put, recordsBy, remove, type State } from '../state.ts';
import { wrongTags } from '../tag/check-tags.ts';
import { findDomainTwin } from './domain-twin.ts';

export interface CreateResourceAssociationInput {
  readonly resourceConfigurationIdentifier: string;
  readonly serviceNetworkIdentifier: string;
  readonly privateDnsEnabled?: boolean;
  readonly tags?: Tags;
}

/** What is wrong with the input of CreateServiceNetworkResourceAssociation. */
export const judgeNewResourceAssociation: Judge<CreateResourceAssociationInput> = (state, input, caller) => {
  const type = lookUp(state, caller, 'resourceConfiguration', input.resourceConfigurationIdentifier)?.type;
  const wrongType = {
    name: 'resourceConfigurationIdentifier',
    message: `resource configurations of type ${type} cannot be associated with a service network`,
  };
  return [...(type === 'CHILD' || type === 'CIDR' ? [wrongType] : []), ...wrongTags(input.tags)];
};

/**
 * CreateServiceNetworkResourceAssociation: CREATE_IN_PROGRESS until the data plane obeys. A CHILD comes with its group, CIDR
 * ranges are reached by endpoints only: neither can be associated. Refused while another association of the two exists (one
 * in CREATE_FAILED does not count), or another resource of the network has a custom domain of this one.
 */
export function createResourceAssociation(
  state: State,
  input: CreateResourceAssociationInput,
  context: Context,
): Decided<ResourceAssociation> {
  const { account, region, now } = context;
  const configuration = getResource(state, context, 'resourceConfiguration', input.resourceConfigurationIdentifier);
  const network = getResource(state, context, 'serviceNetwork', input.serviceNetworkIdentifier);
  checkFields(judgeNewResourceAssociation(state, input, context));
  if (!isCarried(configuration))
    throw conflict(
      'RESOURCE_CONFIGURATION',
      configuration.id,
      `The resource configuration ${configuration.id} is ${configuration.status}, which does not allow this.`,
    );
  const resourceConfigurationKey = keyOfRecord(configuration);
  const serviceNetworkKey = keyOfRecord(network);
  const existing = recordsBy(
    state,
    'resourceAssociation',
    'resourceAssociationsByPair',
    pairIndexValue(serviceNetworkKey, resourceConfigurationKey),
  ).find((one) => one.status !== 'CREATE_FAILED');
  if (existing !== undefined)
    throw conflict(
      'SERVICE_NETWORK_RESOURCE_ASSOCIATION',
      existing.id,
      `The resource configuration ${configuration.id} is already associated with the service network ${network.id}: the association ${existing.id} is ${existing.status}.`,
    );
  checkDomains(state, configuration, serviceNetworkKey);
  checkQuota(
    context,
    'resourceConfigurationsPerNetwork',
    () => countBy(state, 'resourceAssociationsByNetwork', serviceNetworkKey) + 1,
  );
  const id = newId('snra', context.random);
  const association: ResourceAssociation = {
    account,
    region,
    id,
    arn: formatArn('vpc-lattice', context, `servicenetworkresourceassociation/${id}`),
    status: 'CREATE_IN_PROGRESS',
    createdBy: account,
    resourceConfigurationKey,
    resourceConfigurationId: configuration.id,
    serviceNetworkKey,
    serviceNetworkId: network.id,
    ...(input.privateDnsEnabled === undefined ? {} : { privateDnsEnabled: input.privateDnsEnabled }),
    intentRevision: state.revision + 1,
    intentAt: now,
    createdAt: now,
    lastUpdatedAt: now,
    tags: input.tags ?? {},
  };
  return { changes: [put('resourceAssociation', association)], result: association };
}

function checkDomains(state: State, configuration: ResourceConfiguration, networkKey: Key): void {
  const children = recordsBy(state, 'resourceConfiguration', 'configurationsByGroup', keyOfRecord(configuration));
  for (const one of [configuration, ...children]) {
    const twin = findDomainTwin(state, one, networkKey);
    if (twin === undefined) continue;
    throw conflict(
      'RESOURCE_CONFIGURATION',
      twin.id,
      `The custom domain name ${one.customDomainName ?? ''} is already used by the resource configuration ${twin.id} in the service network.`,
    );
  }
}

/**
 * DeleteServiceNetworkResourceAssociation: DELETE_IN_PROGRESS until the data plane obeys (after CREATE_FAILED gone at
 * once). Refused in CREATE_IN_PROGRESS; changes nothing in DELETE_IN_PROGRESS.
 */
export function deleteResourceAssociation(
  state: State,
  input: { readonly resourceAssociationIdentifier: string },
  context: Context,
): Decided<ResourceAssociation> {
  const before = getResource(state, context, 'resourceAssociation', input.resourceAssociationIdentifier);
  const status = deletedStatus(resourceAssociationCycle, before, 'SERVICE_NETWORK_RESOURCE_ASSOCIATION');
  if (status === before.status) return { changes: [], result: before };
  const association: ResourceAssociation = withIntent(before, 'DELETE_IN_PROGRESS', state, context);
  const change = status === 'gone' ? remove('resourceAssociation', before) : put('resourceAssociation', association);
  return { changes: [change], result: association };
}
