// The sockets on the host that workers serve beside those of VPCs: DNS of `--dns`.

import type { SocketSpec } from '../network/index.ts';

/** Stands for no VPC in the specs of host sockets. */
export const HOST_VPC = '';

/** UDP and TCP of `--dns`. */
export function hostDnsSpecs(address: string, port: number): readonly SocketSpec[] {
  const family = address.includes(':') ? 6 : 4;
  return (['udp', 'tcp'] as const).map((kind) => ({
    key: `host/${kind}${family}/${address}:${port}`,
    vpcId: HOST_VPC,
    kind,
    family,
    address,
    port,
    purpose: 'dns',
  }));
}
