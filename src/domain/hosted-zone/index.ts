// Hosted zones of Route 53 and what they answer.

export {
  countHostedZones,
  getHostedZone,
  getZoneVpcKey,
  listHostedZones,
  listZonesByName,
  listZonesOfVpc,
} from './find-zone.ts';
export {
  createHostedZone,
  deleteHostedZone,
  recordSetCount,
  updateHostedZoneComment,
  type ZoneResult,
} from './hosted-zone.ts';
export {
  associateVpc,
  authorizeVpc,
  disassociateVpc,
  revokeVpcAuthorization,
  type ZoneVpcInput,
} from './vpc-association.ts';
export { getZoneChange } from './zone-change.ts';
export { canonicalName, reversedName } from './zone-name.ts';
export { changeZoneTags } from './zone-tags.ts';
