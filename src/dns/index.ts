// DNS for clients in VPCs: names from the snapshot, everything else from the system's resolvers.

export { createDns, type Dns, type DnsCounters, type DnsDeps } from './dns.ts';
export { createLookUp, type FoundName, type LookUp } from './look-up.ts';
