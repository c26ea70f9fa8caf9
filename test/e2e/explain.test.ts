// Explanations of a running server, and the real requests that they are about.

import assert from 'node:assert/strict';
import {
  CreateSecurityGroupCommand,
  DescribeSubnetsCommand,
  RevokeSecurityGroupEgressCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { DeleteAuthPolicyCommand, PutAuthPolicyCommand, UpdateServiceCommand } from '@aws-sdk/client-vpc-lattice';
import type { Explanation, LoggedExplanation, Step } from '../../src/explain/index.ts';
import { runPergola, type TestServer } from '../server.ts';
import { ofEveryKind, onEveryAttachment } from './attachments.ts';
import { listenerPort } from './scenario.ts';
import { openShop } from './shop.ts';

async function explain(server: TestServer, ...args: readonly string[]): Promise<Explanation> {
  const { status, stdout, stderr } = await runPergola(server.checkout, [
    'explain',
    '--data',
    server.data,
    '--json',
    ...args,
  ]);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Explanation;
}

function stepOf<Kind extends Step['kind']>({ steps }: Explanation, kind: Kind): Extract<Step, { readonly kind: Kind }> {
  const found = steps.find((step): step is Extract<Step, { readonly kind: Kind }> => step.kind === kind);
  assert.ok(found !== undefined, `there is no step ${kind} in ${JSON.stringify(steps)}`);
  return found;
}

onEveryAttachment({}, [
  {
    name: 'explain tells rule and target group that a request then goes to, and the statement that denies another',
    runs: ofEveryKind,
    async run(server) {
      await using shop = await openShop(server);
      const { service: serviceIdentifier } = shop;
      await server.lattice.send(new UpdateServiceCommand({ serviceIdentifier, authType: 'AWS_IAM' }));
      const statement = { Principal: '*', Action: 'vpc-lattice-svcs:Invoke', Resource: '*' };
      const policy = JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', ...statement },
          {
            ...{ Sid: 'NoDelete', Effect: 'Deny', ...statement },
            Condition: { StringEquals: { 'vpc-lattice-svcs:RequestMethod': 'DELETE' } },
          },
        ],
      });
      await server.lattice.send(new PutAuthPolicyCommand({ resourceIdentifier: serviceIdentifier, policy }));
      await server.obeyed();
      const url = `http://${shop.name}:${listenerPort}/a?b=c`;
      const at = ['--vpc', shop.clients, '--address', '10.0.1.10'];

      const allowed = await explain(server, ...at, 'GET', url);
      assert.ok(allowed.verdict.kind === 'forward', JSON.stringify(allowed.verdict));
      assert.deepEqual(
        allowed.verdict.targetGroups.map(({ id, share, targets }) => [
          id,
          share,
          targets.map((one) => [one.id, one.health]),
        ]),
        [[shop.blue, 100, [['10.0.1.10', 'healthy']]]],
      );
      assert.deepEqual(
        stepOf(allowed, 'rules').rules.map(({ id, matches }) => [id, matches]),
        [[allowed.verdict.rule, true]],
      );
      const [nothing] = stepOf(allowed, 'policies').policies;
      assert.equal(nothing, undefined, 'the network has auth type NONE');
      assert.equal(await shop.ask('/a?b=c'), 'blue');

      const denied = await explain(server, ...at, 'DELETE', url);
      assert.ok(denied.verdict.kind === 'answer' && denied.verdict.status === 403, JSON.stringify(denied.verdict));
      const policies = denied.steps.flatMap((step) => (step.kind === 'policies' ? step.policies : []));
      assert.deepEqual(
        policies.map(({ effect, statements }) => [effect, statements.map(({ sid, applies }) => [sid, applies])]),
        [
          [
            'Deny',
            [
              [undefined, true],
              ['NoDelete', true],
            ],
          ],
        ],
      );
      assert.equal((await shop.ask('/a?b=c', 'DELETE')).trim(), `403 ${denied.verdict.text}`);

      const closed = await explain(server, ...at, 'GET', `http://${shop.name}:${listenerPort + 1}/`);
      assert.equal(closed.verdict.kind, 'unreachable', JSON.stringify(closed.verdict));
      const text = await runPergola(server.checkout, ['explain', '--data', server.data, ...at, 'GET', url]);
      assert.match(text.stdout, new RegExp(`^verdict +forwarded by rule \\S+ to \\S+ \\(${shop.blue}\\)$`, 'm'));
      const nobody = ['--as', 'arn:aws:iam::123456789012:user/nobody'];
      for (const [args, status, message] of [
        [[...at, ...nobody, 'GET', url], 1, /There is no principal arn:aws:iam::123456789012:user\/nobody/],
        [['--vpc', 'vpc-none', 'GET', url], 1, /There is no VPC vpc-none/],
        [[...at, '--address', '10.9.9.9', 'GET', url], 1, /10\.9\.9\.9 is no IPv4 address of VPC/],
        [[...at, 'GET', 'shop'], 2, /the URL is not of the form/],
        [[...at, 'GET'], 2, /a REQUEST_ID stands alone/],
        [['00000000-0000-0000-0000-000000000000'], 1, /The access logs have no request 0+/],
      ] as const) {
        const failed = await runPergola(server.checkout, ['explain', '--data', server.data, ...args]);
        assert.deepEqual([failed.status, failed.stdout], [status, '']);
        assert.match(failed.stderr, message);
      }
    },
  },
  {
    name: 'explain tells of a served request what was decided then, whatever was changed since',
    runs: ofEveryKind,
    async run(server) {
      await using shop = await openShop(server);
      const { service: serviceIdentifier } = shop;
      await server.lattice.send(new UpdateServiceCommand({ serviceIdentifier, authType: 'AWS_IAM' }));
      const put = async (Effect: 'Allow' | 'Deny'): Promise<void> => {
        const Statement = { Sid: `Sid${Effect}`, Effect, Principal: '*', Action: '*', Resource: '*' };
        const policy = JSON.stringify({ Version: '2012-10-17', Statement });
        await server.lattice.send(new PutAuthPolicyCommand({ resourceIdentifier: serviceIdentifier, policy }));
        await server.obeyed();
      };
      const ask = async (): Promise<{ readonly status: number; readonly id: string }> => {
        const { name } = shop;
        const { status, headers } = await shop.client.request({ name, port: listenerPort, path: '/a?b=c' });
        return { status, id: String(headers['x-amzn-requestid']) };
      };
      const explainServed = async (id: string): Promise<LoggedExplanation> => {
        const { status, stdout, stderr } = await runPergola(server.checkout, [
          ...['explain', '--data', server.data, '--json', id],
        ]);
        assert.equal(status, 0, stderr);
        return JSON.parse(stdout) as LoggedExplanation;
      };
      await put('Deny');
      const denied = await ask();
      await put('Allow');
      const allowed = await ask();
      assert.deepEqual([denied.status, allowed.status], [403, 200]);
      await server.lattice.send(new DeleteAuthPolicyCommand({ resourceIdentifier: serviceIdentifier }));
      await server.obeyed();

      const sids = ({ explanation }: LoggedExplanation): readonly unknown[] =>
        (explanation?.steps ?? []).flatMap((step) =>
          step.kind === 'policies' ? step.policies.flatMap((one) => one.statements.map(({ sid }) => sid)) : [],
        );
      const then = await explainServed(denied.id);
      assert.deepEqual([then.agrees, sids(then), then.request.authDeniedReason], [true, ['SidDeny'], 'Service']);
      assert.ok(then.explanation?.verdict.kind === 'answer' && then.explanation.verdict.status === 403);
      const later = await explainServed(allowed.id);
      assert.deepEqual([later.agrees, sids(later), later.request.status], [true, ['SidAllow'], 200]);
      assert.ok(later.explanation?.verdict.kind === 'forward', JSON.stringify(later));
      assert.equal(later.explanation.verdict.rule, later.request.rule);
      const text = await runPergola(server.checkout, ['explain', '--data', server.data, denied.id]);
      assert.match(text.stdout, /^log +403 after 0 ms, caller Anonymous, denied by Service, ClientAccessDenied$/m);
      assert.match(text.stdout, /^ {2}1:\d+ Deny SidDeny applies$/m);
      assert.match(text.stdout, /^verdict +403 AccessDeniedException: .*explicit deny/m);
    },
  },
  {
    name: 'what an instance may that nobody stands for is said by its own groups',
    runs: { ...ofEveryKind, loopback: 'groups of clients have no effect there' },
    async run(server) {
      await using shop = await openShop(server);
      const { ec2 } = server;
      const { GroupId = '' } = await ec2.send(
        new CreateSecurityGroupCommand({ VpcId: shop.clients, GroupName: 'mute', Description: 'nothing goes out' }),
      );
      const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
      await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
      const { Subnets: [subnet] = [] } = await ec2.send(
        new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [shop.clients] }] }),
      );
      await ec2.send(
        new RunInstancesCommand({
          ...{ ImageId: 'ami-00000000000000001', MinCount: 1, MaxCount: 1, SecurityGroupIds: [GroupId] },
          ...{ SubnetId: subnet?.SubnetId, PrivateIpAddress: '10.0.1.77' },
        }),
      );
      await server.obeyed();
      const url = `http://${shop.name}:${listenerPort}/`;
      const told = await explain(server, '--vpc', shop.clients, '--address', '10.0.1.77', 'GET', url);
      assert.equal(told.verdict.kind, 'unreachable');
      assert.deepEqual(stepOf(told, 'packets').egress, { groups: [GroupId], passes: false });
      const anybody = await explain(server, '--vpc', shop.clients, 'GET', url);
      assert.ok(anybody.verdict.kind === 'forward', JSON.stringify(anybody.verdict));
      assert.deepEqual(anybody.verdict.unlessDroppedBy, [GroupId]);
      const nobody = await explain(server, '--vpc', shop.clients, '--address', '10.0.1.78', 'GET', url);
      assert.equal(stepOf(nobody, 'packets').isVacant, true);
      assert.ok(nobody.verdict.kind === 'forward' && nobody.verdict.unlessDroppedBy?.[0] === GroupId);
    },
  },
]);
