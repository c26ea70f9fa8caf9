// Workloads with a role: an AWS SDK in one finds its credentials by itself, and nobody gets another's.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { CreateRoleCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { PutAuthPolicyCommand, UpdateServiceCommand } from '@aws-sdk/client-vpc-lattice';
import type { TestServer } from '../server.ts';
import { onEveryAttachment, type Runs } from './attachments.ts';
import { eventually, given, listenerPort, makeWorld, unique } from './scenario.ts';
import { openShop, type Shop } from './shop.ts';

const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const trusting = (principal: object): string =>
  document({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' });
const ec2 = { Service: 'ec2.amazonaws.com' };

const program = join(import.meta.dirname, '..', 'programs', 'role-client.ts');
const apiProgram = join(import.meta.dirname, '..', 'programs', 'api-client.ts');

const packages = 'its program needs packages of development';
const here: Runs = { netns: true, loopback: true, userns: packages, 'other user': packages };
const inNamespaces: Runs = { ...here, loopback: '169.254.169.254 is no address of a host' };

interface Seen {
  readonly status: number;
  readonly body: string;
  readonly found: { readonly accessKeyId?: string; readonly expiration?: string; readonly failed?: string };
}

/** What a program in the VPC gets that signs with whatever the SDK finds; `without` are variables that it does not have. */
async function ask(
  server: TestServer,
  shop: Shop,
  place: readonly string[],
  without: readonly string[] = [],
): Promise<Seen> {
  const command = [process.execPath, program, shop.name, String(listenerPort), '/mine'];
  const home = ['AWS_SHARED_CREDENTIALS_FILE=/dev/null', 'AWS_CONFIG_FILE=/dev/null'];
  const env = ['env', ...without.flatMap((name) => ['-u', name]), ...home];
  const { status, stdout, stderr } = await server.exec(['--vpc', shop.clients, ...place], [...env, ...command]);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Seen;
}

/** A shop that only `role` may ask. */
async function openGuarded(
  server: TestServer,
): Promise<{ readonly shop: Shop; readonly role: string; readonly name: string }> {
  const shop = await openShop(server);
  const RoleName = unique('orders');
  const made = await server.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trusting(ec2) }));
  const role = given(made.Role?.Arn);
  const may = { Effect: 'Allow', Action: 'vpc-lattice-svcs:Invoke', Resource: '*' };
  await server.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'may', PolicyDocument: document(may) }));
  await server.lattice.send(new UpdateServiceCommand({ serviceIdentifier: shop.service, authType: 'AWS_IAM' }));
  const policy = document({ Effect: 'Allow', Principal: { AWS: role }, Action: '*', Resource: '*' });
  await server.lattice.send(new PutAuthPolicyCommand({ resourceIdentifier: shop.service, policy }));
  await server.obeyed();
  return { shop, role, name: RoleName };
}

/** Session of a workload that has just been given a role. */
function assertRole(seen: Seen, role: string): void {
  assert.equal(seen.status, 200, JSON.stringify(seen));
  const { headers } = JSON.parse(seen.body) as { readonly headers: Readonly<Record<string, string>> };
  const session = role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/');
  assert.match(headers['x-amzn-lattice-identity'] ?? '', new RegExp(`^Principal=${session}/wl-\\w+;`));
  const left = Date.parse(given(seen.found.expiration)) - Date.now();
  assert.ok(left > 5.5 * 3_600_000 && left <= 6 * 3_600_000, given(seen.found.expiration));
}

const folder = mkdtempSync(join(tmpdir(), 'pergola-roles-'));
after(() => rmSync(folder, { recursive: true }));
const foundFile = join(folder, 'found.json');
const instanceRole = 'arn:aws:iam::123456789012:role/of-an-instance';
const command = JSON.stringify([
  process.execPath,
  join(import.meta.dirname, '..', 'programs', 'role-instance.ts'),
  foundFile,
]);
const configuration = `
vpcs:
  - name: manned
    cidrs: [10.0.0.0/16]
    instances:
      - { name: one, address: 10.0.1.10, role: "${instanceRole}", command: ${command},
          environment: { AWS_SHARED_CREDENTIALS_FILE: /dev/null, AWS_CONFIG_FILE: /dev/null } }
`;

