// Explanations of a running server, and the real requests that they are about.

import assert from 'node:assert/strict';
import { PutAuthPolicyCommand, UpdateServiceCommand } from '@aws-sdk/client-vpc-lattice';
import type { Explanation, Step } from '../../src/explain/index.ts';
import { runPergola, type TestServer } from '../server.ts';
import { everywhere, onEveryAttachment } from './attachments.ts';
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
    runs: everywhere,
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
      assert.match(text.stdout, new RegExp(`^verdict +forwarded by rule \\S+ to ${shop.blue}$`, 'm'));
      const nobody = ['--as', 'arn:aws:iam::123456789012:user/nobody'];
      for (const [args, status, message] of [
        [[...at, ...nobody, 'GET', url], 1, /There is no principal arn:aws:iam::123456789012:user\/nobody/],
        [['--vpc', 'vpc-none', 'GET', url], 1, /There is no VPC vpc-none/],
        [[...at, '--address', '10.9.9.9', 'GET', url], 1, /10\.9\.9\.9 is no IPv4 address of VPC/],
        [[...at, 'GET', 'shop'], 2, /the URL is not of the form/],
      ] as const) {
        const failed = await runPergola(server.checkout, ['explain', '--data', server.data, ...args]);
        assert.deepEqual([failed.status, failed.stdout], [status, '']);
        assert.match(failed.stderr, message);
      }
    },
  },
]);
