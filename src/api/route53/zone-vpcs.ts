// Operations on the VPCs that a private zone answers.

import type {
  AssociateVPCWithHostedZoneRequest,
  AssociateVPCWithHostedZoneResponse,
  CreateVPCAssociationAuthorizationRequest,
  CreateVPCAssociationAuthorizationResponse,
  DeleteVPCAssociationAuthorizationRequest,
  DisassociateVPCFromHostedZoneRequest,
  DisassociateVPCFromHostedZoneResponse,
  ListVPCAssociationAuthorizationsRequest,
  ListVPCAssociationAuthorizationsResponse,
} from '@aws-sdk/client-route-53';
import { ServiceError } from '../../aws/index.ts';
import {
  associateVpc,
  authorizeVpc,
  disassociateVpc,
  getHostedZone,
  revokeVpcAuthorization,
  type ZoneVpcInput,
} from '../../domain/hosted-zone/index.ts';
import { change, read, type Valid, type Wire } from '../operation.ts';
import { describeChange, describeZoneVpc, plainId, readVpc } from './describe-zone.ts';
import { pageSize, takePage } from './page-route53.ts';

function readInput(request: {
  readonly HostedZoneId: string;
  readonly VPC: { readonly VPCId?: string; readonly VPCRegion?: string };
  readonly Comment?: string;
}): ZoneVpcInput {
  const { HostedZoneId, VPC, Comment } = request;
  return {
    id: plainId(HostedZoneId),
    vpc: readVpc(VPC),
    ...(Comment === undefined ? {} : { comment: Comment }),
  };
}

/** AssociateVPCWithHostedZone. */
export const associateVpcWithHostedZone = change(
  'AssociateVPCWithHostedZone',
  associateVpc,
  (request: Valid<AssociateVPCWithHostedZoneRequest>) => readInput(request),
  (made): Wire<AssociateVPCWithHostedZoneResponse> => ({ ChangeInfo: describeChange(made) }),
);

/** DisassociateVPCFromHostedZone. */
export const disassociateVpcFromHostedZone = change(
  'DisassociateVPCFromHostedZone',
  disassociateVpc,
  (request: Valid<DisassociateVPCFromHostedZoneRequest>) => readInput(request),
  (made): Wire<DisassociateVPCFromHostedZoneResponse> => ({ ChangeInfo: describeChange(made) }),
);

/** CreateVPCAssociationAuthorization. */
export const createVpcAssociationAuthorization = change(
  'CreateVPCAssociationAuthorization',
  (state, input: ZoneVpcInput, context) => {
    const { changes, result } = authorizeVpc(state, input, context);
    return { changes, result: { zoneId: result.id, vpc: input.vpc } };
  },
  (request: Valid<CreateVPCAssociationAuthorizationRequest>) => readInput(request),
  ({ zoneId, vpc }): Wire<CreateVPCAssociationAuthorizationResponse> => ({
    HostedZoneId: zoneId,
    VPC: describeZoneVpc(vpc),
  }),
);

/** DeleteVPCAssociationAuthorization. */
export const deleteVpcAssociationAuthorization = change(
  'DeleteVPCAssociationAuthorization',
  revokeVpcAuthorization,
  (request: Valid<DeleteVPCAssociationAuthorizationRequest>) => readInput(request),
  () => ({}),
);

/** ListVPCAssociationAuthorizations. */
export const listVpcAssociationAuthorizations = read(
  'ListVPCAssociationAuthorizations',
  (
    state,
    request: Valid<ListVPCAssociationAuthorizationsRequest>,
    call,
  ): Wire<ListVPCAssociationAuthorizationsResponse> => {
    const zone = getHostedZone(state, call, plainId(request.HostedZoneId));
    const token = (vpc: (typeof zone.authorizations)[number]): string => `${vpc.region}/${vpc.vpcId}`;
    const from =
      request.NextToken === undefined ? 0 : zone.authorizations.findIndex((vpc) => token(vpc) === request.NextToken);
    if (from < 0) throw new ServiceError('InvalidPaginationToken', 'This is not a token of this list.');
    const { page, next } = takePage(zone.authorizations.slice(from), pageSize(request.MaxResults, 50));
    return {
      HostedZoneId: zone.id,
      VPCs: page.map(describeZoneVpc),
      ...(next === undefined ? {} : { NextToken: token(next) }),
    };
  },
);
