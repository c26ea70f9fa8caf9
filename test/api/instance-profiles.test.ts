// Instance profiles of instances through the SDK: given by RunInstances, changed by the calls of associations, by whoever may pass the role.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-ec2';
import * as iam from '@aws-sdk/client-iam';
import { codeOfEc2 as codeOf } from './ec2-refusals.ts';
import { callAs, keysOf } from './principals.ts';
import { startApi } from './running-api.ts';

const api = await startApi({ defaultAttachment: { kind: 'netns' } });
after(() => api[Symbol.asyncDispose]());
const { ec2 } = api;
const account = '111122223333';
const { Vpc } = await ec2.send(new sdk.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
const { Subnet } = await ec2.send(new sdk.CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.1.0/24' }));

/** A profile with a role of its name in it. */
async function makeProfile(name: string): Promise<string> {
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  });
  await api.iam.send(new iam.CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }));
  const made = await api.iam.send(new iam.CreateInstanceProfileCommand({ InstanceProfileName: name }));
  await api.iam.send(new iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }));
  return made.InstanceProfile?.InstanceProfileId ?? '';
}

const webId = await makeProfile('web');
const workerId = await makeProfile('worker');
const arnOf = (name: string): string => `arn:aws:iam::${account}:instance-profile/${name}`;

async function run(profile?: sdk.IamInstanceProfileSpecification, by = ec2): Promise<string> {
  const made = await by.send(
    new sdk.RunInstancesCommand({
      ...{ ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1, SubnetId: Subnet?.SubnetId },
      ...(profile === undefined ? {} : { IamInstanceProfile: profile }),
    }),
  );
  return made.Instances?.[0]?.InstanceId ?? '';
}
async function profileOf(id: string): Promise<sdk.IamInstanceProfile | undefined> {
  const { Reservations } = await ec2.send(new sdk.DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0]?.IamInstanceProfile;
}
async function associationsOf(id: string): Promise<readonly sdk.IamInstanceProfileAssociation[]> {
  const Filters = [{ Name: 'instance-id', Values: [id] }];
  const found = await ec2.send(new sdk.DescribeIamInstanceProfileAssociationsCommand({ Filters }));
  return found.IamInstanceProfileAssociations ?? [];
}
const associate = (InstanceId: string, IamInstanceProfile: sdk.IamInstanceProfileSpecification, by = ec2) =>
  by.send(new sdk.AssociateIamInstanceProfileCommand({ InstanceId, IamInstanceProfile }));
const replace = (AssociationId: string, Name: string, by = ec2) =>
  by.send(new sdk.ReplaceIamInstanceProfileAssociationCommand({ AssociationId, IamInstanceProfile: { Name } }));
const disassociate = (AssociationId: string) =>
  ec2.send(new sdk.DisassociateIamInstanceProfileCommand({ AssociationId }));

test('an instance has the profile that RunInstances names by name or ARN, until it ends', async () => {
  for (const named of [{ Name: 'web' }, { Arn: arnOf('web') }, { Arn: arnOf('web'), Name: 'web' }]) {
    const id = await run(named);
    assert.deepEqual(await profileOf(id), { Arn: arnOf('web'), Id: webId });
    const [one, ...more] = await associationsOf(id);
    assert.deepEqual([one?.State, one?.IamInstanceProfile, more.length], ['associated', await profileOf(id), 0]);
    assert.match(one?.AssociationId ?? '', /^iip-assoc-0[0-9a-f]{16}$/);
    await ec2.send(new sdk.TerminateInstancesCommand({ InstanceIds: [id] }));
    assert.deepEqual([await profileOf(id), await associationsOf(id)], [undefined, []]);
    assert.equal(await codeOf(associate(id, { Name: 'web' })), 'IncorrectInstanceState');
  }
});

test('a profile that is not there, is of another account or has no role is refused in the words that clients wait by', async () => {
  await api.iam.send(new iam.CreateInstanceProfileCommand({ InstanceProfileName: 'empty' }));
  const refused = async (wanted: sdk.IamInstanceProfileSpecification, words: RegExp): Promise<void> => {
    await assert.rejects(run(wanted), { name: 'InvalidParameterValue', message: words });
  };
  await refused(
    { Name: 'absent' },
    /^Value \(absent\) for parameter iamInstanceProfile\.name is invalid\. Invalid IAM/,
  );
  await refused({ Arn: arnOf('absent') }, /iamInstanceProfile\.arn is invalid\. Invalid IAM Instance Profile ARN/);
  await refused({ Arn: 'web' }, /Invalid IAM Instance Profile/);
  await refused({ Arn: arnOf('web'), Name: 'worker' }, /Invalid IAM Instance Profile/);
  await refused({ Arn: arnOf('web').replace(account, '999999999999') }, /Invalid IAM Instance Profile/);
  await refused({ Name: 'empty' }, /has no associated IAM Roles/);
});

