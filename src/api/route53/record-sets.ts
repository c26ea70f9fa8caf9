// Operations on record sets.

import type {
  ChangeResourceRecordSetsRequest,
  ChangeResourceRecordSetsResponse,
  ListResourceRecordSetsRequest,
  ListResourceRecordSetsResponse,
  ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { ServiceError } from '../../aws/index.ts';
import { canonicalName, getHostedZone } from '../../domain/hosted-zone/index.ts';
import {
  changeRecordSets,
  listRecordSets,
  type ChangeRecordSetsInput,
  type RecordSetChange,
  type RecordSetStart,
} from '../../domain/record-set/index.ts';
import type { RecordSet } from '../../domain/records/index.ts';
import { change, read, type Valid, type Wire } from '../operation.ts';
import { describeChange, plainId } from './describe-zone.ts';
import { pageSize, takePage } from './page-route53.ts';

/** The largest page of record sets (Route 53 API). */
const LARGEST_PAGE = 300;

/** Members of ResourceRecordSet that choose among record sets in ways that there are not here. */
const otherRouting = [
  ...['Region', 'GeoLocation', 'Failover', 'MultiValueAnswer', 'CidrRoutingConfig', 'GeoProximityLocation'],
  'TrafficPolicyInstanceId',
] as const;

type WireChange = NonNullable<NonNullable<Valid<ChangeResourceRecordSetsRequest>['ChangeBatch']>['Changes']>[number];

function readChange({ Action, ResourceRecordSet: set }: WireChange): RecordSetChange {
  const { Name, Type, TTL, ResourceRecords, AliasTarget, SetIdentifier, Weight, HealthCheckId } = set;
  const members: Readonly<Record<string, unknown>> = { ...set };
  return {
    action: Action,
    name: Name,
    type: Type,
    ...(TTL === undefined ? {} : { ttl: TTL }),
    ...(ResourceRecords === undefined ? {} : { values: ResourceRecords.map(({ Value }) => Value) }),
    ...(AliasTarget === undefined
      ? {}
      : {
          alias: {
            zoneId: AliasTarget.HostedZoneId,
            name: AliasTarget.DNSName,
            evaluateTargetHealth: AliasTarget.EvaluateTargetHealth,
          },
        }),
    ...(SetIdentifier === undefined ? {} : { setIdentifier: SetIdentifier }),
    ...(Weight === undefined ? {} : { weight: Weight }),
    ...(HealthCheckId === undefined ? {} : { healthCheckId: HealthCheckId }),
    otherRouting: otherRouting.filter((name) => members[name] !== undefined && members[name] !== false),
  };
}

/** ChangeResourceRecordSets. */
export const changeResourceRecordSets = change(
  'ChangeResourceRecordSets',
  changeRecordSets,
  ({ HostedZoneId, ChangeBatch }: Valid<ChangeResourceRecordSetsRequest>): ChangeRecordSetsInput => ({
    zoneId: plainId(HostedZoneId),
    ...(ChangeBatch.Comment === undefined ? {} : { comment: ChangeBatch.Comment }),
    changes: ChangeBatch.Changes.map(readChange),
  }),
  (made): Wire<ChangeResourceRecordSetsResponse> => ({ ChangeInfo: describeChange(made) }),
);

function readStart(request: Valid<ListResourceRecordSetsRequest>): RecordSetStart | undefined {
  const { StartRecordName, StartRecordType, StartRecordIdentifier } = request;
  if (StartRecordName === undefined) {
    if (StartRecordType === undefined && StartRecordIdentifier === undefined) return undefined;
    throw new ServiceError('InvalidInput', 'StartRecordType and StartRecordIdentifier need StartRecordName.');
  }
  if (StartRecordType === undefined && StartRecordIdentifier !== undefined)
    throw new ServiceError('InvalidInput', 'StartRecordIdentifier needs StartRecordType.');
  const name = canonicalName(StartRecordName);
  if (name === undefined) throw new ServiceError('InvalidInput', `${StartRecordName} is not a valid DNS name.`);
  return {
    name,
    ...(StartRecordType === undefined ? {} : { type: StartRecordType }),
    ...(StartRecordIdentifier === undefined ? {} : { setIdentifier: StartRecordIdentifier }),
  };
}

/** ListResourceRecordSets. */
export const listResourceRecordSets = read(
  'ListResourceRecordSets',
  (state, request: Valid<ListResourceRecordSetsRequest>, call): Wire<ListResourceRecordSetsResponse> => {
    const zone = getHostedZone(state, call, plainId(request.HostedZoneId));
    const size = pageSize(request.MaxItems, LARGEST_PAGE);
    const { page, next } = takePage(listRecordSets(state, zone, readStart(request)), size);
    return {
      ResourceRecordSets: page.map(describeRecordSet),
      IsTruncated: next !== undefined,
      ...(next === undefined ? {} : { NextRecordName: `${next.name}.`, NextRecordType: next.type }),
      NextRecordIdentifier: next?.setIdentifier,
      MaxItems: size,
    };
  },
);

function describeRecordSet(set: RecordSet): Wire<ResourceRecordSet> {
  const { name, type, ttl, values, alias, setIdentifier, weight } = set;
  return {
    Name: `${name}.`,
    Type: type,
    SetIdentifier: setIdentifier,
    Weight: weight,
    TTL: ttl,
    ResourceRecords: alias === undefined ? values.map((Value) => ({ Value })) : undefined,
    AliasTarget: alias && {
      HostedZoneId: alias.zoneId,
      DNSName: `${alias.name}.`,
      EvaluateTargetHealth: alias.evaluateTargetHealth,
    },
  };
}
