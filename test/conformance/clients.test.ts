// Clients that are not ours and not the JavaScript SDK: boto3 and the AWS CLI against a whole server.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { ec2Operations } from '../../src/api/ec2/operations.ts';
import { route53Operations } from '../../src/api/route53/operations.ts';
import { iamOperations } from '../../src/api/iam/operations.ts';
import { partFolder } from '../../tools/peers.ts';
import { latticeSchema } from '../api/answers/recorder.ts';
import { finish, TestServer, type Finished } from '../server.ts';

const configuration = JSON.stringify({
  // Targets drain for a minute otherwise.
  limits: { targetDrainTime: 500 },
  vpcs: [
    {
      ...{ name: 'clients', cidrs: ['10.0.0.0/16'], attachment: { kind: 'loopback' } },
      subnets: [{ cidr: '10.0.1.0/24', zone: 'us-east-1a' }],
      securityGroups: [{ name: 'web', ingress: [{ protocol: 'tcp', fromPort: 80, toPort: 80, cidrs: ['0.0.0.0/0'] }] }],
    },
  ],
});

const opened = new AsyncDisposableStack();
let server: TestServer;
before(async () => {
  server = opened.use(await TestServer.start({ attach: 'loopback', workers: 1, configuration }));
});
after(() => opened.disposeAsync());

/** Runs Python with the part's packages and the server's endpoint and keys, and no settings of the user's. */
function python(...args: readonly string[]): Promise<Finished> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|PYTHON|PERGOLA_)/.test(name));
  const env = {
    ...Object.fromEntries(kept),
    ...{ PYTHONPATH: partFolder('aws-python'), PYTHONDONTWRITEBYTECODE: '1' },
    ...{ AWS_ENDPOINT_URL: server.api, AWS_DEFAULT_REGION: 'us-east-1' },
    ...{ AWS_ACCESS_KEY_ID: server.keys.accessKeyId, AWS_SECRET_ACCESS_KEY: server.keys.secretAccessKey },
    ...{ AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_EC2_METADATA_DISABLED: 'true' },
  };
  return finish(spawn('python3', [...args], { env, cwd: server.data, stdio: ['pipe', 'pipe', 'pipe'] }));
}

test('boto3 calls every operation of VPC Lattice, pages through lists and gets errors as exceptions with their members', async () => {
  const { status, stdout, stderr } = await python(join(import.meta.dirname, 'clients', 'scenario.py'));
  assert.equal(status, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), [...latticeSchema.operations.keys()].sort());
});

test('boto3 reads what EC2 answers, call by call', async () => {
  const { status, stdout, stderr } = await python(join(import.meta.dirname, 'clients', 'ec2.py'));
  assert.equal(status, 0, stderr);
  assert.deepEqual(
    JSON.parse(stdout),
    ec2Operations(['us-east-1'])
      .map(({ name }) => name)
      .sort(),
  );
});

test('boto3 reads what Route 53 answers, call by call', async () => {
  const { status, stdout, stderr } = await python(join(import.meta.dirname, 'clients', 'route53.py'));
  assert.equal(status, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), route53Operations.map(({ name }) => name).sort());
});

test('boto3 calls every operation of IAM that is implemented, and reads what it answers', async () => {
  const { status, stdout, stderr } = await python(join(import.meta.dirname, 'clients', 'iam.py'));
  assert.equal(status, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), iamOperations.map(({ name }) => name).sort());
});

