// The DNS names that AWS generates (behaviour.md 11.1).

/** The hosted zone of the generated names, as in AWS's published examples. */
export const HOSTED_ZONE_ID = 'Z09127221KTH2CFUOHIZH';

/** The name of the service with `id` and `name`; the same in every network. */
export function serviceDnsName(name: string, id: string, region: string): string {
  return `${name}-${id.slice('svc-'.length)}.7d67968.vpc-lattice-svcs.${region}.on.aws`;
}

/** The name of a service through a VPC endpoint, by the ids of the endpoint and of the service's association. */
export function endpointDnsName(endpointId: string, associationId: string, region: string): string {
  return `${endpointId}-${associationId}.7d67968.vpc-lattice-svcs.${region}.on.aws`;
}

/** The name of a resource configuration that came into a network by an association. */
export function resourceDnsName(associationId: string, configurationId: string, region: string): string {
  return `${associationId}.${configurationId}.4232ccc.vpc-lattice-rsc.${region}.on.aws`;
}
