// What callers may do: every call is decided by the policies of who makes it, and refused in the words of its service.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CreateVpcCommand, CreateVpcEndpointCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateUserCommand,
  GetUserCommand,
  ListUsersCommand,
  AttachUserPolicyCommand,
  PutUserPermissionsBoundaryCommand,
} from '@aws-sdk/client-iam';
import {
  ResourceGroupsTaggingAPIClient,
  TagResourcesCommand,
  UntagResourcesCommand,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { callAs, keysOf, type Clients } from './principals.ts';
import { startApi, type RunningApi } from './running-api.ts';

const account = '111122223333';
const arn = (resource: string): string => `arn:aws:vpc-lattice:us-east-1:${account}:${resource}`;
const allow = (Action: string | readonly string[], more: object = {}): object => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...more,
});
const deny = (Action: string, more: object = {}): object => ({ ...allow(Action, more), Effect: 'Deny' });

let api: RunningApi;
let made: { readonly shop: string; readonly cart: string; readonly listener: string };

before(async () => {
  api = await startApi();
  const create = async (name: string, tags: Record<string, string>): Promise<string> =>
    (await api.lattice.send(new sdk.CreateServiceCommand({ name, tags }))).id ?? '';
  const shop = await create('shop', { team: 'blue' });
  const listener = await api.lattice.send(
    new sdk.CreateListenerCommand({
      serviceIdentifier: shop,
      name: 'http',
      protocol: 'HTTP',
      port: 80,
      defaultAction: { fixedResponse: { statusCode: 404 } },
    }),
  );
  made = { shop, cart: await create('cart', { team: 'green' }), listener: listener.id ?? '' };
});
after(() => api?.[Symbol.asyncDispose]());

/** The clients of a user with these statements alone. */
async function as(...statements: readonly object[]): Promise<Clients> {
  return (await callAs(api, { ann: statements })).ann;
}

async function refused(call: Promise<unknown>, name: string, message: RegExp, status = 403): Promise<void> {
  await assert.rejects(call, (error: sdk.VPCLatticeServiceException) => {
    assert.deepEqual([error.name, error.$metadata.httpStatusCode], [name, status]);
    assert.match(error.message, message);
    return true;
  });
}

const get = (serviceIdentifier: string) => new sdk.GetServiceCommand({ serviceIdentifier });

test('what nothing allows is refused in the words of AWS, and what is allowed is done', async () => {
  const { lattice } = await as(allow('vpc-lattice:GetService'));
  assert.equal((await lattice.send(get(made.shop))).name, 'shop');
  await refused(
    lattice.send(new sdk.DeleteServiceCommand({ serviceIdentifier: made.shop })),
    'AccessDeniedException',
    new RegExp(
      `^User: arn:aws:iam::${account}:user/ann is not authorized to perform: vpc-lattice:DeleteService on resource: ${arn(`service/${made.shop}`)} because no identity-based policy allows the vpc-lattice:DeleteService action$`,
    ),
  );
  await refused(
    lattice.send(new sdk.ListServicesCommand()),
    'AccessDeniedException',
    /vpc-lattice:ListServices on resource: \* because/,
  );
  assert.equal((await api.lattice.send(get(made.shop))).name, 'shop');
});

test('resources are meant by their ARNs, whichever identifier the call has, and also those that are not there', async () => {
  const { lattice } = await as(
    allow('vpc-lattice:Get*', {
      Resource: [arn(`service/${made.shop}`), arn(`service/${made.shop}/*`), arn('service/svc-0*')],
    }),
    deny('vpc-lattice:GetService', { Resource: arn(`service/${made.cart}`) }),
  );
  for (const one of [made.shop, arn(`service/${made.shop}`)]) await lattice.send(get(one));
  for (const one of [made.cart, arn(`service/${made.cart}`)])
    await refused(
      lattice.send(get(one)),
      'AccessDeniedException',
      /with an explicit deny in an identity-based policy$/,
    );
  const where = { serviceIdentifier: made.shop, listenerIdentifier: made.listener };
  assert.equal((await lattice.send(new sdk.GetListenerCommand(where))).name, 'http');
  await refused(lattice.send(get('svc-0123456789abcdef0')), 'ResourceNotFoundException', /./, 404);
  await refused(
    lattice.send(new sdk.GetTargetGroupCommand({ targetGroupIdentifier: 'tg-0123456789abcdef0' })),
    'AccessDeniedException',
    /on resource: arn:aws:vpc-lattice:us-east-1:111122223333:targetgroup\/tg-0123456789abcdef0 because/,
  );
});