test('boto3 in a VPC calls the API with the role of its workload, and with nothing in its environment that was put there for it', async () => {
  const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const may = { Effect: 'Allow', Action: 'vpc-lattice:ListServices', Resource: '*' };
  const document = (Statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement });
  const RoleName = 'in-vpc';
  const made = await server.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(trust) }));
  await server.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'may', PolicyDocument: document(may) }));
  const script = [
    'import boto3, json',
    'arn = boto3.client("sts").get_caller_identity()["Arn"]',
    'lattice = boto3.client("vpc-lattice")',
    'listed = lattice.list_services()["ResponseMetadata"]["HTTPStatusCode"]',
    'try: lattice.list_service_networks(); refused = None',
    'except lattice.exceptions.AccessDeniedException as error: refused = error.response["Error"]["Code"]',
    'print(json.dumps([arn.split("/")[:2], listed, refused]))',
  ];
  const { status, stdout, stderr } = await server.exec(
    ['--vpc', 'clients', '--role', made.Role?.Arn ?? ''],
    [
      ...['env', `PYTHONPATH=${partFolder('aws-python')}`, 'PYTHONDONTWRITEBYTECODE=1', 'AWS_CONFIG_FILE=/dev/null'],
      ...['AWS_SHARED_CREDENTIALS_FILE=/dev/null', 'python3', '-c', script.join('\n')],
    ],
  );
  assert.equal(status, 0, stderr);
  const session = ['arn:aws:sts::123456789012:assumed-role', RoleName];
  assert.deepEqual(JSON.parse(stdout), [session, 200, 'AccessDeniedException']);
});

/** Runs `aws SERVICE COMMAND`. */
function aws(service: string, command: string, ...options: readonly string[]): Promise<Finished> {
  return python('-m', 'awscli', service, command, ...options);
}

/** The value that `--query` picks of the answer. */
async function query(service: string, command: string, picked: string, ...options: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await aws(service, command, ...options, '--query', picked, '--output', 'text');
  assert.equal(status, 0, `${command}: ${stderr}`);
  return stdout.trim();
}

const lattice = (command: string, picked: string, ...options: readonly string[]): Promise<string> =>
  query('vpc-lattice', command, picked, ...options);

/** Asks until the answer is what is waited for. */
async function becomes(wanted: string, ask: () => Promise<string>): Promise<void> {
  const end = Date.now() + 60_000;
  for (let answer = await ask(); answer !== wanted; answer = await ask())
    assert.ok(Date.now() < end, `it stays ${answer}`);
}

test('the AWS CLI makes, queries and removes what belongs to a service', async () => {
  const vpc = await query('ec2', 'describe-vpcs', 'Vpcs[0].VpcId', '--filters', 'Name=tag:Name,Values=clients');
  const network = await lattice('create-service-network', 'id', '--name', 'mesh', '--tags', 'team=a');
  const arn = await lattice('get-service-network', 'arn', '--service-network-identifier', network);
  assert.equal(await lattice('list-tags-for-resource', 'tags.team', '--resource-arn', arn), 'a');
  const config = `port=8080,protocol=HTTP,vpcIdentifier=${vpc}`;
  const group = await lattice('create-target-group', 'id', '--name', 'shop', '--type', 'IP', '--config', config);
  const targets = ['--target-group-identifier', group, '--targets', 'id=10.0.1.10,port=8080'];
  assert.equal(await lattice('register-targets', 'length(successful)', ...targets), '1');
  const service = ['--service-identifier', await lattice('create-service', 'id', '--name', 'shop')];
  const action = (id: string) =>
    JSON.stringify({ forward: { targetGroups: [{ targetGroupIdentifier: id, weight: 1 }] } });
  const listener = await lattice(
    ...(['create-listener', 'id', ...service, '--name', 'http', '--protocol', 'HTTP'] as const),
    ...['--default-action', 'fixedResponse={statusCode=404}'],
  );
  const place = [...service, '--listener-identifier', listener];
  const match = JSON.stringify({ httpMatch: { pathMatch: { match: { prefix: '/api' } } } });
  const rule = await lattice(
    ...(['create-rule', 'id', ...place, '--name', 'api', '--priority', '10'] as const),
    ...['--match', match, '--action', action(group)],
  );
  assert.equal(await lattice('list-rules', 'items[?isDefault==`false`].id', ...place), rule);
  assert.equal(
    await lattice('get-rule', 'match.httpMatch.pathMatch.match.prefix', ...place, '--rule-identifier', rule),
    '/api',
  );
  const association = await lattice(
    ...(['create-service-network-service-association', 'id', ...service] as const),
    ...['--service-network-identifier', arn],
  );
  const associated = ['--service-network-service-association-identifier', association];
  await becomes('ACTIVE', () => lattice('get-service-network-service-association', 'status', ...associated));
  assert.equal(
    await lattice(
      'list-service-network-service-associations',
      'items[].status',
      '--service-network-identifier',
      network,
    ),
    'ACTIVE',
  );
  assert.equal(
    await lattice('delete-service-network-service-association', 'status', ...associated),
    'DELETE_IN_PROGRESS',
  );
  await becomes('0', () =>
    lattice('list-service-network-service-associations', 'length(items)', '--service-network-identifier', network),
  );

  // Options that are wrong, and what the service refuses, in the exit statuses of version 1 of the CLI.
  const usage = await aws('vpc-lattice', 'get-service');
  assert.equal(usage.status, 2, usage.stderr);
  const conflict = await aws('vpc-lattice', 'create-service-network', '--name', 'mesh');
  assert.equal(conflict.status, 255, conflict.stderr);
  assert.match(conflict.stderr, /\(ConflictException\) when calling the CreateServiceNetwork operation/);
  const absent = await aws('vpc-lattice', 'get-service', '--service-identifier', 'svc-00000000000000000');
  assert.equal(absent.status, 255, absent.stderr);
  assert.match(absent.stderr, /\(ResourceNotFoundException\)/);

  for (const [command, ...options] of [
    ['delete-listener', ...place],
    ['deregister-targets', ...targets],
    ['delete-service', ...service],
    ['delete-service-network', '--service-network-identifier', network],
  ] as const) {
    const { status, stderr } = await aws('vpc-lattice', command, ...options);
    assert.equal(status, 0, stderr);
  }
  await becomes('0', () => lattice('list-services', 'length(items)'));
  const { status, stderr } = await aws('vpc-lattice', 'delete-target-group', '--target-group-identifier', group);
  assert.equal(status, 0, stderr);
});

