// Instances of RunInstances with an instance profile, for end-to-end cases.

import { DescribeSubnetsCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { AddRoleToInstanceProfileCommand, CreateInstanceProfileCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import type { TestServer } from '../server.ts';
import { given, makeVpc, unique } from './scenario.ts';

/** A role that EC2 may assume, and a profile of its name that has it. */
export async function makeProfile(
  { iam }: TestServer,
  stem: string,
): Promise<{ readonly name: string; readonly role: string }> {
  const name = unique(stem);
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  });
  const made = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: name }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }));
  return { name, role: given(made.Role?.Arn) };
}

/** An instance of a new VPC, with a profile or none. */
export async function makeInstance(
  server: TestServer,
  Name?: string,
): Promise<{ readonly vpc: string; readonly id: string }> {
  const vpc = await makeVpc(server);
  const Filters = [{ Name: 'vpc-id', Values: [vpc] }];
  const { Subnets: [subnet] = [] } = await server.ec2.send(new DescribeSubnetsCommand({ Filters }));
  const { Instances: [one] = [] } = await server.ec2.send(
    new RunInstancesCommand({
      ...{ ImageId: 'ami-00000000000000001', MinCount: 1, MaxCount: 1, SubnetId: subnet?.SubnetId },
      ...(Name === undefined ? {} : { IamInstanceProfile: { Name } }),
    }),
  );
  await server.obeyed();
  return { vpc, id: given(one?.InstanceId) };
}
