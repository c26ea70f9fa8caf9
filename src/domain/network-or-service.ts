// What logs and auth policies belong to: a service network or a service, by one identifier.

import { getResource, type Caller } from './identifiers.ts';
import type { Service, ServiceNetwork } from './records/lattice.ts';
import { invalidField } from './refusal.ts';
import type { State } from './state.ts';

/** A service network or a service. */
export type NetworkOrService =
  | { readonly kind: 'service'; readonly record: Service }
  | { readonly kind: 'serviceNetwork'; readonly record: ServiceNetwork };

/** The service or service network that an id or ARN names; refused with `ResourceNotFound` or (another kind) `Validation`. */
export function getNetworkOrService(state: State, caller: Caller, identifier: string): NetworkOrService {
  const id = identifier.slice(identifier.lastIndexOf('/') + 1);
  if (id.startsWith('svc-')) return { kind: 'service', record: getResource(state, caller, 'service', identifier) };
  if (id.startsWith('sn-'))
    return { kind: 'serviceNetwork', record: getResource(state, caller, 'serviceNetwork', identifier) };
  throw invalidField('resourceIdentifier', `${identifier} is neither a service nor a service network`);
}
