// Client tokens of EC2 through the AWS SDK: a repetition has the first answer, and makes nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sdk from '@aws-sdk/client-ec2';
import { CreateServiceNetworkCommand } from '@aws-sdk/client-vpc-lattice';
import { TestServer } from '../server.ts';
import { codeOfEc2 as codeOf } from './ec2-refusals.ts';
import { startApi, type RunningApi } from './running-api.ts';

type Clients = Pick<RunningApi, 'ec2' | 'lattice'>;

/** What all of the calls answer. */
type Made = sdk.Reservation &
  sdk.CreateNetworkInterfaceResult &
  sdk.CreateRouteTableResult &
  sdk.CreateNetworkAclResult &
  sdk.CreateNatGatewayResult &
  sdk.CreateManagedPrefixListResult;

/** Where the calls make something, which they are made once for. */
interface Ground {
  readonly VpcId: string;
  readonly SubnetId: string;
  readonly ServiceNetworkArn: string;
}

async function layGround({ ec2, lattice }: Clients): Promise<Ground> {
  const { Vpc } = await ec2.send(new sdk.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const VpcId = Vpc?.VpcId ?? '';
  const { Subnet } = await ec2.send(new sdk.CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24' }));
  const network = await lattice.send(new CreateServiceNetworkCommand({ name: 'reached' }));
  return { VpcId, SubnetId: Subnet?.SubnetId ?? '', ServiceNetworkArn: network.arn ?? '' };
}

/** A call with a token: its answer, and the same call with another parameter. */
interface Once {
  readonly name: string;
  /** `change` gives it another parameter. */
  readonly send: (clients: Clients, ground: Ground, token: string, change?: boolean) => Promise<object>;
}

const tags = (ResourceType: sdk.ResourceType, change = false) => ({
  TagSpecifications: [{ ResourceType, Tags: [{ Key: 'Name', Value: change ? 'other' : 'one' }] }],
});

const calls: readonly Once[] = [
  {
    name: 'RunInstances',
    send: ({ ec2 }, { SubnetId }, ClientToken, change = false) =>
      ec2.send(
        new sdk.RunInstancesCommand({
          ...{ ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: change ? 2 : 1, SubnetId, ClientToken },
          ...tags('instance'),
        }),
      ),
  },
  {
    name: 'CreateNetworkInterface',
    send: ({ ec2 }, { SubnetId }, ClientToken, change) =>
      ec2.send(new sdk.CreateNetworkInterfaceCommand({ SubnetId, ClientToken, ...tags('network-interface', change) })),
  },
  {
    name: 'CreateVpcEndpoint',
    send: ({ ec2 }, { VpcId, ServiceNetworkArn, SubnetId }, ClientToken, change = false) =>
      ec2.send(
        new sdk.CreateVpcEndpointCommand({
          ...{ VpcId, VpcEndpointType: 'ServiceNetwork', ServiceNetworkArn, ClientToken },
          ...(change ? {} : { SubnetIds: [SubnetId] }),
        }),
      ),
  },
  {
    name: 'CreateRouteTable',
    send: ({ ec2 }, { VpcId }, ClientToken, change) =>
      ec2.send(new sdk.CreateRouteTableCommand({ VpcId, ClientToken, ...tags('route-table', change) })),
  },
  {
    name: 'CreateNetworkAcl',
    send: ({ ec2 }, { VpcId }, ClientToken, change) =>
      ec2.send(new sdk.CreateNetworkAclCommand({ VpcId, ClientToken, ...tags('network-acl', change) })),
  },
  {
    name: 'CreateEgressOnlyInternetGateway',
    send: ({ ec2 }, { VpcId }, ClientToken, change) =>
      ec2.send(
        new sdk.CreateEgressOnlyInternetGatewayCommand({
          ...{ VpcId, ClientToken, ...tags('egress-only-internet-gateway', change) },
        }),
      ),
  },
  {
    name: 'CreateNatGateway',
    send: ({ ec2 }, { SubnetId }, ClientToken, change) =>
      ec2.send(
        new sdk.CreateNatGatewayCommand({
          ...{ SubnetId, ConnectivityType: 'private', ClientToken, ...tags('natgateway', change) },
        }),
      ),
  },
  {
    name: 'CreateManagedPrefixList',
    send: ({ ec2 }, _ground, ClientToken, change = false) =>
      ec2.send(
        new sdk.CreateManagedPrefixListCommand({
          ...{ PrefixListName: 'one', AddressFamily: 'IPv4', MaxEntries: change ? 2 : 1, ClientToken },
        }),
      ),
  },
];

/** The answer without what is of its request alone. */
async function answerOf(sent: Promise<object>): Promise<object> {
  const { $metadata: _, ...answer } = (await sent) as { readonly $metadata: unknown };
  return answer;
}

const countRecords = ({ store }: RunningApi): number =>
  Object.values(store.state.value.tables).reduce((sum, table) => sum + table.size, 0);

for (const { name, send } of calls)
  test(`${name} answers a token again as the first time and makes nothing, and refuses other parameters`, async () => {
    await using api = await startApi({ defaultAttachment: { kind: 'netns' } });
    const ground = await layGround(api);
    const first = await answerOf(send(api, ground, 'token'));
    const size = countRecords(api);
    assert.deepEqual(await answerOf(send(api, ground, 'token')), first);
    assert.equal(countRecords(api), size, 'records');
    await assert.rejects(send(api, ground, 'token', true), (error) => {
      assert.ok(error instanceof sdk.EC2ServiceException, String(error));
      assert.deepEqual([error.name, error.$metadata.httpStatusCode], ['IdempotentParameterMismatch', 400]);
      return true;
    });
    assert.notDeepEqual(await answerOf(send(api, ground, 'another')), first);
    assert.equal(await codeOf(send(api, ground, 'x'.repeat(65))), 'InvalidParameterValue');
    if ('ClientToken' in first) assert.equal(first.ClientToken, 'token');
  });

test('tokens answer as the first time after a restart, and when all that they made is gone', async (t) => {
  let server = await TestServer.start({ workers: 1, attach: 'loopback' });
  const { data } = server;
  t.after(() => server[Symbol.asyncDispose]());
  const ground = await layGround(server);
  const sendAll = () => Promise.all(calls.map(({ send }) => answerOf(send(server, ground, 'kept'))));
  const first = await sendAll();
  // No two of the answers have a member in common but the token.
  const made = Object.fromEntries(first.flatMap((one): [string, unknown][] => Object.entries(one))) as Made;
  const instance = made.Instances?.[0];
  assert.ok(instance?.LaunchTime instanceof Date);
  assert.equal(instance.ClientToken, 'kept');
  await server.stop();
  server = await TestServer.start({ workers: 1, attach: 'loopback', data });
  assert.deepEqual(await sendAll(), first, 'after a restart');

  const { ec2 } = server;
  await ec2.send(new sdk.TerminateInstancesCommand({ InstanceIds: [instance.InstanceId ?? ''] }));
  const id = made.NetworkInterface?.NetworkInterfaceId;
  await ec2.send(new sdk.DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
  await ec2.send(new sdk.DeleteRouteTableCommand({ RouteTableId: made.RouteTable?.RouteTableId }));
  await ec2.send(new sdk.DeleteNetworkAclCommand({ NetworkAclId: made.NetworkAcl?.NetworkAclId }));
  await ec2.send(new sdk.DeleteNatGatewayCommand({ NatGatewayId: made.NatGateway?.NatGatewayId }));
  await ec2.send(new sdk.DeleteManagedPrefixListCommand({ PrefixListId: made.PrefixList?.PrefixListId }));
  assert.deepEqual(await sendAll(), first, 'when all is gone');
  const Filters = [{ Name: 'client-token', Values: ['kept'] }];
  const { Reservations } = await ec2.send(new sdk.DescribeInstancesCommand({ Filters }));
  assert.deepEqual(
    Reservations?.flatMap(({ Instances = [] }) => Instances.map((one) => [one.InstanceId, one.State?.Name])),
    [[instance.InstanceId, 'terminated']],
  );
});

test('of calls with one token that arrive at once, one makes something and all have its answer', async () => {
  await using api = await startApi({ defaultAttachment: { kind: 'netns' } });
  const ground = await layGround(api);
  const [run] = calls;
  assert.ok(run !== undefined);
  const answers = await Promise.all(Array.from({ length: 20 }, () => answerOf(run.send(api, ground, 'at once'))));
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  assert.equal(api.store.state.value.tables.instance.size, 1);
});

test('a token is one of its account and operation, a refused call leaves none, and a try neither makes nor takes one', async () => {
  await using api = await startApi({ defaultAttachment: { kind: 'netns' } });
  const ground = await layGround(api);
  const { ec2 } = api;
  const { SubnetId } = ground;
  const face = (input: Partial<sdk.CreateNetworkInterfaceRequest>, by = ec2) =>
    by.send(new sdk.CreateNetworkInterfaceCommand({ SubnetId, ClientToken: 'one', ...input }));
  assert.equal(await codeOf(face({ DryRun: true })), 'DryRunOperation');
  assert.equal(await codeOf(face({ PrivateIpAddress: '10.9.9.9' })), 'InvalidParameterValue');
  const made = await face({});
  assert.equal(await codeOf(face({ DryRun: true })), 'DryRunOperation');
  assert.deepEqual(await answerOf(face({ DryRun: false })), await answerOf(Promise.resolve(made)));
  await ec2.send(new sdk.CreateRouteTableCommand({ VpcId: ground.VpcId, ClientToken: 'one' }));
  const others = { ec2: api.ec2Of('999988887777'), lattice: api.latticeOf('999988887777') };
  const theirs = await layGround(others);
  const other = await face({ SubnetId: theirs.SubnetId }, others.ec2);
  assert.notEqual(other.NetworkInterface?.NetworkInterfaceId, made.NetworkInterface?.NetworkInterfaceId);
});
