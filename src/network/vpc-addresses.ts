// The addresses of a VPC that are the network's own: gateways, name servers, and what every workload may ask. Pure.

import { cidrAddress, cidrContains, parseCidr, type Cidr } from '../base/cidr.ts';
import { apiAddress, type VpcRecord } from '../snapshot/index.ts';

/** The second DNS address of every VPC (User Guide: Amazon DNS server). */
export const linkLocalDns = '169.254.169.253';

/** What every workload may ask on port 80: the instance metadata service, the credentials of containers (EC2 and ECS), and the AWS API. */
export const metadataAddresses: readonly string[] = ['169.254.169.254', '169.254.170.2', apiAddress];

/** The addresses at which a VPC's DNS answers: base + 2 of each IPv4 CIDR, and the link-local one. */
export function dnsAddresses(vpc: Pick<VpcRecord, 'cidrs'>): readonly string[] {
  return [...ipv4Ranges(vpc.cidrs).map((cidr) => cidrAddress(cidr, 2)), linkLocalDns];
}

/** The address to which workloads at `address` send what they cannot reach themselves: base + 1 of the subnet, or of the CIDR. */
export function gatewayOf(vpc: VpcRecord, address: string): string {
  const around = ipv4Ranges([...vpc.subnets.map(({ cidr }) => cidr), ...vpc.cidrs]).find((cidr) =>
    cidrContains(cidr, address),
  );
  return around === undefined ? linkLocalDns : cidrAddress(around, 1);
}

/** Those of `cidrs` that are of IPv4. */
export function ipv4Ranges(cidrs: readonly string[]): readonly Cidr[] {
  return cidrs.flatMap((text) => {
    const cidr = parseCidr(text);
    return cidr?.family === 4 ? [cidr] : [];
  });
}