test('tags of what is there and of the call decide, and making something with tags is tagging too', async () => {
  const { lattice } = await as(
    allow('vpc-lattice:GetService', { Condition: { StringEquals: { 'aws:ResourceTag/team': 'blue' } } }),
    allow(['vpc-lattice:CreateService', 'vpc-lattice:DeleteService']),
    allow('vpc-lattice:TagResource', {
      Condition: {
        StringEquals: { 'aws:RequestTag/team': 'blue', 'vpc-lattice:CreateAction': 'CreateService' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
      },
    }),
  );
  await lattice.send(get(made.shop));
  await refused(lattice.send(get(made.cart)), 'AccessDeniedException', /GetService/);
  const create = (name: string, tags?: Record<string, string>) =>
    lattice.send(new sdk.CreateServiceCommand({ name, ...(tags === undefined ? {} : { tags }) }));
  await create('plain');
  await create('tagged', { team: 'blue' });
  for (const tags of [{ team: 'green' }, { team: 'blue', other: 'x' }])
    await refused(
      create('refused', tags),
      'AccessDeniedException',
      /vpc-lattice:TagResource on resource: arn:aws:vpc-lattice:us-east-1:111122223333:service\/\* because/,
    );
  await refused(
    lattice.send(new sdk.TagResourceCommand({ resourceArn: arn(`service/${made.shop}`), tags: { team: 'blue' } })),
    'AccessDeniedException',
    /TagResource/,
  );
  const { items } = await api.lattice.send(new sdk.ListServicesCommand());
  assert.ok(!items?.some(({ name }) => name === 'refused'));
});

test("VPC Lattice's own keys are what the call says, else what is there", async () => {
  const { lattice } = await as(
    allow('vpc-lattice:UpdateService', { Condition: { StringEquals: { 'vpc-lattice:AuthType': 'AWS_IAM' } } }),
    allow('vpc-lattice:*Listener', { Condition: { StringEquals: { 'vpc-lattice:Protocol': 'HTTP' } } }),
    allow('vpc-lattice:CreateServiceNetworkVpcAssociation', {
      Condition: {
        'ForAllValues:StringLike': { 'vpc-lattice:SecurityGroupIds': ['sg-0a*'] },
        StringEquals: { 'vpc-lattice:VpcId': 'vpc-0123456789abcdef0' },
      },
    }),
  );
  const update = (authType: 'NONE' | 'AWS_IAM') =>
    lattice.send(new sdk.UpdateServiceCommand({ serviceIdentifier: made.cart, authType }));
  await update('AWS_IAM');
  await refused(update('NONE'), 'AccessDeniedException', /UpdateService/);
  const listener = (protocol: 'HTTP' | 'TLS_PASSTHROUGH', port: number) =>
    lattice.send(
      new sdk.CreateListenerCommand({
        serviceIdentifier: made.cart,
        name: `port-${port}`,
        protocol,
        port,
        defaultAction: { fixedResponse: { statusCode: 404 } },
      }),
    );
  const { id } = await listener('HTTP', 80);
  await refused(
    listener('TLS_PASSTHROUGH', 443),
    'AccessDeniedException',
    new RegExp(`CreateListener on resource: ${arn(`service/${made.cart}/listener/\\*`)} because`),
  );
  await lattice.send(new sdk.GetListenerCommand({ serviceIdentifier: made.cart, listenerIdentifier: id }));
  const associate = (vpcIdentifier: string, group: string) =>
    lattice.send(
      new sdk.CreateServiceNetworkVpcAssociationCommand({
        serviceNetworkIdentifier: 'sn-0123456789abcdef0',
        vpcIdentifier,
        securityGroupIds: [group],
      }),
    );
  await refused(associate('vpc-0123456789abcdef0', 'sg-0a123456789abcdef'), 'ResourceNotFoundException', /./, 404);
  await refused(associate('vpc-0123456789abcdef0', 'sg-0b123456789abcdef'), 'AccessDeniedException', /./);
  await refused(associate('vpc-0123456789abcdef1', 'sg-0a123456789abcdef'), 'AccessDeniedException', /./);
});

test('BatchUpdateRule asks for UpdateRule of each rule', async () => {
  const [one, other] = ['rule-0000000000000000a', 'rule-0000000000000000b'];
  const { lattice } = await as(
    allow('vpc-lattice:UpdateRule', { Resource: arn(`service/${made.shop}/listener/${made.listener}/rule/${one}`) }),
  );
  const update = (...ids: readonly string[]) =>
    lattice.send(
      new sdk.BatchUpdateRuleCommand({
        serviceIdentifier: made.shop,
        listenerIdentifier: made.listener,
        rules: ids.map((ruleIdentifier, i) => ({ ruleIdentifier, priority: i + 1 })),
      }),
    );
  await refused(
    update(one, other),
    'AccessDeniedException',
    new RegExp(
      `vpc-lattice:UpdateRule on resource: ${arn(`service/${made.shop}/listener/${made.listener}/rule/${other}`)} because`,
    ),
  );
  assert.deepEqual(
    (await update(one)).unsuccessful?.map(({ ruleIdentifier }) => ruleIdentifier),
    [one],
  );
});

test('the other services refuse in their own forms, and GetCallerIdentity nobody', async () => {
  const { ec2, iam, sts } = await as(
    allow(['ec2:DescribeVpcs', 'iam:ListUsers']),
    allow('iam:GetUser', { Resource: `arn:aws:iam::${account}:user/a/*` }),
  );
  assert.equal((await sts.send(new GetCallerIdentityCommand())).Arn, `arn:aws:iam::${account}:user/ann`);
  await ec2.send(new DescribeVpcsCommand());
  await refused(
    ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' })),
    'UnauthorizedOperation',
    /^You are not authorized to perform this operation. User: arn:aws:iam::111122223333:user\/ann is not authorized to perform: ec2:CreateVpc/,
  );
  await iam.send(new ListUsersCommand());
  await api.iam.send(new CreateUserCommand({ UserName: 'bob', Path: '/a/' }));
  assert.equal((await iam.send(new GetUserCommand({ UserName: 'bob' }))).User?.UserName, 'bob');
  await refused(
    iam.send(new CreateUserCommand({ UserName: 'eve', Path: '/b/' })),
    'AccessDenied',
    /iam:CreateUser on resource: arn:aws:iam::111122223333:user\/b\/eve because/,
  );
});

test('who puts a role into an instance profile must be allowed to pass it', async () => {
  const { iam } = await as(
    allow('iam:AddRoleToInstanceProfile'),
    allow('iam:PassRole', { Resource: 'arn:aws:iam::*:role/mine' }),
  );
  const add = (RoleName: string) =>
    iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'absent', RoleName }));
  await refused(
    add('admin'),
    'AccessDenied',
    /iam:PassRole on resource: arn:aws:iam::111122223333:role\/admin because/,
  );
  await refused(add('mine'), 'NoSuchEntityException', /./, 404);
});

