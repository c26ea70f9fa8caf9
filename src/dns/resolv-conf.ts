// The system's resolvers, from the text of resolv.conf.

import { parseAddress } from '../base/cidr.ts';

/** The IPv4 name servers of a resolv.conf(5), at most three as the C library takes them. */
export function parseResolvConf(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line) => {
      const address = /^\s*nameserver\s+(\S+)/.exec(line)?.[1];
      return address !== undefined && parseAddress(address)?.family === 4 ? [address] : [];
    })
    .slice(0, 3);
}
