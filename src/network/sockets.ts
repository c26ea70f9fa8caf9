// From a snapshot to the sockets that workers listen on, and which (address . port) pairs each of them serves. Pure.

import { apiAddressIn, type Snapshot, type VpcRecord } from '../snapshot/index.ts';
import { dnsAddresses } from './vpc-addresses.ts';
import { metadataPort } from './enforcement.ts';
import { offeredListeners, type OfferedListener } from './listeners.ts';
import { isNameable, namespacePath, routerName } from './names.ts';

/** A socket that a worker listens on. */
export interface SocketSpec {
  /** The same for as long as the socket is the same: `vpc-1/tcp4/*:80`. */
  readonly key: string;
  readonly vpcId: string;
  readonly kind: 'tcp' | 'udp';
  readonly family: 4 | 6;
  /** Absent: the wildcard address of the family. */
  readonly address?: string;
  readonly port: number;
  /** The listener's port where that is not `port` (loopback without the right to ports below 1024). */
  readonly listenerPort?: number;
  /** The namespace to bind in, as a path; absent: the supervisor's own. */
  readonly namespace?: string;
  /** `service+dns`: DNS when the connection's local address is one of the VPC's DNS addresses, else a service; port 80 is the metadata's and the API's too. */
  readonly purpose: 'service' | 'dns' | 'service+dns';
}

export interface SocketOptions {
  readonly attach: 'netns' | 'loopback';
  readonly prefix: string;
  /** Whether ports below 1024 can be bound; else they are opened at port + 20000. */
  readonly lowPorts: boolean;
}

/** The port of a loopback VPC's DNS at 127.n.0.2. */
export const loopbackDnsPort = 20053;

/** The port of the AWS API in a loopback VPC: a web server of the host may have 80 at every address. */
export const loopbackApiPort = 20080;

/** What is added to a port below 1024 that may not be bound. */
const lowPortOffset = 20000;

/** The sockets that `snapshot` asks for on this machine, by VPC; DNS first. */
export function desiredSockets(snapshot: Snapshot, options: SocketOptions): readonly SocketSpec[] {
  const offers = offeredListeners(snapshot);
  const specs: SocketSpec[] = [];
  for (const vpc of snapshot.vpcs.values()) {
    const { attachment } = vpc;
    if (attachment.kind !== options.attach) continue;
    const listeners = offers.get(vpc.id) ?? [];
    if (attachment.kind === 'loopback') specs.push(...loopbackSockets(vpc.id, attachment, listeners, options.lowPorts));
    else if (attachment.path === undefined && isNameable(vpc.id))
      specs.push(...routerSockets(vpc, listeners, namespacePath(routerName(options.prefix, vpc.id))));
  }
  return specs;
}

function routerSockets(
  vpc: VpcRecord,
  listeners: readonly OfferedListener[],
  namespace: string,
): readonly SocketSpec[] {
  const dns = dnsAddresses(vpc).map((address): SocketSpec => {
    const key = `${vpc.id}/udp4/${address}:53`;
    return { key, vpcId: vpc.id, kind: 'udp', family: 4, address, port: 53, namespace, purpose: 'dns' };
  });
  const ports = new Set(listeners.map(({ port }) => port));
  const tcp = [...new Set([53, metadataPort, ...ports])].map((port): SocketSpec => {
    const purpose = port !== 53 ? 'service' : ports.has(53) ? 'service+dns' : 'dns';
    return { key: `${vpc.id}/tcp4/*:${port}`, vpcId: vpc.id, kind: 'tcp', family: 4, port, namespace, purpose };
  });
  return [...dns, ...tcp];
}

function loopbackSockets(
  vpcId: string,
  attachment: Extract<VpcRecord['attachment'], { readonly kind: 'loopback' }>,
  listeners: readonly OfferedListener[],
  lowPorts: boolean,
): readonly SocketSpec[] {
  const { n } = attachment;
  const dns = { vpcId, family: 4, address: `127.${n}.0.2`, port: loopbackDnsPort, purpose: 'dns' } as const;
  const specs = new Map<string, SocketSpec>();
  for (const kind of ['udp', 'tcp'] as const) {
    const key = `${vpcId}/${kind}4/${dns.address}:${dns.port}`;
    specs.set(key, { ...dns, key, kind });
  }
  const api = { vpcId, family: 4, address: apiAddressIn({ attachment }), port: loopbackApiPort } as const;
  const apiKey = `${vpcId}/tcp4/${api.address}:${api.port}`;
  specs.set(apiKey, { ...api, key: apiKey, kind: 'tcp', listenerPort: metadataPort, purpose: 'service' });
  for (const { address, port: listenerPort } of listeners) {
    const port = listenerPort < 1024 && !lowPorts ? listenerPort + lowPortOffset : listenerPort;
    const key = `${vpcId}/tcp4/${address}:${port}`;
    const moved = port === listenerPort ? {} : { listenerPort };
    specs.set(key, { key, vpcId, kind: 'tcp', family: 4, address, port, ...moved, purpose: 'service' });
  }
  return [...specs.values()];
}

/**
 * By VPC, the `ADDRESS . PORT` pairs that clients may reach once the sockets with the keys in `listening` are listened
 * on: what a router's set of open pairs holds.
 */
export function openPairs(
  snapshot: Snapshot,
  listening: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    [...offeredListeners(snapshot)].map(([vpcId, listeners]) => [
      vpcId,
      new Set(
        listeners
          .filter(({ port }) => listening.has(`${vpcId}/tcp4/*:${port}`))
          .map(({ address, port }) => `${address} . ${port}`),
      ),
    ]),
  );
}
