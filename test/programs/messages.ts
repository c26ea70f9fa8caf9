// What a test asks of a client program in a VPC and what it answers: one JSON text a line.

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** One request to a service by its name; the address is what the VPC's DNS says, unless one is given. */
export interface RequestSpec {
  readonly name: string;
  readonly port: number;
  readonly address?: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  /** How bytes stand in `body` and in the answer's. */
  readonly encoding?: 'utf8' | 'base64';
  /** How long the program waits for the answer, in milliseconds; absent: 20 seconds. */
  readonly patience?: number;
}

/** The same request many times: `count` of them, or until `stop` where it is absent. */
export interface LoadSpec extends RequestSpec {
  readonly count?: number;
  readonly connections: number;
}

/** What the client can be asked for. */
export type Ask =
  /** Resolved by the VPC's name server (or `server`), not by the system's library. */
  | { readonly kind: 'resolve'; readonly name: string; readonly type: 'A' | 'AAAA' | 'SOA'; readonly server?: string }
  /** The A records that the VPC's name server gives over TCP. */
  | { readonly kind: 'resolve-tcp'; readonly name: string }
  /** Resolved by the system's library. */
  | { readonly kind: 'lookup'; readonly name: string }
  | ({ readonly kind: 'request' } & RequestSpec)
  | ({ readonly kind: 'load' } & LoadSpec)
  /** What the SDK's own chain finds in the workload. */
  | { readonly kind: 'credentials' }
  /** Ends every load that has no count. */
  | { readonly kind: 'stop' };

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The credentials of a workload with a role. */
export interface FoundCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What a load came to. */
export interface LoadResult {
  readonly total: number;
  /** By status code. */
  readonly statuses: Readonly<Record<string, number>>;
  /** By the name of the target that answered. */
  readonly targets: Readonly<Record<string, number>>;
  /** Why requests got no answer, by reason. */
  readonly errors: Readonly<Record<string, number>>;
  /** How many requests got no answer on each connection and what came in its place; the numbers that are not 0. */
  readonly broken: readonly number[];
}

export type Reply<T> = { readonly id: number; readonly result: T } | { readonly id: number; readonly error: string };
