// What each operation of Route 53 is about: the hosted zone or change that it names, and its own condition keys (Service Authorization Reference: Route 53).

import { canonicalName } from '../../domain/hosted-zone/index.ts';
import type { SubjectsOf } from './authorize.ts';

/** The members that say what an operation is done to and how. */
interface Names {
  readonly Id?: string;
  readonly HostedZoneId?: string;
  readonly ResourceType?: string;
  readonly ResourceId?: string;
  readonly ResourceIds?: readonly string[];
  readonly VPC?: VpcName;
  readonly VPCId?: string;
  readonly VPCRegion?: string;
  readonly ChangeBatch?: {
    readonly Changes: readonly {
      readonly Action: string;
      readonly ResourceRecordSet: { readonly Name: string; readonly Type: string };
    }[];
  };
}

interface VpcName {
  readonly VPCId?: string;
  readonly VPCRegion?: string;
}

/** What the operations of Route 53 are about. Lists of zones, and making one, are about none. */
export const route53Subjects: SubjectsOf = (operation, input) => {
  const names = input as Names;
  const vpc = names.VPC ?? (operation === 'ListHostedZonesByVPC' ? names : undefined);
  const changes = names.ChangeBatch?.Changes ?? [];
  const distinct = (values: readonly string[]): readonly string[] | undefined =>
    values.length === 0 ? undefined : [...new Set(values)];
  return resourcesOf(operation, names).map((resource) => ({
    action: `route53:${operation}`,
    resource,
    key(name) {
      switch (name) {
        case 'route53:changeresourcerecordsetsnormalizedrecordnames':
          return distinct(changes.map(({ ResourceRecordSet: { Name } }) => canonicalName(Name) ?? Name));
        case 'route53:changeresourcerecordsetsrecordtypes':
          return distinct(changes.map(({ ResourceRecordSet: { Type } }) => Type));
        case 'route53:changeresourcerecordsetsactions':
          return distinct(changes.map(({ Action }) => Action));
        case 'route53:vpcs':
          return vpc && distinct([`VPCId=${vpc.VPCId ?? ''},VPCRegion=${vpc.VPCRegion ?? ''}`]);
        default:
          return undefined;
      }
    },
  }));
};

function resourcesOf(operation: string, { Id, HostedZoneId, ResourceType, ResourceId, ResourceIds }: Names) {
  const arn = (type: string, id: string): string => `arn:aws:route53:::${type}/${id.slice(id.lastIndexOf('/') + 1)}`;
  if (operation === 'GetChange') return [arn('change', Id ?? '')];
  if (operation === 'GetReusableDelegationSet') return [arn('delegationset', Id ?? '')];
  if (ResourceType !== undefined)
    return (ResourceIds ?? [ResourceId ?? '']).map((id) =>
      arn(ResourceType === 'healthcheck' ? ResourceType : 'hostedzone', id),
    );
  // A place in the list, not a resource.
  const zone = operation.startsWith('ListHostedZones') ? undefined : (HostedZoneId ?? Id);
  return [zone === undefined ? '*' : arn('hostedzone', zone)];
}
