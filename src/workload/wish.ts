// Which wishes for a workload its VPC can meet.

import type { InstanceSpec, VpcRecord } from '../snapshot/index.ts';
import { isPlaced } from './identity.ts';

/** The ids of security groups that are given by id or name; else a sentence. */
export function findGroups(vpc: VpcRecord, groups: readonly string[]): readonly string[] | string {
  const ids: string[] = [];
  for (const group of groups) {
    const found = vpc.securityGroups.find(({ id, name }) => id === group || name === group);
    if (found === undefined) return `VPC ${vpc.id} has no security group ${group}`;
    ids.push(found.id);
  }
  return ids;
}

/** The instance that a workload stands for: the one that it names, else the one that is an address alone at the address that it names. */
export function findStoodFor(
  { instances }: Pick<VpcRecord, 'instances'>,
  wish: { readonly instance?: string | undefined; readonly address?: string | undefined },
): InstanceSpec | undefined {
  if (wish.instance !== undefined)
    return instances.find(({ id, name }) => id === wish.instance || name === wish.instance);
  return instances.find((one) => !isPlaced(one) && one.address === wish.address);
}

/** Why no workload of `vpc` can stand for an id that is no instance of it; undefined when one can. `all` are the VPCs that are known. */
export function whyNoStandIn(all: Iterable<VpcRecord>, vpc: VpcRecord, id: string): string | undefined {
  if (!/^i-[0-9a-z]{8,17}$/.test(id)) return `${id} is neither an instance of VPC ${vpc.id} nor an instance id (i-…)`;
  for (const other of all)
    if (other.instances.some((instance) => instance.id === id)) return `instance ${id} is in VPC ${other.id}`;
  return undefined;
}
