// What clients ask for before they go on, and what there is none of here: DNSSEC, query logs, reusable delegation sets.

import type {
  GetDNSSECRequest,
  GetDNSSECResponse,
  GetReusableDelegationSetRequest,
  ListQueryLoggingConfigsResponse,
  ListReusableDelegationSetsResponse,
} from '@aws-sdk/client-route-53';
import { ServiceError } from '../../aws/index.ts';
import { getHostedZone } from '../../domain/hosted-zone/index.ts';
import { read, type Valid, type Wire } from '../operation.ts';
import { plainId } from './describe-zone.ts';

/** GetDNSSEC: no zone is signed. */
export const getDnssec = read(
  'GetDNSSEC',
  (state, { HostedZoneId }: Valid<GetDNSSECRequest>, call): Wire<GetDNSSECResponse> => {
    const zone = getHostedZone(state, call, plainId(HostedZoneId));
    if (zone.private)
      throw new ServiceError('InvalidArgument', `DNSSEC is not supported for the private hosted zone ${zone.id}.`);
    return { Status: { ServeSignature: 'NOT_SIGNING' }, KeySigningKeys: [] };
  },
);

/** ListQueryLoggingConfigs: queries are not logged. */
export const listQueryLoggingConfigs = read('ListQueryLoggingConfigs', (): Wire<ListQueryLoggingConfigsResponse> => ({
  QueryLoggingConfigs: [],
}));

/** ListReusableDelegationSets: every zone has the same name servers. */
export const listReusableDelegationSets = read(
  'ListReusableDelegationSets',
  (): Wire<ListReusableDelegationSetsResponse> => ({
    DelegationSets: [],
    Marker: '',
    IsTruncated: false,
    MaxItems: 100,
  }),
);

/** GetReusableDelegationSet. */
export const getReusableDelegationSet = read(
  'GetReusableDelegationSet',
  (_state, { Id }: Valid<GetReusableDelegationSetRequest>) => {
    throw new ServiceError('NoSuchDelegationSet', `Delegation set ${plainId(Id)} does not exist.`);
  },
);
