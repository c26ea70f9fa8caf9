// What logs and auth policies belong to: a service network or a service, by one identifier.

import { findResource, getResource, type Caller } from './identifiers.ts';
import type { BaseRecord } from './records/base.ts';
import type { Service, ServiceNetwork } from './records/lattice.ts';
import { invalidField } from './refusal.ts';
import type { State } from './state.ts';

/** A service network or a service. */
export type NetworkOrService =
  | { readonly kind: 'service'; readonly record: Service }
  | { readonly kind: 'serviceNetwork'; readonly record: ServiceNetwork };

/** The service or service network that an id or ARN names; refused with `ResourceNotFound` or (another kind) `Validation`. */
export function getNetworkOrService(state: State, caller: Caller, identifier: string): NetworkOrService {
  const kind = getKind(identifier);
  return kind === 'service'
    ? { kind, record: getResource(state, caller, kind, identifier) }
    : { kind, record: getResource(state, caller, kind, identifier) };
}

/** As `getNetworkOrService`, but undefined when there is none. */
export function findNetworkOrService(state: State, caller: Caller, identifier: string): BaseRecord | undefined {
  return findResource(state, caller, getKind(identifier), identifier);
}

/** What an id or ARN names by its look; undefined when it is neither. */
export function kindOfOwner(identifier: string): NetworkOrService['kind'] | undefined {
  const id = identifier.slice(identifier.lastIndexOf('/') + 1);
  return id.startsWith('svc-') ? 'service' : id.startsWith('sn-') ? 'serviceNetwork' : undefined;
}

function getKind(identifier: string): NetworkOrService['kind'] {
  const kind = kindOfOwner(identifier);
  if (kind !== undefined) return kind;
  throw invalidField('resourceIdentifier', `${identifier} is neither a service nor a service network`);
}
