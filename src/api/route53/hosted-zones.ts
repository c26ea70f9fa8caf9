// Operations on hosted zones themselves.

import type {
  CreateHostedZoneRequest,
  CreateHostedZoneResponse,
  DeleteHostedZoneRequest,
  DeleteHostedZoneResponse,
  GetChangeRequest,
  GetChangeResponse,
  GetHostedZoneCountResponse,
  GetHostedZoneRequest,
  GetHostedZoneResponse,
  UpdateHostedZoneCommentRequest,
  UpdateHostedZoneCommentResponse,
} from '@aws-sdk/client-route-53';
import {
  countHostedZones,
  createHostedZone as decideCreate,
  deleteHostedZone as decideDelete,
  getHostedZone as get,
  getZoneChange,
  updateHostedZoneComment as decideComment,
} from '../../domain/hosted-zone/index.ts';
import { change, read, type Valid, type Wire } from '../operation.ts';
import {
  describeChange,
  describeDelegation,
  describeZone,
  describeZoneVpc,
  plainId,
  readVpc,
} from './describe-zone.ts';

/** CreateHostedZone. */
export const createHostedZone = change(
  'CreateHostedZone',
  decideCreate,
  ({ Name, CallerReference, VPC, HostedZoneConfig, DelegationSetId }: Valid<CreateHostedZoneRequest>) => ({
    name: Name,
    callerReference: CallerReference,
    ...(HostedZoneConfig?.Comment === undefined ? {} : { comment: HostedZoneConfig.Comment }),
    ...(HostedZoneConfig?.PrivateZone === undefined ? {} : { private: HostedZoneConfig.PrivateZone }),
    ...(VPC === undefined ? {} : { vpc: readVpc(VPC) }),
    ...(DelegationSetId === undefined ? {} : { delegationSetId: plainId(DelegationSetId) }),
  }),
  ({ zone, change: made }, state): Wire<CreateHostedZoneResponse> => ({
    HostedZone: describeZone(zone, state),
    ChangeInfo: describeChange(made),
    DelegationSet: zone.private ? undefined : describeDelegation(zone),
    VPC: zone.vpcs[0] && describeZoneVpc(zone.vpcs[0]),
    Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${zone.id}`,
  }),
);

/** GetHostedZone. */
export const getHostedZone = read(
  'GetHostedZone',
  (state, { Id }: Valid<GetHostedZoneRequest>, call): Wire<GetHostedZoneResponse> => {
    const zone = get(state, call, plainId(Id));
    return {
      HostedZone: describeZone(zone, state),
      ...(zone.private ? { VPCs: zone.vpcs.map(describeZoneVpc) } : { DelegationSet: describeDelegation(zone) }),
    };
  },
);

/** GetHostedZoneCount. */
export const getHostedZoneCount = read(
  'GetHostedZoneCount',
  (state, _request: object, call): Wire<GetHostedZoneCountResponse> => ({
    HostedZoneCount: countHostedZones(state, call),
  }),
);

/** UpdateHostedZoneComment. */
export const updateHostedZoneComment = change(
  'UpdateHostedZoneComment',
  decideComment,
  ({ Id, Comment }: Valid<UpdateHostedZoneCommentRequest>) => ({
    id: plainId(Id),
    ...(Comment === undefined ? {} : { comment: Comment }),
  }),
  (zone, state): Wire<UpdateHostedZoneCommentResponse> => ({ HostedZone: describeZone(zone, state) }),
);

/** DeleteHostedZone. */
export const deleteHostedZone = change(
  'DeleteHostedZone',
  decideDelete,
  ({ Id }: Valid<DeleteHostedZoneRequest>) => ({ id: plainId(Id) }),
  (made): Wire<DeleteHostedZoneResponse> => ({ ChangeInfo: describeChange(made) }),
);

/** GetChange: what was changed is in use when every data plane obeys it. */
export const getChange = read('GetChange', (state, { Id }: Valid<GetChangeRequest>, call): Wire<GetChangeResponse> => ({
  ChangeInfo: describeChange(getZoneChange(state, call, plainId(Id))),
}));
