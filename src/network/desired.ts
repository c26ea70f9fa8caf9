// From a snapshot to the network that it asks for on this machine. Pure.

import { cidrAddress } from '../base/cidr.ts';
import { managedRanges } from '../base/managed-ranges.ts';
import type { DoorRecord, Snapshot, VpcRecord } from '../snapshot/index.ts';
import { routerRuleset, type RouterGuard } from './enforcement.ts';
import { offeredListeners, type OfferedListener } from './listeners.ts';
import {
  blockCidr,
  blockCount,
  blockTable,
  coreLink,
  coreName,
  isNameable,
  parseBlock,
  routerName,
  routerUplink,
  workloadLink,
} from './names.ts';
import type { Ruleset } from './ruleset.ts';
import {
  kernelRules,
  type DesiredNetwork,
  type LinkState,
  type NamespaceState,
  type ObservedNetwork,
} from './state.ts';
import { dnsAddresses, gatewayOf, ipv4Ranges, metadataAddresses } from './vpc-addresses.ts';
import { workloadEnd, workloadNamespace, type WorkloadPlace } from './workload-namespace.ts';

export interface DesiredOptions {
  readonly attach: 'netns' | 'loopback';
  /** From `namePrefix()`. */
  readonly prefix: string;
  /** Dial blocks that are in use, by VPC id; a VPC keeps its block. */
  readonly blocks: ReadonlyMap<string, number>;
  readonly workloads: readonly WorkloadPlace[];
  /** By VPC id, the `ADDRESS . PORT` pairs that the routers let clients reach: those on which workers listen. */
  readonly open: ReadonlyMap<string, ReadonlySet<string>>;
  /** The parts of an earlier answer; those that are still right are taken from it. */
  readonly parts?: ReadonlyMap<string, DesiredPart>;
}

/** The namespaces that follow from one VPC, or of the core. */
export interface DesiredPart {
  /** All that they follow from, besides `vpc`. */
  readonly from: string;
  readonly vpc?: VpcRecord;
  readonly namespaces: DesiredNetwork;
}

export interface DesiredAnswer {
  /** What asks for the same as in the answer whose `parts` were given is the same object. */
  readonly network: DesiredNetwork;
  /** By VPC id, and the core's by the empty one. */
  readonly parts: ReadonlyMap<string, DesiredPart>;
  /** The dial block of every VPC that is attached by a namespace. */
  readonly blocks: ReadonlyMap<string, number>;
  /** Why some VPC cannot be attached, in sentences. */
  readonly problems: readonly string[];
}

/** The VPCs that this machine attaches by namespaces, and why others cannot be. */
function attachedVpcs(snapshot: Snapshot, attach: DesiredOptions['attach']) {
  const vpcs: VpcRecord[] = [];
  const problems: string[] = [];
  for (const vpc of snapshot.vpcs.values()) {
    const refuse = (reason: string): void => void problems.push(`VPC ${vpc.id} is not attached: ${reason}`);
    if (vpc.attachment.kind !== attach) refuse(`its attachment is ${vpc.attachment.kind}, this server's is ${attach}`);
    else if (vpc.attachment.kind === 'netns' && vpc.attachment.path !== undefined)
      refuse('an existing namespace as attachment (path) is not supported yet');
    else if (!isNameable(vpc.id)) refuse('its id cannot be part of a name');
    else vpcs.push(vpc);
  }
  return { vpcs, problems };
}

/** The network that `snapshot` asks for; with loopback there is none. */
export function desiredNetwork(snapshot: Snapshot, options: DesiredOptions): DesiredAnswer {
  const { vpcs, problems } = attachedVpcs(snapshot, options.attach);
  const parts = new Map<string, DesiredPart>();
  if (options.attach === 'loopback') return { network: new Map(), parts, blocks: new Map(), problems };
  const part = (id: string, vpc: VpcRecord | undefined, from: string, make: () => DesiredNetwork): void => {
    const before = options.parts?.get(id);
    const same = before?.from === from && before.vpc === vpc;
    parts.set(id, same ? before : { from, namespaces: make(), ...(vpc === undefined ? {} : { vpc }) });
  };
  const { prefix } = options;
  const blocks = allocateBlocks(
    vpcs.map(({ id }) => id),
    options.blocks,
  );
  const ways = vpcs.map(({ id, cidrs, subnets }) => [id, blocks.get(id), cidrs, subnets.map(({ cidr }) => cidr)]);
  part('', undefined, JSON.stringify(ways), () => new Map([[coreName(prefix), coreNamespace(prefix, vpcs, blocks)]]));
  const offers = offeredListeners(snapshot);
  const doorsOf = Map.groupBy(snapshot.doors.values(), ({ vpcId }) => vpcId);
  const workloadsOf = Map.groupBy(options.workloads, ({ vpcId }) => vpcId);
  for (const vpc of vpcs) {
    const block = blocks.get(vpc.id);
    if (block === undefined) {
      problems.push(`VPC ${vpc.id} is not attached: all ${blockCount} dial blocks are in use`);
      continue;
    }
    const workloads = (workloadsOf.get(vpc.id) ?? []).map(({ address, securityGroups, joined }) => ({
      address,
      securityGroups,
      ...(joined === undefined ? {} : { joined }),
    }));
    const open = options.open.get(vpc.id) ?? new Set();
    const own = doorsOf.get(vpc.id) ?? [];
    const endpointBlocks = own.flatMap(({ blocks }) => blocks ?? []).sort();
    const doors = guardedDoors(own, offers.get(vpc.id) ?? []);
    part(vpc.id, vpc, JSON.stringify([block, workloads, doors, [...open]]), () => {
      const guard = {
        block: blockCidr(block),
        dnsAddresses: dnsAddresses(vpc),
        metadataAddresses,
        workloads,
        doors,
        ranges: [...managedRanges.services, ...endpointBlocks],
        securityGroups: vpc.securityGroups,
        open,
      };
      return new Map<string, NamespaceState<Ruleset | undefined>>([
        [routerName(prefix, vpc.id), routerNamespace(prefix, vpc, block, workloads, guard)],
        ...workloads.map(
          (place) => [workloadEnd(prefix, vpc.id, place).name, workloadNamespace(prefix, vpc, place)] as const,
        ),
      ]);
    });
  }
  const network = new Map([...parts.values()].flatMap(({ namespaces }) => [...namespaces]));
  return { network, parts, blocks, problems };
}

