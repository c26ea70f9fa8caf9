// Service networks: create, change the auth type, delete.

import type { Context, Decided } from '../decision.ts';
import { formatArn, getResource, newId } from '../identifiers.ts';
import { removePolicies } from '../policy/index.ts';
import { checkQuota } from '../quotas.ts';
import { keyOfRecord, type Tags } from '../records/base.ts';
import type { AuthType, ServiceNetwork } from '../records/lattice.ts';
import { conflict } from '../refusal.ts';
import { nameIndexValue, ownedIndexValue } from '../state-indexes.ts';
import { countBy, put, recordsBy, remove, type State } from '../state.ts';
import { checkTags } from '../tag/check-tags.ts';
import { removeAccessLogs } from '../access-log/index.ts';
import { countAssociations } from './read.ts';

export interface CreateServiceNetworkInput {
  readonly name: string;
  readonly authType?: AuthType;
  /** Whether the network can be shared with other accounts; default true. */
  readonly sharingEnabled?: boolean;
  readonly tags?: Tags;
}

/** CreateServiceNetwork: a name is unique in account and region. */
export function createServiceNetwork(
  state: State,
  input: CreateServiceNetworkInput,
  context: Context,
): Decided<ServiceNetwork> {
  const { account, region, now } = context;
  const tags = checkTags(input.tags);
  const [existing] = recordsBy(
    state,
    'serviceNetwork',
    'names',
    nameIndexValue('serviceNetwork', `${account}/${region}`, input.name),
  );
  if (existing !== undefined)
    throw conflict('SERVICE_NETWORK', existing.id, `A service network with the name ${input.name} already exists.`);
  checkQuota(context, 'serviceNetworks', () => countBy(state, 'owned', ownedIndexValue('serviceNetwork', context)) + 1);
  const id = newId('sn', context.random);
  const network: ServiceNetwork = {
    account,
    region,
    id,
    arn: formatArn('vpc-lattice', context, `servicenetwork/${id}`),
    name: input.name,
    authType: input.authType ?? 'NONE',
    sharingEnabled: input.sharingEnabled ?? true,
    createdAt: now,
    lastUpdatedAt: now,
    tags,
  };
  return { changes: [put('serviceNetwork', network)], result: network };
}

/** UpdateServiceNetwork: only the auth type can change. */
export function updateServiceNetwork(
  state: State,
  input: { readonly serviceNetworkIdentifier: string; readonly authType: AuthType },
  context: Context,
): Decided<ServiceNetwork> {
  const before = getResource(state, context, 'serviceNetwork', input.serviceNetworkIdentifier);
  if (before.authType === input.authType) return { changes: [], result: before };
  const network: ServiceNetwork = { ...before, authType: input.authType, lastUpdatedAt: context.now };
  return { changes: [put('serviceNetwork', network)], result: network };
}

/** DeleteServiceNetwork: refused while anything is associated; takes its policies, log subscriptions and resting addresses along. */
export function deleteServiceNetwork(
  state: State,
  input: { readonly serviceNetworkIdentifier: string },
  context: Context,
): Decided<null> {
  const network = getResource(state, context, 'serviceNetwork', input.serviceNetworkIdentifier);
  const key = keyOfRecord(network);
  if (Object.values(countAssociations(state, network)).some((count) => count > 0))
    throw conflict(
      'SERVICE_NETWORK',
      network.id,
      `The service network ${network.id} has associations. Delete them before the service network.`,
    );
  const addresses = recordsBy(state, 'componentAddress', 'addressesByNetwork', key);
  return {
    changes: [
      ...removeAccessLogs(state, key),
      ...removePolicies(state, network),
      remove('serviceNetwork', network),
      ...addresses.map((address) => remove('componentAddress', address)),
    ],
    result: null,
  };
}