test('the AWS CLI makes a user whose key calls, and a role with a policy', async () => {
  const iam = (command: string, picked: string, ...options: readonly string[]): Promise<string> =>
    query('iam', command, picked, ...options);
  const user = ['--user-name', 'cli'];
  assert.match(await iam('create-user', 'User.Arn', ...user, '--tags', 'Key=team,Value=a'), /:user\/cli$/);
  const made = await iam('create-access-key', 'AccessKey.[AccessKeyId,SecretAccessKey]', ...user);
  const [AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = ''] = made.split(/\s+/);
  const called = await python(
    '-c',
    'import boto3; print(boto3.client("sts", **KEYS).get_caller_identity()["Arn"])'.replace(
      'KEYS',
      `dict(aws_access_key_id="${AWS_ACCESS_KEY_ID}", aws_secret_access_key="${AWS_SECRET_ACCESS_KEY}")`,
    ),
  );
  assert.match(called.stdout, /:user\/cli$/m, called.stderr);
  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  });
  const role = ['--role-name', 'cli'];
  const service = 'Role.AssumeRolePolicyDocument.Statement[0].Principal.Service';
  assert.equal(
    await iam('create-role', service, ...role, '--assume-role-policy-document', document),
    'ec2.amazonaws.com',
  );
  const policy = ['--policy-arn', 'arn:aws:iam::aws:policy/VPCLatticeReadOnlyAccess'];
  assert.equal((await aws('iam', 'attach-role-policy', ...role, ...policy)).status, 0);
  const attached = 'AttachedPolicies[].PolicyName';
  assert.equal(await iam('list-attached-role-policies', attached, ...role), 'VPCLatticeReadOnlyAccess');
  const taken = await aws('iam', 'create-role', ...role, '--assume-role-policy-document', document);
  assert.match(
    taken.stderr,
    /\(EntityAlreadyExists\) when calling the CreateRole operation: Role with name cli already/,
  );
  for (const [command, ...options] of [
    ['detach-role-policy', ...role, ...policy],
    ['delete-role', ...role],
    ['delete-access-key', ...user, '--access-key-id', AWS_ACCESS_KEY_ID],
    ['delete-user', ...user],
  ] as const) {
    const { status, stderr } = await aws('iam', command, ...options);
    assert.equal(status, 0, stderr);
  }
});