function allocateBlocks(vpcIds: readonly string[], before: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const blocks = new Map<string, number>();
  const used = new Set<number>();
  for (const id of vpcIds) {
    const block = before.get(id);
    if (block === undefined || used.has(block)) continue;
    blocks.set(id, block);
    used.add(block);
  }
  let next = 0;
  for (const id of vpcIds) {
    while (used.has(next)) next++;
    if (blocks.has(id) || next >= blockCount) continue;
    blocks.set(id, next);
    used.add(next);
  }
  return blocks;
}

/** The dial blocks in use, by VPC id, as the routers' routes tell. */
export function observedBlocks(observed: ObservedNetwork, prefix: string): ReadonlyMap<string, number> {
  const blocks = new Map<string, number>();
  for (const [name, { routes }] of observed) {
    for (const route of routes) {
      const [range = '', , device] = route.split(' ');
      const block = device === routerUplink ? parseBlock(range) : undefined;
      if (block !== undefined) blocks.set(name.slice(prefix.length), block);
    }
  }
  return blocks;
}

function coreNamespace(
  prefix: string,
  vpcs: readonly VpcRecord[],
  blocks: ReadonlyMap<string, number>,
): NamespaceState<undefined> {
  const attached = vpcs.flatMap((vpc) => {
    const block = blocks.get(vpc.id);
    return block === undefined ? [] : [{ vpc, block, table: blockTable(block) }];
  });
  return {
    links: new Map<string, LinkState>([
      ['lo', { up: true }],
      ...attached.map(
        ({ vpc, block }) =>
          [coreLink(block), { up: true, peer: `${routerName(prefix, vpc.id)}/${routerUplink}` }] as const,
      ),
    ]),
    addresses: new Set(),
    routes: new Set(
      attached.flatMap(({ vpc, block, table }) => [
        `local ${blockCidr(block)} dev lo table local`,
        ...vpc.cidrs
          .filter((cidr) => ipv4Ranges([cidr]).length > 0)
          .map(
            (cidr) =>
              `${cidr} via ${gatewayOf(vpc, cidr.split('/')[0] ?? '')} dev ${coreLink(block)} onlink table ${table}`,
          ),
        `unreachable default table ${table}`,
      ]),
    ),
    rules: new Set([
      ...kernelRules,
      ...attached.map(({ block, table }) => `from ${blockCidr(block)} lookup ${table} pref ${table}`),
    ]),
    // Workers listen on nothing in here, so every port can be a source of dials.
    sysctls: new Map([['net/ipv4/ip_local_port_range', '1024 65535']]),
    filter: undefined,
  };
}

function routerNamespace(
  prefix: string,
  vpc: VpcRecord,
  block: number,
  workloads: readonly Pick<WorkloadPlace, 'address' | 'joined'>[],
  guard: RouterGuard,
): NamespaceState<Ruleset> {
  const gateways = ipv4Ranges([...vpc.cidrs, ...vpc.subnets.map(({ cidr }) => cidr)]).map((cidr) =>
    cidrAddress(cidr, 1),
  );
  return {
    links: new Map<string, LinkState>([
      ['lo', { up: true }],
      [routerUplink, { up: true, peer: `${coreName(prefix)}/${coreLink(block)}` }],
      ...workloads.map((place) => {
        const { name, link } = workloadEnd(prefix, vpc.id, place);
        return [workloadLink(place.address), { up: true, peer: `${name}/${link}` }] as const;
      }),
    ]),
    addresses: new Set([...gateways, ...dnsAddresses(vpc), ...metadataAddresses].map((address) => `lo ${address}/32`)),
    routes: new Set([
      ...guard.ranges.map((range) => `local ${range} dev lo table local`),
      `${blockCidr(block)} dev ${routerUplink}`,
      ...workloads.map(({ address }) => `${address} dev ${workloadLink(address)}`),
    ]),
    rules: new Set(kernelRules),
    // Nobody shall wait for a timeout because the router saves ICMP errors.
    sysctls: new Map([
      ['net/ipv4/ip_forward', '1'],
      ['net/ipv4/icmp_ratelimit', '0'],
    ]),
    filter: routerRuleset(guard),
  };
}

function guardedDoors(doors: readonly DoorRecord[], offers: readonly OfferedListener[]) {
  return doors.map(({ id, securityGroups, blocks }) => ({
    id,
    securityGroups,
    addresses:
      blocks ?? [...new Set(offers.filter(({ doorId }) => doorId === id).map(({ address }) => address))].sort(),
  }));
}