test("the server's own paths are for whom a policy allows them", async () => {
  await as(allow('pergola:GetStatus'));
  const status = async (method: string, path: string): Promise<number> =>
    (await api.call(method, path, '', keysOf('ann'))).status;
  assert.equal(await status('GET', '/-/status'), 200);
  const forbidden = [
    ['POST', '/-/reset'],
    ['POST', '/-/reload'],
    ['POST', '/-/explain'],
    ['POST', '/-/workloads'],
    ['GET', '/-/workloads/1/lease'],
    ['GET', '/-/backup'],
    ['GET', '/-/wait?revision=1&timeout=1'],
  ] as const;
  for (const [method, path] of forbidden) assert.equal(await status(method, path), 403, path);
  assert.equal((await api.call('GET', '/-/status')).status, 200);
});

test('a workload gets a role from whoever may pass it to EC2, and from nobody else', async () => {
  const { Vpc } = await api.ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const role = `arn:aws:iam::${account}:role/orders`;
  const body = JSON.stringify({ vpc: Vpc?.VpcId, role });
  const make = async (...statements: readonly object[]): Promise<string> => {
    await as(allow('pergola:RunWorkload'), ...statements);
    const answer = await api.call('POST', '/-/workloads', body, keysOf('ann'));
    return `${answer.status} ${await answer.text()}`;
  };
  const passed = (service: string): object => ({ Condition: { StringEquals: { 'iam:PassedToService': service } } });
  assert.match(await make(), /^403 .*iam:PassRole on resource: arn:aws:iam::111122223333:role\/orders/);
  assert.match(await make(allow('iam:PassRole', { Resource: `${role}-x` })), /^403 /);
  assert.match(await make(allow('iam:PassRole', { Resource: role, ...passed('lambda.amazonaws.com') })), /^403 /);
  // This server has no place for workloads: it was asked for one.
  assert.match(await make(allow('iam:PassRole', { Resource: role, ...passed('ec2.amazonaws.com') })), /^503 /);
});

test('an existing namespace becomes a workload by whoever may join namespaces, and by nobody else', async () => {
  const { Vpc } = await api.ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const body = JSON.stringify({ vpc: Vpc?.VpcId, namespace: { pid: 12 } });
  const make = async (...statements: readonly object[]): Promise<string> => {
    await as(allow('pergola:RunWorkload'), ...statements);
    const answer = await api.call('POST', '/-/workloads', body, keysOf('ann'));
    return `${answer.status} ${await answer.text()}`;
  };
  assert.match(await make(), /^403 .*pergola:JoinNamespace/);
  assert.match(await make(allow('pergola:JoinNamespace')), /^503 /);
});

