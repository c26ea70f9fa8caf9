// The operations of EC2 that are implemented; the others answer 501.

import type { Operation } from '../operation.ts';
import { createSubnet } from './create-subnet.ts';
import { createVpc } from './create-vpc.ts';
import { deleteSubnet } from './delete-subnet.ts';
import { deleteVpc } from './delete-vpc.ts';
import type { Ec2Deps } from './deps.ts';
import { describeSubnets } from './describe-subnets.ts';
import { describeVpcs } from './describe-vpcs.ts';

/** The implemented operations. */
export const ec2Operations: readonly Operation<Ec2Deps>[] = [
  createSubnet,
  createVpc,
  deleteSubnet,
  deleteVpc,
  describeSubnets,
  describeVpcs,
];
