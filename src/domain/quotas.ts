// The adjustable quotas of VPC Lattice (behaviour.md 19, from User Guide: Quotas) of IAM (IAM User Guide: IAM and STS quotas) and of Route 53 (Developer Guide: Quotas): how much of what there may be.

import type { Context } from './decision.ts';
import { iamRefusal, Refusal, route53Refusal, type ResourceType, type Route53Code } from './refusal.ts';

const quotas = {
  childrenPerGroup: [60, 'L-9BC96FEF', 'RESOURCE_CONFIGURATION', 'child resource configurations per group'],
  domainVerifications: [5, 'L-73D0F278', 'DOMAIN_VERIFICATION', 'domain verifications per Region'],
  hostedZones: [500, 'L-4EA4796A', 'TooManyHostedZones', 'hosted zones'],
  instanceProfiles: [1000, 'L-6E65F664', 'IAM', 'InstanceProfilesPerAccount'],
  listenersPerService: [2, 'L-D64E952E', 'LISTENER', 'listeners per service'],
  managedPolicies: [1500, 'L-E95E4862', 'IAM', 'PoliciesPerAccount'],
  oidcProviders: [100, 'L-858F3967', 'IAM', 'OpenIDConnectProvidersPerAccount'],
  policiesPerRole: [10, 'L-0DA4ABF3', 'IAM', 'PoliciesPerRole'],
  policiesPerUser: [10, 'L-4019AD8B', 'IAM', 'PoliciesPerUser'],
  recordSetsPerZone: [10_000, 'L-E209CC9F', 'InvalidChangeBatch', 'records per hosted zone'],
  resourceConfigurations: [2000, 'L-5FF8F9B9', 'RESOURCE_CONFIGURATION', 'resource configurations per Region'],
  resourceConfigurationsPerNetwork: [
    500,
    'L-6095700C',
    'SERVICE_NETWORK_RESOURCE_ASSOCIATION',
    'resource configurations per service network',
  ],
  resourceGatewaysPerVpc: [500, 'L-0DCA4434', 'RESOURCE_GATEWAY', 'resource gateways per VPC'],
  roles: [1000, 'L-FE177D64', 'IAM', 'RolesPerAccount'],
  rulesPerListener: [10, 'L-CF78395E', 'RULE', 'rules per listener'],
  serviceAssociationsPerNetwork: [
    500,
    'L-75D4A19E',
    'SERVICE_NETWORK_SERVICE_ASSOCIATION',
    'service associations per service network',
  ],
  serviceNetworks: [50, 'L-9CAD07FB', 'SERVICE_NETWORK', 'service networks per Region'],
  services: [2000, 'L-620C821E', 'SERVICE', 'services per Region'],
  targetGroups: [500, 'L-BB11C6B9', 'TARGET_GROUP', 'target groups per Region'],
  targetGroupsPerService: [10, 'L-3DEC3B9F', 'TARGET_GROUP', 'target groups per service'],
  targetsPerTargetGroup: [1000, 'L-D71303F3', 'TARGET', 'targets per target group'],
  users: [5000, 'L-F55AF5E4', 'IAM', 'UsersPerAccount'],
  vpcAssociationsPerNetwork: [
    500,
    'L-EF6E2D62',
    'SERVICE_NETWORK_VPC_ASSOCIATION',
    'VPC associations per service network',
  ],
  vpcsPerZone: [300, 'L-84B40094', 'LimitsExceeded', 'VPCs that are associated with a private hosted zone'],
} as const satisfies Record<string, readonly [number, string, ResourceType | 'IAM' | Route53Code, string]>;

/** The quotas by name. */
export type QuotaName = keyof typeof quotas;

/** The most of each. */
export type QuotaLimits = Readonly<Record<QuotaName, number>>;

/** AWS's own, which it raises on request. */
export const awsQuotas: QuotaLimits = eachQuota((limit) => limit);

/** Ten times AWS's: for accounts that AWS would have raised them for. */
export const usualQuotas: QuotaLimits = eachQuota((limit) => limit * 10);

function eachQuota(limitOf: (awsLimit: number) => number): QuotaLimits {
  return Object.fromEntries(Object.entries(quotas).map(([name, [limit]]) => [name, limitOf(limit)])) as QuotaLimits;
}

/** Refuses with `ServiceQuotaExceeded` (of IAM's: with `LimitExceeded`, of Route 53's: with a code of each) when `count()` things (the new one included) are more than the quota. */
export function checkQuota(context: Pick<Context, 'quotas'>, name: QuotaName, count: () => number): void {
  if (context.quotas === 'none') return;
  const [, quotaCode, resourceType, words] = quotas[name];
  const limit = (context.quotas === 'aws' ? awsQuotas : context.quotas)[name];
  if (count() <= limit) return;
  if (
    resourceType === 'TooManyHostedZones' ||
    resourceType === 'InvalidChangeBatch' ||
    resourceType === 'LimitsExceeded'
  )
    throw route53Refusal(resourceType, `Cannot exceed quota for ${words}: ${limit}`);
  if (resourceType === 'IAM') throw iamRefusal('LimitExceeded', `Cannot exceed quota for ${words}: ${limit}`);
  throw new Refusal(
    { kind: 'ServiceQuotaExceeded', resourceType, serviceCode: 'vpc-lattice', quotaCode },
    `The quota of ${limit} ${words} (${quotaCode}) is exceeded.`,
  );
}
