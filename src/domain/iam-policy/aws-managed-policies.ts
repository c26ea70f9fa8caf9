// The managed policies that AWS gives every account, as far as they mean something here: our documents in the sense of theirs.

import type { IamPolicy } from '../records/iam.ts';

/** VPC Lattice's own actions and those of what it works on, as AWS's policies for administrators name them. */
const latticeNeighbours = {
  read: ['ec2:DescribeVpcs', 'ec2:DescribeSubnets', 'ec2:DescribeVpcAttribute', 'ec2:DescribeSecurityGroups'],
  more: ['tag:GetResources', 'tag:GetTagKeys', 'tag:GetTagValues', 'elasticloadbalancing:DescribeLoadBalancers'],
};

const allow = (Action: string | readonly string[]) => ({ Effect: 'Allow', Action, Resource: '*' });

/** AWS publishes ids of the older ones; those of the others are ours. */
function policy(
  id: string,
  name: string,
  madeAt: number,
  description: string,
  ...statements: readonly object[]
): IamPolicy {
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  return {
    account: 'aws',
    region: 'global',
    id,
    arn: `arn:aws:iam::aws:policy/${name}`,
    name,
    path: '/',
    description,
    versions: [{ id: 'v1', document, createdAt: madeAt }],
    defaultVersionId: 'v1',
    nextVersion: 2,
    createdAt: madeAt,
    lastUpdatedAt: madeAt,
    tags: {},
  };
}

/** The policies, in the order in which AWS made them. */
export const awsManagedPolicies: readonly IamPolicy[] = [
  policy(
    'ANPAIWMBCKSKIEE64ZLYK',
    'AdministratorAccess',
    Date.UTC(2015, 1, 6, 18, 39, 46),
    'Provides full access to AWS services and resources.',
    allow('*'),
  ),
  policy(
    'ANPAILL3HVNFSB6DCOWYQ',
    'ReadOnlyAccess',
    Date.UTC(2015, 1, 6, 18, 39, 48),
    'Provides read-only access to AWS services and resources.',
    allow(
      [
        'vpc-lattice',
        'ec2',
        'iam',
        'cloudtrail',
        'tag',
        'elasticloadbalancing',
        'lambda',
        'logs',
        's3',
        'firehose',
      ].flatMap((service) => [`${service}:Get*`, `${service}:List*`, `${service}:Describe*`]),
    ),
    allow([
      'cloudtrail:LookupEvents',
      'iam:GenerateCredentialReport',
      'iam:SimulateCustomPolicy',
      'sts:GetCallerIdentity',
    ]),
  ),
  policy(
    'ANPAVPCLATTICEFULL222',
    'VPCLatticeFullAccess',
    Date.UTC(2023, 2, 30, 20, 46, 4),
    'Provides full access to Amazon VPC Lattice and access to dependency services.',
    allow(['vpc-lattice:*', ...latticeNeighbours.read, ...latticeNeighbours.more, 'lambda:ListFunctions']),
    {
      ...allow('iam:CreateServiceLinkedRole'),
      Condition: { StringLike: { 'iam:AWSServiceName': 'vpc-lattice.amazonaws.com' } },
    },
  ),
  policy(
    'ANPAVPCLATTICEREAD222',
    'VPCLatticeReadOnlyAccess',
    Date.UTC(2023, 2, 30, 20, 47, 25),
    'Provides read only access to Amazon VPC Lattice via the AWS Management Console and limited access to dependency services.',
    allow(['vpc-lattice:Get*', 'vpc-lattice:List*', ...latticeNeighbours.read, ...latticeNeighbours.more]),
  ),
  policy(
    'ANPAVPCLATTICEINVOKE2',
    'VPCLatticeServicesInvokeAccess',
    Date.UTC(2023, 2, 30, 20, 48, 26),
    'Provides access to invoke Amazon VPC Lattice services.',
    allow('vpc-lattice-svcs:Invoke'),
  ),
];
