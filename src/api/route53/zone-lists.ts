// Lists of hosted zones: in the order of creation, by name, by VPC.

import type {
  ListHostedZonesByNameRequest,
  ListHostedZonesByNameResponse,
  ListHostedZonesByVPCRequest,
  ListHostedZonesByVPCResponse,
  ListHostedZonesRequest,
  ListHostedZonesResponse,
} from '@aws-sdk/client-route-53';
import { ServiceError } from '../../aws/index.ts';
import {
  canonicalName,
  getZoneVpcKey,
  listHostedZones as list,
  listZonesByName,
  listZonesOfVpc,
  reversedName,
} from '../../domain/hosted-zone/index.ts';
import { read, type Valid, type Wire } from '../operation.ts';
import { describeZone, plainId, readVpc } from './describe-zone.ts';
import { pageSize, takePage } from './page-route53.ts';

/** ListHostedZones; the marker is the first zone of the page. */
export const listHostedZones = read(
  'ListHostedZones',
  (state, request: Valid<ListHostedZonesRequest>, call): Wire<ListHostedZonesResponse> => {
    const { Marker, DelegationSetId, HostedZoneType } = request;
    if (DelegationSetId !== undefined)
      throw new ServiceError('NoSuchDelegationSet', `Delegation set ${DelegationSetId} does not exist.`);
    const zones = list(state, call).filter((zone) => HostedZoneType === undefined || zone.private);
    const from = Marker === undefined ? 0 : zones.findIndex(({ id }) => id === plainId(Marker));
    if (from < 0) throw new ServiceError('InvalidInput', `The marker ${Marker} is none of this list.`);
    const size = pageSize(request.MaxItems);
    const { page, next } = takePage(zones.slice(from), size);
    return {
      HostedZones: page.map((zone) => describeZone(zone, state)),
      Marker: Marker ?? '',
      IsTruncated: next !== undefined,
      NextMarker: next?.id,
      MaxItems: size,
    } satisfies Record<string, unknown>;
  },
);

/** ListHostedZonesByName: from a name (and, of the zones that have it, an id) on. */
export const listHostedZonesByName = read(
  'ListHostedZonesByName',
  (state, request: Valid<ListHostedZonesByNameRequest>, call): Wire<ListHostedZonesByNameResponse> => {
    const { DNSName, HostedZoneId } = request;
    if (HostedZoneId !== undefined && DNSName === undefined)
      throw new ServiceError('InvalidInput', 'HostedZoneId needs DNSName beside it.');
    const name = DNSName === undefined ? undefined : canonicalName(DNSName);
    if (DNSName !== undefined && name === undefined)
      throw new ServiceError('InvalidDomainName', `${DNSName} is not a valid domain name.`);
    const from = name === undefined ? '' : reversedName(name);
    const first = HostedZoneId === undefined ? '' : plainId(HostedZoneId);
    const zones = listZonesByName(state, call).filter((zone) => {
      const own = reversedName(zone.name);
      return own > from || (own === from && zone.id >= first);
    });
    const size = pageSize(request.MaxItems);
    const { page, next } = takePage(zones, size);
    return {
      HostedZones: page.map((zone) => describeZone(zone, state)),
      DNSName,
      HostedZoneId,
      IsTruncated: next !== undefined,
      ...(next === undefined ? {} : { NextDNSName: `${next.name}.`, NextHostedZoneId: next.id }),
      MaxItems: size,
    };
  },
);

/** ListHostedZonesByVPC: also those of other accounts that answer the VPC. */
export const listHostedZonesByVpc = read(
  'ListHostedZonesByVPC',
  (state, request: Valid<ListHostedZonesByVPCRequest>, call): Wire<ListHostedZonesByVPCResponse> => {
    const zones = [...listZonesOfVpc(state, getZoneVpcKey(state, call, readVpc(request)))];
    const from = request.NextToken === undefined ? 0 : zones.findIndex(({ id }) => id === request.NextToken);
    if (from < 0) throw new ServiceError('InvalidPaginationToken', 'This is not a token of this list.');
    const size = pageSize(request.MaxItems);
    const { page, next } = takePage(zones.slice(from), size);
    return {
      HostedZoneSummaries: page.map(({ id, name, account }) => ({
        HostedZoneId: id,
        Name: `${name}.`,
        Owner: { OwningAccount: account },
      })),
      MaxItems: size,
      NextToken: next?.id,
    };
  },
);
