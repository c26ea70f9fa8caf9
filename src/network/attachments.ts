// What a worker must know of a VPC's presence on this machine: where its dials come from.

import type { GroupMember, Snapshot } from '../snapshot/index.ts';
import type { WorkloadPlace } from './workload-namespace.ts';
import { blockSources } from './names.ts';

/** One VPC as this machine attaches it. */
export interface VpcAttachment {
  readonly vpcId: string;
  readonly kind: 'netns' | 'loopback';
  /** `n` of a loopback attachment: workload addresses are found at `loopbackWorkloadAddress(n, address)`. */
  readonly loopback?: number;
  /** The local addresses from which this VPC is dialled. */
  readonly sources: readonly string[];
  /** Of loopback: the workloads that have security groups, by which workers know who comes. */
  readonly members?: readonly GroupMember[];
}

/** The attachments of a snapshot, by VPC id. `blocks` comes from `desiredNetwork()`. */
export function describeAttachments(
  snapshot: Snapshot,
  blocks: ReadonlyMap<string, number>,
  attach: 'netns' | 'loopback',
  places: readonly WorkloadPlace[] = [],
): ReadonlyMap<string, VpcAttachment> {
  const attachments = new Map<string, VpcAttachment>();
  for (const { id: vpcId, attachment } of snapshot.vpcs.values()) {
    const block = blocks.get(vpcId);
    if (attach === 'netns' && block !== undefined)
      attachments.set(vpcId, { vpcId, kind: 'netns', sources: blockSources(block) });
    if (attach === 'loopback' && attachment.kind === 'loopback')
      attachments.set(vpcId, {
        vpcId,
        kind: 'loopback',
        loopback: attachment.n,
        sources: [`127.${attachment.n}.255.254`],
        members: places.flatMap(({ vpcId: where, address, securityGroups }) =>
          where === vpcId && securityGroups.length > 0 ? [{ address, securityGroups }] : [],
        ),
      });
  }
  return attachments;
}

/**
 * The sources of one of `workers` workers (`worker` from 0), in the order in which it tries them: each begins at
 * another place, and goes to the next when an address has no port left (EADDRINUSE, EADDRNOTAVAIL).
 */
export function dialSources({ sources }: VpcAttachment, worker: number, workers: number): readonly string[] {
  const start = Math.floor((worker * sources.length) / Math.max(workers, 1)) % Math.max(sources.length, 1);
  return [...sources.slice(start), ...sources.slice(0, start)];
}
