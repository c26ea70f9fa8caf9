// The name server of a worker: sockets in, answers out.

import dgram from 'node:dgram';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { cidrAddress, parseCidr } from '../base/cidr.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { systemRandom, type Random } from '../base/random.ts';
import type { Snapshot, VpcRecord } from '../snapshot/index.ts';
import { createForwarder } from './forwarder.ts';
import { parseResolvConf } from './resolv-conf.ts';
import { encodeQuestion, fixedAddresses, readAddresses, type NameAddresses } from './resolve-name.ts';
import { createNames } from './resolve.ts';
import { createResponder } from './responder.ts';
import { serveStream } from './stream.ts';

/** Where events are counted. */
export interface DnsCounters {
  counter(name: string, labels?: Readonly<Record<string, string>>): { value: number };
}

/** What the name server needs. */
export interface DnsDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** A bound UDP (IPv4) handle of the host's network, through which other resolvers are asked. */
  readonly forwarder: unknown;
  readonly counters: DnsCounters;
  readonly random?: Random;
  /** Which resolvers to ask, `address` or `address:port`; absent: the system's (resolv.conf(5)). */
  readonly upstreams?: () => readonly string[];
}

/** The name server of a worker. */
export interface Dns {
  apply(snapshot: Snapshot): void;
  /** Whether a TCP connection of the VPC to `localAddress` (on its DNS port) is for the name server. `''` is the host. */
  isDnsAddress(vpcId: string, localAddress: string): boolean;
  /** Answers on `handle`, a bound UDP handle, to clients of the VPC (undefined: of the host). Rejects with the system's error. */
  serveUdp(key: string, handle: unknown, family: 4 | 6, vpcId: string | undefined): Promise<void>;
  closeUdp(key?: string): void;
  /** Answers on a TCP connection of a client in the VPC; `''` is the host. */
  acceptTcp(socket: Socket, vpcId: string): void;
  /** The addresses behind `name` as clients in the VPC find them; undefined when nobody says. */
  resolve(vpcId: string, name: string): Promise<NameAddresses | undefined>;
}

/** TCP connections to the name server of one worker, and those of one VPC (or the host): nobody takes them from all others. More are closed at once. */
const MAX_CONNECTIONS = 1024;
const MAX_OF_ONE = 128;
/** Milliseconds for which the system's list of resolvers is believed. */
const RESOLVERS_AGE = 5000;

/** Makes a name server without names and without sockets. */
export function createDns(deps: DnsDeps): Dns {
  const { clock, log, counters } = deps;
  const random = deps.random ?? systemRandom;
  const names = createNames(random);
  const udp = new Map<string, dgram.Socket>();
  const upstreams = deps.upstreams ?? systemResolvers(clock, log);
  const forwarder = createForwarder(deps.forwarder, { clock, log, random, upstreams });
  let connections = 0;
  const connectionsOf = new Map<string, number>();
  const series = { vpc: new Map<string, { value: number }>(), host: new Map<string, { value: number }>() };
  const count = (from: 'vpc' | 'host', answer: string): void => {
    const known = series[from].get(answer) ?? counters.counter('pergola_dns_queries_total', { from, answer });
    series[from].set(answer, known);
    known.value++;
  };
  const responder = createResponder({ names, forwarder, clock, log, count });

  return {
    apply(snapshot) {
      names.apply(snapshot);
      responder.forget();
    },
    isDnsAddress(vpcId, localAddress) {
      if (vpcId === '') return true;
      const vpc = names.vpc(vpcId);
      return vpc !== undefined && dnsAddresses(vpc).includes(localAddress);
    },
    serveUdp(key, handle, family, vpcId) {
      return new Promise((resolve, reject) => {
        const socket = dgram.createSocket({ type: family === 4 ? 'udp4' : 'udp6', lookup: asItIs });
        const unsent = (error: Error | null): void => {
          if (error !== null) count(vpcId === undefined ? 'host' : 'vpc', 'unsent');
        };
        socket.once('error', reject);
        socket.on('message', (bytes, { address, port }) => {
          const response = responder.respond(bytes, vpcId, false);
          if (response === undefined) return;
          if (Buffer.isBuffer(response)) socket.send(response, port, address, unsent);
          else
            void response.then((late) => {
              // The socket may have been closed while another resolver was asked.
              if (late !== undefined && udp.get(key) === socket) socket.send(late, port, address, unsent);
            });
        });
        // Its types know only ports and options; it takes a handle too.
        socket.bind(handle as dgram.BindOptions, () => {
          socket.off('error', reject);
          socket.on('error', (error) => log.warn('a DNS socket failed', { key, error }));
          udp.get(key)?.close();
          udp.set(key, socket);
          resolve();
        });
      });
    },
    closeUdp(key) {
      for (const one of key === undefined ? [...udp.keys()] : [key]) {
        udp.get(one)?.close();
        udp.delete(one);
      }
    },
    async resolve(vpcId, name) {
      const fixed = fixedAddresses(name);
      if (fixed !== undefined) return fixed;
      // As over TCP: a load balancer may have more addresses than the usual packet holds.
      const bytes = await responder.respond(encodeQuestion(name), vpcId, true);
      return bytes === undefined ? undefined : readAddresses(bytes);
    },
    acceptTcp(socket, vpcId) {
      const own = connectionsOf.get(vpcId) ?? 0;
      if (connections >= MAX_CONNECTIONS || own >= MAX_OF_ONE) {
        count(vpcId === '' ? 'host' : 'vpc', 'refused_connection');
        socket.destroy();
        return;
      }
      connections++;
      connectionsOf.set(vpcId, own + 1);
      const closed = (): void => {
        connections--;
        const left = (connectionsOf.get(vpcId) ?? 1) - 1;
        if (left > 0) connectionsOf.set(vpcId, left);
        else connectionsOf.delete(vpcId);
      };
      serveStream(socket, async (bytes) => responder.respond(bytes, vpcId === '' ? undefined : vpcId, true), {
        clock,
        closed,
      });
    },
  };
}

/** Base + 2 of each IPv4 range and the link-local address (User Guide: Amazon DNS server); on loopback 127.n.0.2. */
function dnsAddresses({ attachment, cidrs }: VpcRecord): readonly string[] {
  if (attachment.kind === 'loopback') return [`127.${attachment.n}.0.2`];
  const own = cidrs.flatMap((text) => {
    const cidr = parseCidr(text);
    return cidr?.family === 4 ? [cidrAddress(cidr, 2)] : [];
  });
  return [...own, '169.254.169.253'];
}

/** Clients are answered at addresses, of which nobody has to be asked: Node would, once for every packet. */
function asItIs(
  address: string,
  _options: unknown,
  callback: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  callback(null, address, address.includes(':') ? 6 : 4);
}

function systemResolvers(clock: Clock, log: Log): () => readonly string[] {
  let known: readonly string[] = [];
  let read = -Infinity;
  return () => {
    if (clock.monotonic() - read < RESOLVERS_AGE) return known;
    read = clock.monotonic();
    try {
      known = parseResolvConf(readFileSync('/etc/resolv.conf', 'utf8'));
    } catch (error) {
      log.warn('the list of resolvers cannot be read', { error });
    }
    return known;
  };
}
