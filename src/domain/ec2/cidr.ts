// The ranges that EC2 admits for VPCs and subnets.

import { createHash } from 'node:crypto';
import { formatCidr, parseAddress, type Cidr } from '../../base/cidr.ts';
import { ec2Refusal } from '../refusal.ts';

/**
 * The IPv4 range that `text` names, its bits below the prefix cleared (EC2: 100.68.0.18/18 becomes 100.68.0.0/18).
 * Refused: what is no range (`InvalidParameterValue`); a prefix outside of 16–28 (`rangeCode`).
 */
export function parseEc2Cidr(text: string, rangeCode: 'InvalidVpc.Range' | 'InvalidSubnet.Range'): Cidr {
  const match = /^([0-9.]+)\/(\d{1,2})$/.exec(text);
  const address = parseAddress(match?.[1] ?? '');
  const prefix = Number(match?.[2]);
  if (address?.family !== 4 || prefix > 32)
    throw ec2Refusal(
      'InvalidParameterValue',
      `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  if (prefix < 16 || prefix > 28)
    throw ec2Refusal(rangeCode, `The CIDR '${text}' is invalid: the prefix is between /16 and /28.`);
  const host = BigInt(32 - prefix);
  return { family: 4, base: (address.value >> host) << host, prefix };
}

/** `parseEc2Cidr` back as text. */
export function normalizeEc2Cidr(text: string, rangeCode: 'InvalidVpc.Range' | 'InvalidSubnet.Range'): string {
  return formatCidr(parseEc2Cidr(text, rangeCode));
}

/** The ranges of IPv6 that a VPC gets, a /56 each: of the unique local addresses (RFC 4193), chosen by the VPC's id; one that is not of `taken`. */
export function provideIpv6(vpcId: string, taken: readonly string[]): string {
  for (let n = 0; ; n++) {
    const hash = createHash('sha256').update(`${vpcId} ${n}`).digest('hex');
    const base = (0xfdn << 120n) | (BigInt(`0x${hash.slice(0, 12)}`) << 72n);
    const range = formatCidr({ family: 6, base, prefix: 56 });
    if (!taken.includes(range)) return range;
  }
}
