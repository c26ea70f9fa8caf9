// Auth policies on real requests: obeyed at once, also on connections that stand.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import {
  DeleteAuthPolicyCommand,
  PutAuthPolicyCommand,
  UpdateServiceCommand,
  UpdateServiceNetworkCommand,
} from '@aws-sdk/client-vpc-lattice';
import { ofEveryKind, onEveryAttachment } from './attachments.ts';
import { readMetric } from './read-metric.ts';
import { eventually, given, listenerPort, unique } from './scenario.ts';
import { openShop } from './shop.ts';

const policy = (...statements: readonly object[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((one) => ({ Principal: '*', Action: 'vpc-lattice-svcs:Invoke', Resource: '*', ...one })),
  });

onEveryAttachment({}, [
  {
    name: 'requests are decided by the policies of network and service, and a change is obeyed on connections that stand',
    runs: ofEveryKind,
    enforces: ['PutAuthPolicy', 'DeleteAuthPolicy'],
    async run(server) {
      await using shop = await openShop(server);
      const { service: serviceIdentifier, network: serviceNetworkIdentifier } = shop;
      const change = async (send: Promise<{ readonly $metadata: unknown }>): Promise<void> => {
        await send;
        await server.obeyed();
      };
      const put = (resourceIdentifier: string, ...statements: readonly object[]) =>
        change(server.lattice.send(new PutAuthPolicyCommand({ resourceIdentifier, policy: policy(...statements) })));

      assert.equal(await shop.ask('/'), 'blue');
      await change(server.lattice.send(new UpdateServiceCommand({ serviceIdentifier, authType: 'AWS_IAM' })));
      assert.match(
        await shop.ask('/'),
        /^403 AccessDeniedException: User: anonymous is not authorized to perform: vpc-lattice-svcs:Invoke on resource: arn:aws:vpc-lattice:us-east-1:\d{12}:service\/svc-[0-9a-f]{17}\/ because no service-based policy allows the vpc-lattice-svcs:Invoke action\s*$/,
      );
      await put(
        serviceIdentifier,
        { Effect: 'Allow' },
        { Effect: 'Deny', Condition: { StringEquals: { 'vpc-lattice-svcs:RequestMethod': 'DELETE' } } },
        { Effect: 'Deny', Condition: { StringNotEquals: { 'vpc-lattice-svcs:SourceVpc': shop.clients } } },
      );
      assert.equal(await shop.ask('/'), 'blue');
      assert.match(await shop.ask('/', 'DELETE'), /^403 .* with an explicit deny in a service-based policy\s*$/);

      await change(
        server.lattice.send(new UpdateServiceNetworkCommand({ serviceNetworkIdentifier, authType: 'AWS_IAM' })),
      );
      assert.match(await shop.ask('/'), /^403 .* because no network-based policy allows/);
      await put(serviceNetworkIdentifier, {
        Effect: 'Allow',
        Condition: { StringLike: { 'vpc-lattice-svcs:RequestPath': '/open/*' } },
      });
      assert.equal(await shop.ask('/open/a'), 'blue');
      assert.match(await shop.ask('/open/../a'), /^403 /);

      const load = shop.client.load({ name: shop.name, port: listenerPort, path: '/open/', connections: 4 });
      const carried = () => readMetric(server, 'AWS_VpcLattice_TotalRequestCount', ['Service=']);
      const before = await carried();
      await eventually('the load runs', async () => (await carried()) > before + 10);
      await change(server.lattice.send(new DeleteAuthPolicyCommand({ resourceIdentifier: serviceIdentifier })));
      assert.match(await shop.ask('/open/a'), /^403 /);
      await shop.client.stopLoad();
      const { errors, statuses } = await load;
      assert.deepEqual(errors, {});
      assert.ok((statuses['200'] ?? 0) > 0 && (statuses['403'] ?? 0) > 0, JSON.stringify(statuses));
    },
  },
  {
    name: 'pergola call in a VPC signs as a role that the server gives',
    runs: ofEveryKind,
    async run(server) {
      await using shop = await openShop(server);
      const admin = given((await server.sts.send(new GetCallerIdentityCommand())).Arn);
      const document = (...Statement: readonly object[]): string =>
        JSON.stringify({ Version: '2012-10-17', Statement });
      const AssumeRolePolicyDocument = document({
        Effect: 'Allow',
        Principal: { AWS: admin },
        Action: 'sts:AssumeRole',
      });
      const { Role } = await server.iam.send(
        new CreateRoleCommand({ RoleName: unique('orders'), AssumeRolePolicyDocument }),
      );
      const role = given(Role?.Arn);
      const policy = document({ Effect: 'Allow', Principal: { AWS: role }, Action: '*', Resource: '*' });
      const PolicyDocument = document({ Effect: 'Allow', Action: 'vpc-lattice-svcs:Invoke', Resource: '*' });
      await server.iam.send(
        new PutRolePolicyCommand({ RoleName: given(Role?.RoleName), PolicyName: 'may', PolicyDocument }),
      );
      await server.lattice.send(new UpdateServiceCommand({ serviceIdentifier: shop.service, authType: 'AWS_IAM' }));
      await server.lattice.send(new PutAuthPolicyCommand({ resourceIdentifier: shop.service, policy }));
      await server.obeyed();
      const { root } = server.checkout;
      const own = [join(root, 'node_modules', 'node', 'bin', 'node'), join(root, 'src', 'cli', 'main.ts')];
      const url = `http://${shop.name}:${listenerPort}/a`;
      const call = (...args: readonly string[]) =>
        server.exec(['--vpc', shop.clients], [...own, 'call', '--data', server.data, '-f', ...args, url]);
      const signed = await call('--as', role);
      assert.equal(signed.status, 0, signed.stderr);
      assert.match(signed.stdout, /"blue"/);
      assert.equal((await call()).status, 1, 'the admin is not named by the policy');
    },
  },
]);
