// What a resource of VPC Lattice may name in EC2: an existing VPC, and subnets and security groups of that VPC.

import { parseCidr } from '../../base/cidr.ts';
import type { Caller } from '../identifiers.ts';
import { keyOf, type Key } from '../records/base.ts';
import type { Subnet, Vpc } from '../records/ec2.ts';
import type { InvalidField } from '../refusal.ts';
import type { State } from '../state.ts';

/** The VPC with `id`, or undefined. */
export function findVpc(state: State, { account, region }: Caller, id: string): Vpc | undefined {
  return state.tables.vpc.get(keyOf(account, region, id));
}

/** The subnets that `ids` name in the VPC, and what is wrong with the others. */
export function findSubnets(
  state: State,
  caller: Caller,
  vpcKey: Key,
  ids: readonly string[],
): { readonly subnets: readonly Subnet[]; readonly wrong: readonly InvalidField[] } {
  const subnets: Subnet[] = [];
  const wrong: InvalidField[] = [];
  for (const id of new Set(ids)) {
    const subnet = state.tables.subnet.get(keyOf(caller.account, caller.region, id));
    if (subnet?.vpcKey === vpcKey) subnets.push(subnet);
    else wrong.push({ name: 'subnetIds', message: `the subnet ${id} does not exist in the VPC` });
  }
  return { subnets, wrong };
}

/** What is wrong with the security groups `ids` of something in the VPC. */
export function wrongSecurityGroups(
  state: State,
  caller: Caller,
  vpcKey: Key,
  ids: readonly string[],
): readonly InvalidField[] {
  return ids.flatMap((id) =>
    state.tables.securityGroup.get(keyOf(caller.account, caller.region, id))?.vpcKey === vpcKey
      ? []
      : [{ name: 'securityGroupIds', message: `the security group ${id} does not exist in the VPC` }],
  );
}

/** The families of addresses that a subnet has. */
export function familiesOf(subnet: Subnet): ReadonlySet<4 | 6> {
  const family = parseCidr(subnet.cidr)?.family;
  return new Set(family === undefined ? [] : [family]);
}