onEveryAttachment({ workers: 1, configuration }, [
  {
    name: 'an instance finds the credentials of its role as soon as there is one, and is told of before that',
    runs: here,
    async run(server) {
      rmSync(foundFile, { force: true });
      const status = await (await server.call('GET', '/-/status')).text();
      assert.match(
        status,
        /instance one \(i-\w+\) runs without its role: there is no role arn:aws:iam::123456789012:role\/of-an-instance/,
      );
      const RoleName = 'of-an-instance';
      await server.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trusting(ec2) }));
      await eventually('it has credentials', () => Promise.resolve(existsSync(foundFile)));
      const found = JSON.parse(readFileSync(foundFile, 'utf8')) as NonNullable<STSClientConfig['credentials']>;
      const sts = new STSClient({ region: 'us-east-1', endpoint: server.api, credentials: found });
      const { Arn } = await sts.send(new GetCallerIdentityCommand());
      sts.destroy();
      assert.match(given(Arn), /^arn:aws:sts::123456789012:assumed-role\/of-an-instance\/i-\w{17}$/);
    },
  },
  {
    name: 'a program with a role is let in by an auth policy that names the role, and one without is not',
    runs: here,
    async run(server) {
      const { shop, role, name } = await openGuarded(server);
      await using open = shop;
      assertRole(await ask(server, open, ['--role', role]), role);
      const without = await ask(server, open, []);
      assert.equal(without.status, 403, JSON.stringify(without));
      assert.match(without.found.failed ?? '', /Could not load credentials/);

      const PolicyDocument = trusting({ Service: 'lambda.amazonaws.com' });
      await server.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument }));
      const refused = await server.exec(['--vpc', open.clients, '--role', role], ['true']);
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, /trust policy of role .* does not allow sts:AssumeRole to ec2\.amazonaws\.com/);
      const unknown = await server.exec(['--vpc', open.clients, '--role', `${role}-not`], ['true']);
      assert.equal(unknown.status, 1);
      assert.match(unknown.stderr, /there is no role arn:/);
    },
  },
  {
    name: 'the metadata service of a VPC gives a workload its own role by IMDSv2, and nothing without a token',
    runs: inNamespaces,
    async run(server) {
      const { shop, role, name } = await openGuarded(server);
      await using open = shop;
      assertRole(await ask(server, open, ['--role', role], ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']), role);
      const script = `
        const at = 'http://169.254.169.254/latest/';
        const asked = { method: 'PUT', headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' } };
        const token = await (await fetch(at + 'api/token', asked)).text();
        const ask = async (path, headers = { 'x-aws-ec2-metadata-token': token }) => {
          const answer = await fetch(at + path, { headers });
          return answer.status + ' ' + (await answer.text());
        };
        const body = await fetch(at + 'api/token', { ...asked, body: 'x'.repeat(1e6) }).then((a) => a.status, () => 'ended');
        console.log(JSON.stringify([
          await ask('meta-data/instance-id', {}),
          await ask('meta-data/iam/security-credentials/'),
          await ask('meta-data/local-ipv4'),
          await ask('meta-data/placement/region'),
          (await fetch('http://169.254.170.2/v2/credentials/wl-0000000000000000')).status,
          [200, 'ended'].includes(body),
        ]));`;
      const run = async (place: readonly string[]): Promise<unknown> => {
        const done = await server.exec(['--vpc', open.clients, ...place], [process.execPath, '-e', script]);
        assert.equal(done.status, 0, done.stderr);
        return JSON.parse(done.stdout);
      };
      assert.deepEqual(await run(['--role', role, '--address', '10.0.1.33']), [
        ...['401 ', `200 ${name}`, '200 10.0.1.33', '200 us-east-1', 404, true],
      ]);
      assert.deepEqual(await run(['--address', '10.0.1.34']), [
        ...['401 ', '404 ', '200 10.0.1.34', '200 us-east-1', 404, true],
      ]);
    },
  },
  {
    name: 'a program with a role calls the AWS API from its VPC, as its role may from there, with no key in its environment',
    runs: here,
    async run(server) {
      const { clients } = await makeWorld(server);
      const RoleName = unique('caller');
      const made = await server.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trusting(ec2) }));
      const role = given(made.Role?.Arn);
      const may = async (vpc: string): Promise<void> => {
        const PolicyDocument = document({
          ...{ Effect: 'Allow', Action: 'vpc-lattice:ListServices', Resource: '*' },
          Condition: { StringEquals: { 'aws:SourceVpc': vpc } },
        });
        await server.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'may', PolicyDocument }));
      };
      const call = async (): Promise<Readonly<Record<string, unknown>>> => {
        const home = ['AWS_SHARED_CREDENTIALS_FILE=/dev/null', 'AWS_CONFIG_FILE=/dev/null'];
        const { status, stdout, stderr } = await server.exec(
          ['--vpc', clients, '--role', role],
          ['env', ...home, process.execPath, apiProgram],
        );
        assert.equal(status, 0, stderr);
        return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
      };
      await may(clients);
      const session = role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/');
      const called = await call();
      assert.ok(String(called['Arn']).startsWith(`${session}/wl-`), JSON.stringify(called));
      assert.equal(typeof called['services'], 'number', JSON.stringify(called));
      await may('vpc-0123456789abcdef0');
      assert.match(String((await call())['services']), /AccessDenied.*ListServices/);

      const script = `
        const at = process.env.AWS_ENDPOINT_URL;
        const paths = ['/-/ready', '/-/metrics', '/-/status', '/services'];
        const answers = await Promise.all(paths.map(async (path) => (await fetch(at + path)).status));
        console.log(JSON.stringify(answers));`;
      const shown = await server.exec(['--vpc', clients, '--role', role], [process.execPath, '-e', script]);
      assert.equal(shown.stdout.trim(), '[404,404,403,403]', shown.stderr);
    },
  },
]);
