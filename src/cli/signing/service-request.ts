// One signed request to a service: its headers, and the way to its address.

import { Resolver } from 'node:dns/promises';
import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { signHeaders, unsignedPayload } from '../../sigv4/index.ts';
import type { Credentials } from './credentials.ts';

/** A request before it is signed. Paths as they go over the wire, `?` and query with them. */
export interface UnsignedRequest {
  readonly method: string;
  readonly target: string;
  /** As the Host header has it. */
  readonly host: string;
  /** Lower-case names; several values of a name in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What a signature of ours takes the place of. */
const replaced = new Set([
  'authorization',
  'host',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-region-set',
  'x-amz-security-token',
]);

/** All headers of the signed request, `host` first. Every other x-amz-* header is signed with it, as services demand. */
export function signServiceRequest(
  { method, target, host, headers }: UnsignedRequest,
  { accessKeyId, secretAccessKey: secret, sessionToken }: Credentials,
  region: string,
  now: number,
): readonly (readonly [name: string, value: string])[] {
  const kept = headers.filter(([name]) => !replaced.has(name));
  const signed = new Map([
    ['host', host],
    ['x-amz-content-sha256', unsignedPayload],
  ]);
  for (const [name, value] of kept)
    if (name.startsWith('x-amz-')) signed.set(name, signed.has(name) ? `${signed.get(name)},${value}` : value);
  const mark = target.indexOf('?');
  const [path, query] = mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
  const signer = { accessKeyId, secret, region, service: 'vpc-lattice-svcs' };
  const added = signHeaders(
    { method, path, query, headers: signed },
    sessionToken === undefined ? signer : { ...signer, sessionToken },
    { now, bodyHash: unsignedPayload },
  );
  return [['host', host], ['x-amz-content-sha256', unsignedPayload], ...kept, ...Object.entries(added)];
}

/** How names become addresses: by the VPC's resolver where `pergola exec` tells of one (PERGOLA_DNS), else by the system's. */
export function lookupOf(environment: Readonly<Record<string, string | undefined>>): LookupFunction {
  const server = environment['PERGOLA_DNS'];
  if (server === undefined) return systemLookup as LookupFunction;
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  resolver.setServers([server]);
  return (name, options, done) => {
    resolver.resolve4(name).then(
      ([address = '']) => {
        if (options.all === true) done(null, [{ address, family: 4 }]);
        else done(null, address, 4);
      },
      (error: NodeJS.ErrnoException) => done(error, ''),
    );
  };
}

/** The address to connect from: on loopback that tells which VPC a client is in. */
export function localAddressOf(environment: Readonly<Record<string, string | undefined>>): {
  readonly localAddress?: string;
} {
  const own = environment['PERGOLA_ADDRESS'];
  return own?.startsWith('127.') === true ? { localAddress: own } : {};
}
