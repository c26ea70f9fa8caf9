// Hosted zones and changes in Route 53's shapes.

import type { ChangeInfo, DelegationSet, HostedZone as WireZone, VPC, VPCRegion } from '@aws-sdk/client-route-53';
import type { State } from '../../domain/index.ts';
import { recordSetCount } from '../../domain/hosted-zone/index.ts';
import type { HostedZone, ZoneChange, ZoneVpc } from '../../domain/records/index.ts';
import type { Wire } from '../operation.ts';

/** An id without the path that clients may put before it: `/hostedzone/Z1`, `/change/C1`. */
export function plainId(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** HostedZone; the count of its record sets is that of `state`. */
export function describeZone(zone: HostedZone, state: State): Wire<WireZone> {
  return {
    Id: `/hostedzone/${zone.id}`,
    Name: `${zone.name}.`,
    CallerReference: zone.callerReference,
    Config: { ...(zone.comment === undefined ? {} : { Comment: zone.comment }), PrivateZone: zone.private },
    ResourceRecordSetCount: recordSetCount(state, zone),
  };
}

/** ChangeInfo. */
export function describeChange({ id, status, comment, createdAt }: ZoneChange): Wire<ChangeInfo> {
  return {
    Id: `/change/${id}`,
    Status: status,
    SubmittedAt: new Date(createdAt),
    ...(comment === undefined ? {} : { Comment: comment }),
  };
}

/** The name servers of a public zone. */
export function describeDelegation({ nameServers }: HostedZone): Wire<DelegationSet> {
  return { NameServers: nameServers };
}

/** VPC. */
export function describeZoneVpc({ vpcId, region }: ZoneVpc): Wire<VPC> {
  // Regions are any text here: not only those that the model knows.
  return { VPCRegion: region as VPCRegion, VPCId: vpcId };
}

/** The VPC that a request names; what it leaves out is empty, and no VPC's. */
export function readVpc({
  VPCId = '',
  VPCRegion = '',
}: {
  readonly VPCId?: string;
  readonly VPCRegion?: string;
}): ZoneVpc {
  return { vpcId: VPCId, region: VPCRegion };
}
