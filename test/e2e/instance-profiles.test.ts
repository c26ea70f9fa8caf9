// Instances with an instance profile: what stands for one has the role that is in the profile now.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import {
  AssociateIamInstanceProfileCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DescribeSubnetsCommand,
  DisassociateIamInstanceProfileCommand,
  ReplaceIamInstanceProfileAssociationCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  RemoveRoleFromInstanceProfileCommand,
} from '@aws-sdk/client-iam';
import { openBox } from '../network/box.ts';
import { needsNamespaces } from '../network/lab.ts';
import { finish, ownCheckout, startPergola, TestServer } from '../server.ts';
import { onEveryAttachment, type Runs } from './attachments.ts';
import { eventually, given, makeVpc, unique } from './scenario.ts';

const apiProgram = join(import.meta.dirname, '..', 'programs', 'api-client.ts');
const packages = 'its program needs packages of development';
const here: Runs = { netns: true, loopback: true, userns: packages, 'other user': packages };
const inNamespaces: Runs = {
  netns: true,
  loopback: '169.254.169.254 is no address of a host',
  userns: true,
  'other user': packages,
};

/** A role that EC2 may assume, and a profile of its name that has it. */
async function makeProfile(
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
async function makeInstance(server: TestServer, Name?: string): Promise<{ readonly vpc: string; readonly id: string }> {
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

async function associationOf({ ec2 }: TestServer, id: string): Promise<string> {
  const Filters = [{ Name: 'instance-id', Values: [id] }];
  const found = await ec2.send(new DescribeIamInstanceProfileAssociationsCommand({ Filters }));
  return given(found.IamInstanceProfileAssociations?.[0]?.AssociationId);
}

/** Says what the metadata service tells of the role each time that this has changed, until its standard input ends. */
const watcher = `
  const at = 'http://169.254.169.254/latest/';
  const asked = { method: 'PUT', headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '600' } };
  const token = await (await fetch(at + 'api/token', asked)).text();
  const get = (path) => fetch(at + 'meta-data/' + path, { headers: { 'x-aws-ec2-metadata-token': token } });
  let before = '';
  process.stdin.on('end', () => process.exit(0)).resume();
  for (;;) {
    const [info, role] = [await get('iam/info'), await get('iam/security-credentials/')];
    const code = info.status === 200 ? (await info.json()).Code : info.status;
    const now = code + ' ' + role.status + ' ' + (await role.text());
    if (now !== before) console.log(before = now);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }`;

onEveryAttachment({ workers: 1 }, [
  {
    name: 'what stands for an instance with a profile has the role of the profile, and another one when it is given that',
    runs: here,
    async run(server) {
      const own = await makeProfile(server, 'web');
      const other = await makeProfile(server, 'other');
      const { vpc, id } = await makeInstance(server, own.name);
      const identify = async (...place: readonly string[]): Promise<string> => {
        const home = ['AWS_SHARED_CREDENTIALS_FILE=/dev/null', 'AWS_CONFIG_FILE=/dev/null'];
        const command = ['env', ...home, process.execPath, apiProgram];
        const { status, stdout, stderr } = await finish(
          startPergola(
            server.checkout,
            ['exec', '--data', server.data, '--vpc', vpc, ...place, '--', ...command],
            // Keys of whoever starts it are not those of the instance.
            ['env', 'AWS_ACCESS_KEY_ID=x', 'AWS_SECRET_ACCESS_KEY=x'],
          ),
        );
        assert.equal(status, 0, stderr);
        return String((JSON.parse(stdout) as Readonly<Record<string, unknown>>)['Arn']);
      };
      const session = ({ role }: { readonly role: string }): string =>
        `${role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${id}`;
      assert.equal(await identify('--instance', id), session(own));
      assert.equal(await identify('--instance', id, '--role', other.role), session(other));
      const IamInstanceProfile = { Name: other.name };
      const AssociationId = await associationOf(server, id);
      await server.ec2.send(new ReplaceIamInstanceProfileAssociationCommand({ AssociationId, IamInstanceProfile }));
      await server.obeyed();
      assert.equal(await identify('--instance', id), session(other));
    },
  },
  {
    name: 'a program that runs sees its profile come, change, lose its role and go',
    runs: inNamespaces,
    async run(server) {
      const [first, second] = [await makeProfile(server, 'first'), await makeProfile(server, 'second')];
      const { vpc, id } = await makeInstance(server);
      const child = server.startExec(['--vpc', vpc, '--instance', id], [process.execPath, '-e', watcher]);
      const ended = once(child, 'close');
      const lines = createInterface({ input: given(child.stdout ?? undefined) })[Symbol.asyncIterator]();
      /** The next thing that is told, which may be told in two parts. */
      const expect = async (wanted: string): Promise<void> => {
        for (;;) {
          const { value, done } = await lines.next();
          assert.notEqual(done, true, `it ended before it said ${wanted}`);
          if (value === wanted) return;
        }
      };
      await expect('404 404 ');
      await server.ec2.send(
        new AssociateIamInstanceProfileCommand({ InstanceId: id, IamInstanceProfile: { Name: first.name } }),
      );
      await expect(`Success 200 ${first.name}`);
      const IamInstanceProfile = { Name: second.name };
      const AssociationId = await associationOf(server, id);
      await server.ec2.send(new ReplaceIamInstanceProfileAssociationCommand({ AssociationId, IamInstanceProfile }));
      await expect(`Success 200 ${second.name}`);
      const inside = { InstanceProfileName: second.name, RoleName: second.name };
      await server.iam.send(new RemoveRoleFromInstanceProfileCommand(inside));
      await expect('InstanceProfileNotFound 404 ');
      await server.iam.send(new AddRoleToInstanceProfileCommand(inside));
      await expect(`Success 200 ${second.name}`);
      const last = await associationOf(server, id);
      await server.ec2.send(new DisassociateIamInstanceProfileCommand({ AssociationId: last }));
      await expect('404 404 ');
      child.stdin?.end();
      await ended;
    },
  },
]);

test(
  'a box that joins as an instance finds the role of its profile, also when the server was ended and came back',
  needsNamespaces,
  async (t) => {
    const data = mkdtempSync(join(tmpdir(), 'pergola-profile-'));
    t.after(() => rmSync(data, { recursive: true, force: true }));
    let server = await TestServer.start({ attach: 'netns', workers: 1, data });
    t.after(() => server[Symbol.asyncDispose]());
    const own = await makeProfile(server, 'boxed');
    const { vpc, id } = await makeInstance(server, own.name);
    const box = await openBox(t);
    const options = ['--data', data, '--vpc', vpc, '--netns', box.path, '--instance', id];
    const child = startPergola(ownCheckout, ['join', ...options]);
    t.after(() => child.kill('SIGKILL'));
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const { value } = await createInterface({ input: given(child.stdout ?? undefined) })
      [Symbol.asyncIterator]()
      .next();
    assert.match(String(value), /^joined /, errors);
    const script = `
    const at = 'http://169.254.169.254/latest/';
    const asked = { method: 'PUT', headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' } };
    const ask = async () => {
      const headers = { 'x-aws-ec2-metadata-token': await (await fetch(at + 'api/token', asked)).text() };
      const role = await (await fetch(at + 'meta-data/iam/security-credentials/', { headers })).text();
      const got = await fetch(at + 'meta-data/iam/security-credentials/' + role, { headers });
      console.log(JSON.stringify([role, (await got.json()).Code]));
    };
    ask().catch((error) => console.log(String(error)));`;
    const found = (): string => box.run(process.execPath, '-e', script);
    assert.equal(found(), JSON.stringify([own.name, 'Success']));
    await server.killAll();
    server = await TestServer.start({ attach: 'netns', workers: 1, data });
    await eventually('it has its role again', () => Promise.resolve(found() === JSON.stringify([own.name, 'Success'])));
  },
);