test('a profile is associated once, replaced by a new association, and disassociated', async () => {
  const id = await run();
  assert.deepEqual(await associationsOf(id), []);
  const made = await associate(id, { Name: 'web' });
  const first = made.IamInstanceProfileAssociation?.AssociationId ?? '';
  assert.equal(made.IamInstanceProfileAssociation?.State, 'associating');
  assert.equal(await codeOf(associate(id, { Name: 'worker' })), 'IncorrectState');
  const replaced = await replace(first, 'worker');
  const second = replaced.IamInstanceProfileAssociation?.AssociationId ?? '';
  assert.notEqual(second, first);
  assert.deepEqual(await profileOf(id), { Arn: arnOf('worker'), Id: workerId });
  const AssociationIds = [first];
  const unknown = ec2.send(new sdk.DescribeIamInstanceProfileAssociationsCommand({ AssociationIds }));
  assert.equal(await codeOf(unknown), 'InvalidAssociationID.NotFound');
  assert.equal(await codeOf(replace(first, 'web')), 'InvalidAssociationID.NotFound');
  assert.equal(await codeOf(disassociate(first)), 'InvalidAssociationID.NotFound');
  const gone = (await disassociate(second)).IamInstanceProfileAssociation;
  assert.deepEqual([gone?.State, gone?.IamInstanceProfile?.Arn], ['disassociating', arnOf('worker')]);
  assert.deepEqual([await profileOf(id), await associationsOf(id)], [undefined, []]);
  assert.equal(await codeOf(disassociate(second)), 'InvalidAssociationID.NotFound');
  assert.equal(await codeOf(associate('i-00000000', { Name: 'web' })), 'InvalidInstanceID.NotFound');
  const others = await api.ec2Of('999988887777').send(new sdk.DescribeIamInstanceProfileAssociationsCommand());
  assert.deepEqual(others.IamInstanceProfileAssociations, []);
});

test('a later profile of the same name is another one', async () => {
  await makeProfile('again');
  const id = await run({ Name: 'again' });
  const before = await profileOf(id);
  const named = { InstanceProfileName: 'again', RoleName: 'again' };
  await api.iam.send(new iam.RemoveRoleFromInstanceProfileCommand(named));
  await api.iam.send(new iam.DeleteInstanceProfileCommand(named));
  await api.iam.send(new iam.CreateInstanceProfileCommand(named));
  assert.deepEqual(await profileOf(id), before);
});

test('who gives a profile to an instance must be allowed to pass its role to EC2', async () => {
  const { ann } = await callAs(api, {
    ann: [
      { Effect: 'Allow', Action: 'ec2:*', Resource: '*' },
      {
        ...{ Effect: 'Allow', Action: 'iam:PassRole', Resource: `arn:aws:iam::${account}:role/web` },
        Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
      },
    ],
  });
  const refused = (call: Promise<unknown>) =>
    assert.rejects(call, {
      name: 'UnauthorizedOperation',
      message: new RegExp(
        `^You are not authorized to perform this operation\\. User: .* is not authorized to perform: iam:PassRole on resource: arn:aws:iam::${account}:role/worker because`,
      ),
    });
  const id = await run({ Name: 'web' }, ann.ec2);
  await refused(run({ Name: 'worker' }, ann.ec2));
  await refused(run({ Arn: arnOf('worker') }, ann.ec2));
  const [{ AssociationId = '' } = {}] = await associationsOf(id);
  await refused(replace(AssociationId, 'worker', ann.ec2));
  const other = await run(undefined, ann.ec2);
  await refused(associate(other, { Name: 'worker' }, ann.ec2));
  await associate(other, { Name: 'web' }, ann.ec2);
});

test('who stands for an instance with a profile must be allowed to pass its role, however the instance is named', async () => {
  const id = await run({ Name: 'worker' });
  const { Reservations } = await ec2.send(new sdk.DescribeInstancesCommand({ InstanceIds: [id] }));
  const address = Reservations?.[0]?.Instances?.[0]?.PrivateIpAddress;
  const stand = async (place: object, ...resources: readonly string[]): Promise<number> => {
    const mayPass = resources.map((Resource) => ({ Effect: 'Allow', Action: 'iam:PassRole', Resource }));
    await callAs(api, { eve: [{ Effect: 'Allow', Action: 'pergola:RunWorkload', Resource: '*' }, ...mayPass] });
    const body = JSON.stringify({ vpc: Vpc?.VpcId, ...place });
    return (await api.call('POST', '/-/workloads', body, keysOf('eve'))).status;
  };
  const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
  for (const place of [{ instance: id }, { address }, { instance: id, address }]) {
    assert.equal(await stand(place), 403, JSON.stringify(place));
    assert.equal(await stand(place, role('web')), 403, JSON.stringify(place));
    // This server has no place for workloads: it was asked for one.
    assert.equal(await stand(place, role('worker')), 503, JSON.stringify(place));
  }
  assert.equal(await stand({ instance: id, role: role('web') }, role('web')), 503);
  // Which one of those that have a name is chosen is not for who asks to know.
  for (const profile of ['web', 'worker'])
    await ec2.send(
      new sdk.RunInstancesCommand({
        ...{ ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1, SubnetId: Subnet?.SubnetId },
        IamInstanceProfile: { Name: profile },
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'twice' }] }],
      }),
    );
  for (const name of ['web', 'worker']) assert.equal(await stand({ instance: 'twice' }, role(name)), 403, name);
  assert.equal(await stand({ instance: 'twice' }, role('web'), role('worker')), 503);
  assert.equal(await stand({ address: '10.0.1.200' }), 503);
});
