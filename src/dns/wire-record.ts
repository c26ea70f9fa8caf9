// A record of an answer as bytes, and the types of records that are looked at.

/** Types of records and queries (IANA DNS parameters). */
export const types = {
  ...{ a: 1, ns: 2, cname: 5, soa: 6, ptr: 12, mx: 15, txt: 16, aaaa: 28, srv: 33, dname: 39, opt: 41, spf: 99 },
  ...{ ixfr: 251, axfr: 252, any: 255, caa: 257 },
} as const;

/** A record of class IN. */
export interface WireRecord {
  /** The name's key; undefined: the name of the question, in its letters. */
  readonly owner?: string;
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
  readonly data: Buffer;
}

/** An IPv4 address as the data of an A record. */
export function encodeIpv4(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}
