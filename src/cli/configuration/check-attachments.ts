// Whether the configured VPCs can be attached the way this server attaches.

import { cidrIncludes, formatCidr, parseCidr, type Cidr } from '../../base/cidr.ts';
import type { Configuration } from './configuration.ts';

/** Sentences; none when all is well. A server attaches all its VPCs in one way, and loopback carries only a VPC's first /16. */
export function checkAttachments(configuration: Configuration, attach: 'netns' | 'loopback'): string[] {
  return configuration.vpcs.flatMap(({ name, place, attachment = { kind: attach }, cidrs }) => {
    if (attachment.kind !== attach)
      return [
        `${place}: the attachment of ${name} is ${attachment.kind}, but this server attaches with ${attach}: start it with --attach ${attachment.kind}, or change the file`,
      ];
    const ranges = attach === 'loopback' ? cidrs.flatMap((text) => parseCidr(text) ?? []) : [];
    const [first] = ranges;
    if (first === undefined) return [];
    const carried: Cidr = { family: 4, base: (first.base >> 16n) << 16n, prefix: 16 };
    return ranges
      .filter((range) => !cidrIncludes(carried, range))
      .map(
        (range) => `${place}: loopback carries only ${formatCidr(carried)} of ${name}: leave ${formatCidr(range)} out`,
      );
  });
}
