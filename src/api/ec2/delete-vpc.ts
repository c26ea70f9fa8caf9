// DeleteVpc.

import type { DeleteVpcRequest } from '@aws-sdk/client-ec2';
import { deleteVpc as decide } from '../../domain/ec2/index.ts';
import type { Valid } from '../operation.ts';
import { changeEc2 } from './change-ec2.ts';

/** Deletes a VPC that nothing stands in. */
export const deleteVpc = changeEc2(
  'DeleteVpc',
  decide,
  ({ VpcId }: Valid<DeleteVpcRequest>) => ({ vpcId: VpcId }),
  () => ({}),
);
