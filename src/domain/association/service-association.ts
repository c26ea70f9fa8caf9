// Service associations: a service joins a service network and leaves it.

import { canonicalDomain } from '../domain-name.ts';
import type { Context, Decided } from '../decision.ts';
import { formatArn, getResource, newId } from '../identifiers.ts';
import { deletedStatus, plainCycle, updatedStatus, withIntent } from '../life-cycle.ts';
import { checkQuota } from '../quotas.ts';
import { keyOfRecord, type Tags } from '../records/base.ts';
import type { Service, ServiceAssociation, ServiceNetwork } from '../records/lattice.ts';
import { conflict } from '../refusal.ts';
import { countBy, put, recordsBy, remove, type Change, type State } from '../state.ts';
import { domainIndexValue, pairIndexValue } from '../state-indexes.ts';
import { checkTags } from '../tag/check-tags.ts';
import { allocateAddress, freeAddress } from './address.ts';

export interface CreateServiceAssociationInput {
  readonly serviceIdentifier: string;
  readonly serviceNetworkIdentifier: string;
  readonly tags?: Tags;
}

/**
 * CreateServiceNetworkServiceAssociation: CREATE_IN_PROGRESS until the data plane obeys. Refused while another association
 * of the two exists (one in CREATE_FAILED does not count), or another service of the network has the same custom domain.
 */
export function createServiceAssociation(
  state: State,
  input: CreateServiceAssociationInput,
  context: Context,
): Decided<{ readonly association: ServiceAssociation; readonly service: Service; readonly network: ServiceNetwork }> {
  const { account, region, now } = context;
  const tags = checkTags(input.tags);
  const service = getResource(state, context, 'service', input.serviceIdentifier);
  updatedStatus(plainCycle, service, 'SERVICE');
  const network = getResource(state, context, 'serviceNetwork', input.serviceNetworkIdentifier);
  const serviceKey = keyOfRecord(service);
  const serviceNetworkKey = keyOfRecord(network);
  const existing = recordsBy(
    state,
    'serviceAssociation',
    'serviceAssociationsByPair',
    pairIndexValue(serviceNetworkKey, serviceKey),
  ).find((one) => one.status !== 'CREATE_FAILED');
  if (existing !== undefined)
    throw conflict(
      'SERVICE_NETWORK_SERVICE_ASSOCIATION',
      existing.id,
      `The service ${service.id} is already associated with the service network ${network.id}: the association ${existing.id} is ${existing.status}.`,
    );
  checkCustomDomain(state, service, network);
  checkQuota(
    context,
    'serviceAssociationsPerNetwork',
    () => countBy(state, 'serviceAssociationsByNetwork', serviceNetworkKey) + 1,
  );
  const id = newId('snsa', context.random);
  const association: ServiceAssociation = {
    account,
    region,
    id,
    arn: formatArn('vpc-lattice', context, `servicenetworkserviceassociation/${id}`),
    status: 'CREATE_IN_PROGRESS',
    createdBy: account,
    serviceKey,
    serviceId: service.id,
    serviceNetworkKey,
    serviceNetworkId: network.id,
    intentRevision: state.revision + 1,
    intentAt: now,
    createdAt: now,
    lastUpdatedAt: now,
    tags,
  };
  return {
    changes: [put('serviceAssociation', association), ...allocateAddress(state, network, service.id, context)],
    result: { association, service, network },
  };
}

function checkCustomDomain(state: State, service: Service, network: ServiceNetwork): void {
  if (service.customDomainName === undefined) return;
  const domain = canonicalDomain(service.customDomainName);
  for (const other of recordsBy(state, 'service', 'servicesByDomain', domainIndexValue(service, domain))) {
    if (other.id === service.id) continue;
    const pair = pairIndexValue(keyOfRecord(network), keyOfRecord(other));
    const associations = recordsBy(state, 'serviceAssociation', 'serviceAssociationsByPair', pair);
    if (associations.every(({ status }) => status === 'CREATE_FAILED')) continue;
    throw conflict(
      'SERVICE',
      other.id,
      `The custom domain name ${domain} is already used by the service ${other.id} in the service network ${network.id}.`,
    );
  }
}

/**
 * DeleteServiceNetworkServiceAssociation: DELETE_IN_PROGRESS until the data plane obeys (after CREATE_FAILED gone at
 * once). Refused in CREATE_IN_PROGRESS; changes nothing in DELETE_IN_PROGRESS.
 */
export function deleteServiceAssociation(
  state: State,
  input: { readonly serviceAssociationIdentifier: string },
  context: Context,
): Decided<ServiceAssociation> {
  const before = getResource(state, context, 'serviceAssociation', input.serviceAssociationIdentifier);
  const status = deletedStatus(plainCycle, before, 'SERVICE_NETWORK_SERVICE_ASSOCIATION');
  if (status === before.status) return { changes: [], result: before };
  const association: ServiceAssociation = withIntent(before, 'DELETE_IN_PROGRESS', state, context);
  const changes =
    status === 'gone' ? removeServiceAssociation(state, before, context) : [put('serviceAssociation', association)];
  return { changes, result: association };
}

/** The changes that remove the association; with the last of its service in the network the address begins to rest. */
export function removeServiceAssociation(state: State, gone: ServiceAssociation, context: Context): readonly Change[] {
  const pair = pairIndexValue(gone.serviceNetworkKey, gone.serviceKey);
  const stays = countBy(state, 'serviceAssociationsByPair', pair) > 1;
  return [
    remove('serviceAssociation', gone),
    ...(stays ? [] : freeAddress(state, gone.serviceNetworkKey, gone.serviceId, context)),
  ];
}
