// DescribeNetworkAcls.

import type {
  DescribeNetworkAclsRequest,
  DescribeNetworkAclsResult,
  NetworkAcl as WireNetworkAcl,
  NetworkAclEntry,
} from '@aws-sdk/client-ec2';
import { describeNetworkAcls as list, type NetworkAcl } from '../../domain/ec2/index.ts';
import type { Valid, Wire } from '../operation.ts';
import { readDescribe } from './describe-input.ts';
import { paginateEc2 } from './page-ec2.ts';
import { readEc2 } from './read-ec2.ts';

/** Lists the network ACLs of VPCs: each has its default one, which allows everything. */
export const describeNetworkAcls = readEc2(
  'DescribeNetworkAcls',
  (state, request: Valid<DescribeNetworkAclsRequest>, call): Wire<DescribeNetworkAclsResult> => {
    const { items, nextToken } = paginateEc2(
      list(state, call, readDescribe(request.NetworkAclIds, request.Filters)),
      request,
    );
    return { NetworkAcls: items.map(describeNetworkAcl), NextToken: nextToken };
  },
);

/** Those of EC2's default ACLs (VPC User Guide: Default network ACL). */
const entries: readonly Wire<NetworkAclEntry>[] = [true, false].flatMap((Egress) => [
  { CidrBlock: '0.0.0.0/0', Egress, Protocol: '-1', RuleAction: 'allow', RuleNumber: 100 },
  { CidrBlock: '0.0.0.0/0', Egress, Protocol: '-1', RuleAction: 'deny', RuleNumber: 32_767 },
]);

function describeNetworkAcl({ id, vpcId, account, associations }: NetworkAcl): Wire<WireNetworkAcl> {
  return {
    ...{ NetworkAclId: id, VpcId: vpcId, OwnerId: account, IsDefault: true, Entries: entries, Tags: [] },
    Associations: associations.map((one) => ({
      ...{ NetworkAclAssociationId: one.id, NetworkAclId: id, SubnetId: one.subnetId },
    })),
  };
}
