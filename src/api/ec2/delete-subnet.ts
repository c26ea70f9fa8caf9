// DeleteSubnet.

import type { DeleteSubnetRequest } from '@aws-sdk/client-ec2';
import { deleteSubnet as decide } from '../../domain/ec2/index.ts';
import type { Valid } from '../operation.ts';
import { changeEc2 } from './change-ec2.ts';

/** Deletes a subnet. */
export const deleteSubnet = changeEc2(
  'DeleteSubnet',
  decide,
  ({ SubnetId }: Valid<DeleteSubnetRequest>) => ({ subnetId: SubnetId }),
  () => ({}),
);
