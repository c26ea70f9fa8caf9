// What is written and counted of every request.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateAccessLogSubscriptionCommand,
  CreateRuleCommand,
  DeleteAccessLogSubscriptionCommand,
  GetServiceNetworkCommand,
  GetTargetGroupCommand,
} from '@aws-sdk/client-vpc-lattice';
import type { TestServer } from '../server.ts';
import { ofEveryKind, onEveryAttachment } from './attachments.ts';
import { eventually, given, listenerPort, targetPort, unique } from './scenario.ts';
import { readMetric } from './read-metric.ts';
import { openShop } from './shop.ts';

type Line = Readonly<Record<string, unknown>>;

/** Every access-log line of the server's workers. */
function readAccessLog({ data }: TestServer): readonly Line[] {
  return globSync('access/worker-*.jsonl', { cwd: data }).flatMap((file) =>
    readFileSync(join(data, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line),
  );
}

onEveryAttachment({ workers: 2, configuration: 'limits: { healthCheckSpeed: 60 }\n' }, [
  {
    name: 'a subscription gets the records of its owner and of no other, and none once it is deleted',
    runs: ofEveryKind,
    enforces: ['CreateAccessLogSubscription', 'DeleteAccessLogSubscription'],
    async run(server) {
      await using shop = await openShop(server);
      await using other = await openShop(server);
      const subscribe = async (resourceIdentifier: string): Promise<string> => {
        const destinationArn = 'arn:aws:s3:::access-logs';
        const made = new CreateAccessLogSubscriptionCommand({ resourceIdentifier, destinationArn });
        return given((await server.lattice.send(made)).id);
      };
      const ofNetwork = await subscribe(shop.network);
      const ofService = await subscribe(shop.service);
      await server.obeyed();
      const paths = (id: string): readonly string[] =>
        globSync(`access/subscriptions/${id}/worker-*.jsonl`, { cwd: server.data })
          .flatMap((file) => readFileSync(join(server.data, file), 'utf8').split('\n'))
          .filter((line) => line !== '')
          .map((line) => String((JSON.parse(line) as Line)['requestPath']))
          .sort();
      await shop.ask('/one');
      await other.ask('/two');
      // A request to a name that the network does not have is the network's alone.
      const [address = ''] = await shop.client.resolve(shop.name);
      await shop.client.request({ name: 'nobody.example', address, port: listenerPort, path: '/three' });
      await eventually('both owners have their records', () =>
        Promise.resolve(paths(ofNetwork).length === 2 && paths(ofService).length === 1),
      );
      assert.deepEqual([paths(ofNetwork), paths(ofService)], [['/one', '/three'], ['/one']]);
      const command = new DeleteAccessLogSubscriptionCommand({ accessLogSubscriptionIdentifier: ofService });
      await server.lattice.send(command);
      await server.obeyed();
      await shop.ask('/four');
      await eventually('the network has its record', () => Promise.resolve(paths(ofNetwork).length === 3));
      assert.deepEqual(paths(ofService), ['/one']);
    },
  },
  {
    name: 'every request has one line in the access log, with the fields of AWS and the rule that decided',
    runs: ofEveryKind,
    async run(server) {
      await using shop = await openShop(server);
      const rule = await server.lattice.send(
        new CreateRuleCommand({
          serviceIdentifier: shop.service,
          listenerIdentifier: shop.listener,
          name: unique('case'),
          priority: 5,
          match: { httpMatch: { pathMatch: { match: { exact: '/gone' } } } },
          action: { fixedResponse: { statusCode: 404 } },
        }),
      );
      await server.obeyed();
      const host = `${shop.name}:${listenerPort}`;
      const headers = { 'user-agent': 'test "quoted"' };
      const answer = await shop.client.request({
        name: shop.name,
        port: listenerPort,
        method: 'PUT',
        path: '/orders?id=7',
        headers,
        body: 'hello',
      });
      assert.equal(answer.status, 200);
      assert.equal(await shop.ask('/gone'), '404 ');
      const mine = (): readonly Line[] => readAccessLog(server).filter((line) => line['hostHeader'] === host);
      await eventually('both lines are written', () => Promise.resolve(mine().length >= 2));
      const network = await server.lattice.send(
        new GetServiceNetworkCommand({ serviceNetworkIdentifier: shop.network }),
      );
      const group = await server.lattice.send(new GetTargetGroupCommand({ targetGroupIdentifier: shop.blue }));
      const forwarded = mine().find((line) => line['requestMethod'] === 'PUT') ?? {};
      const { startTime, duration, requestToTargetDuration, responseFromTargetDuration, ...rest } = forwarded;
      assert.ok(Math.abs(Date.parse(String(startTime)) - Date.now()) < 60_000);
      for (const milliseconds of [duration, requestToTargetDuration, responseFromTargetDuration])
        assert.ok(Number(milliseconds) >= 0 && Number(milliseconds) < 10_000);
      const { sourceIpPort, targetIpPort, revision, sourceVpcArn, ruleId, bytesReceived, bytesSent, ...fixed } = rest;
      const inVpc = server.attach !== 'loopback' ? '10\\.0' : '127\\.\\d+';
      assert.match(String(sourceIpPort), new RegExp(`^${inVpc}\\.1\\.10:\\d+$`));
      assert.match(String(targetIpPort), new RegExp(`^${inVpc}\\.1\\.10:${targetPort}$`));
      assert.ok(Number(revision) > 0);
      assert.match(String(sourceVpcArn), new RegExp(`:vpc/${shop.clients}$`));
      assert.match(String(ruleId), /^rule-/);
      assert.ok(Number(bytesReceived) >= 5 && Number(bytesSent) >= answer.body.length);
      const dashes = Object.fromEntries(Object.entries(fixed).filter(([, value]) => value === '-'));
      const known = Object.fromEntries(Object.entries(fixed).filter(([, value]) => value !== '-'));
      assert.deepEqual(known, {
        requestId: answer.headers['x-amzn-requestid'],
        requestMethod: 'PUT',
        requestPath: '/orders?id=7',
        hostHeader: host,
        protocol: 'HTTP/1.1',
        responseCode: 200,
        userAgent: 'test "quoted"',
        serviceNetworkArn: network.arn,
        sourceVpcId: shop.clients,
        serviceArn: shop.made.arn,
        listenerId: shop.listener,
        listenerType: 'HTTP',
        targetGroupArn: group.arn,
        destinationVpcId: shop.targets,
      });
      for (const field of [
        'sslCipher',
        'tlsVersion',
        'resolvedUser',
        'authDeniedReason',
        'callerPrincipal',
        'failureReason',
      ])
        assert.equal(dashes[field], '-', field);

      const gone = mine().find((line) => line['requestPath'] === '/gone') ?? {};
      assert.deepEqual(
        [gone['responseCode'], gone['ruleId'], gone['targetGroupArn'], gone['targetIpPort']],
        [404, rule.id, '-', '-'],
      );
    },
  },
  {
    name: 'a load has as many lines as requests, each with an id of its own, and is counted',
    runs: ofEveryKind,
    async run(server) {
      await using shop = await openShop(server);
      const before = readAccessLog(server).length;
      const counted = await readMetric(server, 'AWS_VpcLattice_TotalRequestCount', ['Service=']);
      const load = await shop.client.load({ name: shop.name, port: listenerPort, count: 500, connections: 16 });
      assert.deepEqual([load.statuses, load.errors], [{ 200: 500 }, {}]);
      await eventually('500 lines are written', () => Promise.resolve(readAccessLog(server).length - before >= 500));
      assert.equal(readAccessLog(server).length - before, 500);
      const ids = new Set(readAccessLog(server).map((line) => line['requestId']));
      assert.equal(ids.size, readAccessLog(server).length);
      await eventually(
        'all are counted',
        async () => (await readMetric(server, 'AWS_VpcLattice_TotalRequestCount', ['Service='])) - counted >= 500,
      );
      const own = [`Service="${shop.service}"`, 'AvailabilityZone="us-east-1a"'];
      const group = [`TargetGroup="${shop.blue}"`, 'AvailabilityZone="us-east-1a"'];
      for (const labels of [own, group])
        for (const name of ['TotalRequestCount', 'HTTPCode_2XX_Count', 'RequestTime_count'])
          assert.equal(await readMetric(server, `AWS_VpcLattice_${name}`, labels), 500, `${name} ${labels[0]}`);
      assert.equal(await readMetric(server, 'AWS_VpcLattice_RequestTime_bucket', [...own, 'le="+Inf"']), 500);
      assert.ok((await readMetric(server, 'AWS_VpcLattice_TotalConnectionCount', group)) >= 1);
      assert.ok((await readMetric(server, 'AWS_VpcLattice_RequestTime_sum', group)) > 0);
      assert.equal(await readMetric(server, 'AWS_VpcLattice_ActiveRequestCount', group), 0);
      assert.ok((await readMetric(server, 'pergola_client_connections_total')) >= 16);
      assert.ok((await readMetric(server, 'pergola_dns_queries_total', ['answer="noerror"'])) >= 1);
      assert.equal(await readMetric(server, 'pergola_workers'), 2);
    },
  },
]);
