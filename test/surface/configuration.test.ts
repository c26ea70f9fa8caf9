// The stable surface of pergola.yaml: what it says is there after a start, also when it has changed.

import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CreateSubnetCommand, DescribeSubnetsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { makeDirectory, ownCheckout, runPergola, TestServer } from '../server.ts';

const data = makeDirectory(ownCheckout);
after(() => rmSync(data, { recursive: true, force: true }));

const start = (configuration: string): Promise<TestServer> =>
  TestServer.start({ attach: 'loopback', workers: 1, data, configuration });

test('accounts, principals, VPCs, subnets, instances and limits of pergola.yaml hold', async (t) => {
  writeFileSync(join(data, 'ops.key'), 'from-the-file\n');
  process.env['OPS_SECRET'] = 'from-the-environment';
  await using server = await start(`
regions: [us-east-1, eu-west-1]
accounts: [{ id: "111111111111", alias: shop }]
principals:
  - { arn: "arn:aws:iam::111111111111:user/ops", accessKeyId: AKIAOPS, secretAccessKey: open-sesame }
  - { arn: "arn:aws:iam::111111111111:user/file", accessKeyId: AKIAFILE, secretAccessKey: { file: ops.key } }
  - { arn: "arn:aws:iam::111111111111:user/env", accessKeyId: AKIAENV, secretAccessKey: { env: OPS_SECRET } }
vpcs:
  - name: shop
    account: shop
    region: eu-west-1
    cidrs: [10.0.0.0/16]
    subnets: [{ cidr: 10.0.1.0/24, zone: eu-west-1b }]
    instances: [{ name: web, address: 10.0.1.10, command: [sleep, "60"] }]
limits: { apiBodySize: 500 }
`);
  const client = {
    region: 'eu-west-1',
    endpoint: server.api,
    credentials: { accessKeyId: 'AKIAOPS', secretAccessKey: 'open-sesame' },
    maxAttempts: 1,
  };
  const sts = new STSClient(client);
  const ec2 = new EC2Client(client);
  t.after(() => [sts, ec2].forEach((one) => one.destroy()));
  const { Arn, Account } = await sts.send(new GetCallerIdentityCommand({}));
  assert.deepEqual([Arn, Account], ['arn:aws:iam::111111111111:user/ops', '111111111111']);
  for (const [accessKeyId, secretAccessKey, user] of [
    ['AKIAFILE', 'from-the-file', 'file'],
    ['AKIAENV', 'from-the-environment', 'env'],
  ] as const) {
    const other = new STSClient({ ...client, credentials: { accessKeyId, secretAccessKey } });
    const caller = await other.send(new GetCallerIdentityCommand({}));
    assert.equal(caller.Arn, `arn:aws:iam::111111111111:user/${user}`);
    other.destroy();
  }
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
  assert.deepEqual(
    Vpcs?.map(({ CidrBlock, Tags }) => [CidrBlock, Tags]),
    [['10.0.0.0/16', [{ Key: 'Name', Value: 'shop' }]]],
  );
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
  assert.deepEqual(
    Subnets?.map(({ CidrBlock, AvailabilityZone }) => [CidrBlock, AvailabilityZone]),
    [['10.0.1.0/24', 'eu-west-1b']],
  );
  const large = await fetch(`${server.api}/services`, { method: 'POST', body: ' '.repeat(501) });
  assert.equal(large.status, 413);
  assert.match(server.log, /instance started/);
});

test('what the file no longer names is gone at the next start', async () => {
  await using server = await start('vpcs: [{ name: other, cidrs: [10.1.0.0/16] }]\n');
  const { Vpcs } = await server.ec2.send(new DescribeVpcsCommand({}));
  assert.deepEqual(
    Vpcs?.map(({ CidrBlock }) => CidrBlock),
    ['10.1.0.0/16'],
  );
  const sts = new STSClient({
    region: 'us-east-1',
    endpoint: server.api,
    credentials: { accessKeyId: 'AKIAOPS', secretAccessKey: 'open-sesame' },
    maxAttempts: 1,
  });
  await assert.rejects(sts.send(new GetCallerIdentityCommand({})), { name: 'InvalidClientTokenId' });
  sts.destroy();
});

test('a file without a VPC that something uses ends the start with 3 and the reason, and leaves the records of a running server as they were', async () => {
  const own = makeDirectory(ownCheckout);
  after(() => rmSync(own, { recursive: true, force: true }));
  const file = join(own, 'pergola.yaml');
  const configuration = 'vpcs: [{ name: shop, cidrs: [10.0.0.0/16] }]\n';
  const nothing = 'limits: { drainTimeout: 1000 }\n';
  const rangesOf = async ({ ec2 }: TestServer): Promise<unknown> =>
    (await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.map(({ CidrBlock }) => CidrBlock);
  {
    await using server = await TestServer.start({ attach: 'loopback', workers: 1, data: own, configuration });
    const { Vpcs: [vpc] = [] } = await server.ec2.send(new DescribeVpcsCommand({}));
    await server.ec2.send(new CreateSubnetCommand({ VpcId: vpc?.VpcId, CidrBlock: '10.0.9.0/24' }));
    writeFileSync(file, nothing);
    const reloaded = await runPergola(ownCheckout, ['reload', '--data', own]);
    assert.equal(reloaded.status, 3, reloaded.stdout);
    assert.match(reloaded.stderr, /the configuration does not fit what stands: .*subnet-/);
    assert.deepEqual(await rangesOf(server), ['10.0.0.0/16']);
    assert.doesNotMatch(server.log, /everything is replaced/);
  }
  const args = ['--data', own, '--api', '127.0.0.1:0', '--dns', '127.0.0.1:0', '--attach', 'loopback'];
  const { status, stdout, stderr } = await runPergola(ownCheckout, ['serve', ...args, '--config', file]);
  assert.deepEqual([status, stdout], [3, ''], stderr);
  assert.match(stderr, /^pergola serve: the configuration does not fit .*is used by subnet-\w+ and cannot be removed/m);
  assert.match(stderr, /^What another file describes belongs in another directory: --data DIR$/m);
  await using server = await TestServer.start({ attach: 'loopback', workers: 1, data: own, configuration });
  assert.deepEqual(await rangesOf(server), ['10.0.0.0/16']);
});
