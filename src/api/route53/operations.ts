// The operations of Route 53 that are implemented; the others answer 501.

import type { Operation } from '../operation.ts';
import {
  getDnssec,
  getReusableDelegationSet,
  listQueryLoggingConfigs,
  listReusableDelegationSets,
} from './absent-features.ts';
import {
  createHostedZone,
  deleteHostedZone,
  getChange,
  getHostedZone,
  getHostedZoneCount,
  updateHostedZoneComment,
} from './hosted-zones.ts';
import { changeResourceRecordSets, listResourceRecordSets } from './record-sets.ts';
import { listHostedZones, listHostedZonesByName, listHostedZonesByVpc } from './zone-lists.ts';
import { changeTagsForResource, listTagsForResource, listTagsForResources } from './zone-tags.ts';
import {
  associateVpcWithHostedZone,
  createVpcAssociationAuthorization,
  deleteVpcAssociationAuthorization,
  disassociateVpcFromHostedZone,
  listVpcAssociationAuthorizations,
} from './zone-vpcs.ts';

/** All of them. */
export const route53Operations: readonly Operation[] = [
  associateVpcWithHostedZone,
  changeResourceRecordSets,
  changeTagsForResource,
  createHostedZone,
  createVpcAssociationAuthorization,
  deleteHostedZone,
  deleteVpcAssociationAuthorization,
  disassociateVpcFromHostedZone,
  getChange,
  getDnssec,
  getHostedZone,
  getHostedZoneCount,
  getReusableDelegationSet,
  listHostedZones,
  listHostedZonesByName,
  listHostedZonesByVpc,
  listQueryLoggingConfigs,
  listResourceRecordSets,
  listReusableDelegationSets,
  listTagsForResource,
  listTagsForResources,
  listVpcAssociationAuthorizations,
  updateHostedZoneComment,
];
