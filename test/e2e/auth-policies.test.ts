// Auth policies on real requests: obeyed at once, also on connections that stand.

import assert from 'node:assert/strict';
import {
  DeleteAuthPolicyCommand,
  PutAuthPolicyCommand,
  UpdateServiceCommand,
  UpdateServiceNetworkCommand,
} from '@aws-sdk/client-vpc-lattice';
import { ofEveryKind, onEveryAttachment } from './attachments.ts';
import { readMetric } from './read-metric.ts';
import { eventually, listenerPort } from './scenario.ts';
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
]);
