// Reading domain verifications.

import { getResource, type Caller } from '../identifiers.ts';
import { listBy, type RecordList } from '../page.ts';
import type { DomainVerification } from '../records/resource.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import type { State } from '../state.ts';

/** The domain verification that an id or ARN names; refused with `ResourceNotFound` when absent. */
export function getDomainVerification(state: State, caller: Caller, identifier: string): DomainVerification {
  return getResource(state, caller, 'domainVerification', identifier);
}

/** The caller's domain verifications. */
export function listDomainVerifications(state: State, caller: Caller): RecordList<DomainVerification> {
  return listBy(state, 'domainVerification', 'owned', ownedIndexValue('domainVerification', caller));
}