test('what tags forbid is forbidden by way of the Resource Groups Tagging API too', async (t) => {
  const ann = await as(
    allow(['tag:*', 'vpc-lattice:*']),
    deny('vpc-lattice:UntagResource', { Condition: { StringEquals: { 'aws:ResourceTag/team': 'blue' } } }),
  );
  const { credentials } = ann.lattice.config;
  const tagging = new ResourceGroupsTaggingAPIClient({ region: 'us-east-1', endpoint: api.origin, credentials });
  t.after(() => tagging.destroy());
  const untag = (id: string) =>
    tagging.send(new UntagResourcesCommand({ ResourceARNList: [arn(`service/${id}`)], TagKeys: ['other'] }));
  await untag(made.cart);
  await assert.rejects(untag(made.shop), /vpc-lattice:UntagResource on resource: .* with an explicit deny/);
});

test('the tags of resources of EC2 decide on their tagging through the tagging API too', async (t) => {
  const tagged = (team: string) =>
    api.ec2.send(
      new CreateVpcCommand({
        CidrBlock: '10.0.0.0/16',
        TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'team', Value: team }] }],
      }),
    );
  const [blue, green] = await Promise.all([tagged('blue'), tagged('green')]);
  const vpcArn = (id: string | undefined): string => `arn:aws:ec2:us-east-1:${account}:vpc/${id ?? ''}`;
  const own = { Condition: { StringEquals: { 'aws:ResourceTag/team': 'blue' } } };
  const ann = await as(allow('tag:TagResources'), allow('ec2:CreateTags', own));
  const { credentials } = ann.lattice.config;
  const tagging = new ResourceGroupsTaggingAPIClient({ region: 'us-east-1', endpoint: api.origin, credentials });
  t.after(() => tagging.destroy());
  const tag = (id: string | undefined) =>
    tagging.send(new TagResourcesCommand({ ResourceARNList: [vpcArn(id)], Tags: { other: 'x' } }));
  assert.deepEqual((await tag(blue.Vpc?.VpcId)).FailedResourcesMap, {});
  await assert.rejects(tag(green.Vpc?.VpcId), /ec2:CreateTags on resource: .* because no identity-based policy allows/);
});

test('what is done to a user or role is judged by the boundary that it has, or is given', async () => {
  const boundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  const bounded = { Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } } };
  const actions = [
    'iam:CreateUser',
    'iam:AttachUserPolicy',
    'iam:PutUserPermissionsBoundary',
    'iam:DeleteUserPermissionsBoundary',
  ];
  const { iam } = await as(allow(actions, bounded));
  const attach = (UserName: string) =>
    iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }));
  await refused(iam.send(new CreateUserCommand({ UserName: 'free' })), 'AccessDenied', /iam:CreateUser/);
  await iam.send(new CreateUserCommand({ UserName: 'bound', PermissionsBoundary: boundary }));
  await attach('bound');
  await api.iam.send(new CreateUserCommand({ UserName: 'unbound' }));
  await refused(attach('unbound'), 'AccessDenied', /iam:AttachUserPolicy/);
  const put = (UserName: string, PermissionsBoundary: string) =>
    iam.send(new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary }));
  await refused(
    put('bound', 'arn:aws:iam::aws:policy/AdministratorAccess'),
    'AccessDenied',
    /PutUserPermissionsBoundary/,
  );
  await put('unbound', boundary);
  await attach('unbound');
});

test("a VPC endpoint needs the service network's leave", async () => {
  const { arn = '' } = await api.lattice.send(new sdk.CreateServiceNetworkCommand({ name: 'reached' }));
  const { Vpc } = await api.ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const on = 'vpc-lattice:CreateServiceNetworkVpcEndpointAssociation';
  const { half, whole } = await callAs(api, {
    half: [{ Effect: 'Allow', Action: 'ec2:*', Resource: '*' }],
    whole: [{ Effect: 'Allow', Action: ['ec2:CreateVpcEndpoint', on], Resource: '*' }],
  });
  const wish = { VpcId: Vpc?.VpcId, VpcEndpointType: 'ServiceNetwork', ServiceNetworkArn: arn } as const;
  await assert.rejects(half.ec2.send(new CreateVpcEndpointCommand(wish)), (error: Error) => {
    assert.equal(error.name, 'UnauthorizedOperation');
    assert.match(error.message, new RegExp(on));
    return true;
  });
  assert.match((await whole.ec2.send(new CreateVpcEndpointCommand(wish))).VpcEndpoint?.VpcEndpointId ?? '', /^vpce-/);
});
