// Which workload is at an address or has an id, as others are told of it. Pure.

import { cidrContains, parseCidr } from '../base/cidr.ts';
import type { WorkloadIdentity } from '../base/workload-identity.ts';
import type { InstanceSpec, Snapshot, VpcRecord } from '../snapshot/index.ts';
import type { SavedWorkload } from './state-file.ts';

/** Finds it among those that clients hold and the instances that the server itself places. Cheap: whoever asks may ask often. */
export function findWorkload(
  { vpcs }: Pick<Snapshot, 'vpcs'>,
  held: readonly SavedWorkload[],
  wanted: { readonly vpcId: string; readonly address: string } | { readonly id: string },
): WorkloadIdentity | undefined {
  const isIt = (one: { readonly id: string; readonly vpcId: string; readonly address: string }): boolean =>
    'id' in wanted ? one.id === wanted.id : one.vpcId === wanted.vpcId && one.address === wanted.address;
  for (const { id, instanceId = id, vpcId, address, role } of held) {
    const vpc = vpcs.get(vpcId);
    if (vpc !== undefined && isIt({ id: instanceId, vpcId, address }))
      return describeWorkload(vpc, { id: instanceId, address, role });
  }
  const among = 'id' in wanted ? [...vpcs.values()] : [vpcs.get(wanted.vpcId)];
  for (const vpc of among) {
    const found = vpc?.instances.find((one) => isPlaced(one) && isIt({ ...one, vpcId: vpc.id }));
    if (vpc !== undefined && found !== undefined) return describeWorkload(vpc, found);
  }
  return undefined;
}

/** Whether the server itself places an instance: it has a command, or a namespace. Others are addresses alone. */
export function isPlaced({ command, namespace }: Pick<InstanceSpec, 'command' | 'namespace'>): boolean {
  return command !== undefined || namespace !== undefined;
}

/** Describes a workload of a VPC. `id` as in `WorkloadIdentity`; without a role of its own it has the profile of the instance that it is or stands for. */
export function describeWorkload(
  { id: vpcId, account, region, subnets, instances }: VpcRecord,
  { id, address, role }: { readonly id: string; readonly address: string; readonly role?: string | undefined },
): WorkloadIdentity {
  const subnet = subnets.find(({ cidr }) => {
    const range = parseCidr(cidr);
    return range !== undefined && cidrContains(range, address);
  });
  const zone = subnet?.zone ?? `${region}a`;
  const profile = role === undefined ? instances.find((one) => one.id === id)?.profile : undefined;
  return {
    ...{ id, address, vpcId, account, region, zone },
    ...(role === undefined ? {} : { role }),
    ...(profile === undefined ? {} : { profile }),
  };
}
