// Targets as the API shows them and as traffic meets them: health with reasons, draining, load balancers, even shares.

import assert from 'node:assert/strict';
import {
  CreateTargetGroupCommand,
  DeregisterTargetsCommand,
  ListTargetsCommand,
  RegisterTargetsCommand,
  UpdateTargetGroupCommand,
} from '@aws-sdk/client-vpc-lattice';
import type { TestServer } from '../server.ts';
import { startTarget, TestClient } from '../workload-programs.ts';
import { ofEveryKind, onEveryAttachment, type Runs } from './attachments.ts';
import {
  awaitHealthy,
  eventually,
  forward,
  given,
  listenerPort,
  makeGroup,
  makeListener,
  makeService,
  makeWorld,
  offer,
  targetPort,
  unique,
} from './scenario.ts';

/** `STATUS reasonCode` of the group's one target; undefined when it has none. */
async function statusOf({ lattice }: TestServer, targetGroupIdentifier: string): Promise<string | undefined> {
  const { items = [] } = await lattice.send(new ListTargetsCommand({ targetGroupIdentifier }));
  const [target] = items;
  return target === undefined ? undefined : `${target.status} ${target.reasonCode ?? ''}`.trim();
}

function sees(server: TestServer, group: string, wanted: string | undefined): Promise<void> {
  return eventually(`the target is ${wanted ?? 'gone'}`, async () => (await statusOf(server, group)) === wanted);
}

/** How many connections to targets workers have begun, as they report it every second. */
async function upstreamConnections({ api }: TestServer): Promise<number> {
  const text = await (await fetch(`${api}/-/metrics`)).text();
  const values = [...text.matchAll(/^AWS_VpcLattice_TotalConnectionCount\S* (\d+)$/gm)];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

const arn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188';
const configuration = `
limits: { healthCheckSpeed: 60, targetDrainTime: 1500 }
loadBalancers: [{ arn: "${arn}", dnsName: 10.0.1.10 }]
`;

/** How many requests show that shares are even; `npm run conformance` asks for 100,000. */
const requests = Number(process.env['PERGOLA_REQUESTS'] ?? '3000');

/** How far from its own share a target's may be, in parts of that share: each connection and each worker may be in the middle of a round. */
const tolerance = requests >= 100_000 ? 0.01 : 0.05;

const independent = 'shares do not depend on the attachment';
const oneIsEnough: Runs = { netns: independent, loopback: true, userns: independent, 'other user': independent };

onEveryAttachment({ workers: 2, configuration }, [
  {
    name: 'ListTargets follows a target from UNUSED to DRAINING with reasons, and changed settings at once',
    runs: ofEveryKind,
    async run(server) {
      const { lattice } = server;
      const { clients, targets, network } = await makeWorld(server);
      await using client = TestClient.start(server, { vpc: clients, address: '10.0.1.10' });
      const target = await startTarget(server, { vpc: targets, address: '10.0.1.10' }, 'one', targetPort);
      const group = await makeGroup(server, targets, [{ id: '10.0.1.10', port: targetPort }]);
      assert.equal(await statusOf(server, group), 'UNUSED Target.NotInUse');
      const { id, dnsName: name } = await makeService(server);
      await makeListener(server, id, forward([group, 1]));
      await offer(server, id, network);
      await sees(server, group, 'HEALTHY');

      const change = (healthCheck: object) =>
        lattice.send(new UpdateTargetGroupCommand({ targetGroupIdentifier: group, healthCheck }));
      await change({ matcher: { httpCode: '404' } });
      await sees(server, group, 'UNHEALTHY Target.ResponseCodeMismatch');
      // The only target is unhealthy: it gets the requests all the same.
      const answer = await client.request({ name, port: listenerPort });
      assert.equal(answer.status, 200);
      await change({ enabled: false });
      await sees(server, group, 'UNAVAILABLE Target.HealthCheckDisabled');
      await change({ enabled: true, matcher: { httpCode: '200-299' } });
      await sees(server, group, 'HEALTHY');
      await target[Symbol.asyncDispose]();
      await sees(server, group, 'UNHEALTHY Target.FailedHealthChecks');

      const which = { targetGroupIdentifier: group, targets: [{ id: '10.0.1.10', port: targetPort }] };
      await lattice.send(new DeregisterTargetsCommand(which));
      assert.equal(await statusOf(server, group), 'DRAINING Target.DeregistrationInProgress');
      await lattice.send(new RegisterTargetsCommand(which));
      // Nothing listens there any more, so that it is soon unhealthy.
      assert.match((await statusOf(server, group)) ?? '', /^(INITIAL|UNHEALTHY) /);
      await lattice.send(new DeregisterTargetsCommand(which));
      await sees(server, group, undefined);
    },
  },
  {
    name: 'a running request to a target that drains ends well, a new one gets 503',
    runs: ofEveryKind,
    async run(server) {
      const { lattice } = server;
      const { clients, targets, network } = await makeWorld(server);
      await using client = TestClient.start(server, { vpc: clients, address: '10.0.1.10' });
      await using _target = await startTarget(server, { vpc: targets, address: '10.0.1.10' }, 'one', targetPort);
      const group = await makeGroup(server, targets, [{ id: '10.0.1.10', port: targetPort }]);
      const { id, dnsName: name } = await makeService(server);
      await makeListener(server, id, forward([group, 1]));
      await offer(server, id, network);
      await awaitHealthy(server, group);
      const before = await upstreamConnections(server);
      const slow = client.request({ name, port: listenerPort, path: '/?wait=8000' });
      await eventually('the request is with the target', async () => (await upstreamConnections(server)) > before);
      await lattice.send(
        new DeregisterTargetsCommand({
          targetGroupIdentifier: group,
          targets: [{ id: '10.0.1.10', port: targetPort }],
        }),
      );
      await server.obeyed();
      assert.equal((await client.request({ name, port: listenerPort })).status, 503);
      await sees(server, group, undefined);
      assert.equal((await slow).status, 200);
    },
  },
  {
    name: 'a target group of type ALB forwards to the name that the configuration gives the ARN',
    runs: ofEveryKind,
    async run(server) {
      const { lattice } = server;
      const { clients, targets, network } = await makeWorld(server);
      await using client = TestClient.start(server, { vpc: clients, address: '10.0.1.10' });
      await using _target = await startTarget(server, { vpc: targets, address: '10.0.1.10' }, 'balanced', targetPort);
      const made = await lattice.send(
        new CreateTargetGroupCommand({
          name: unique('alb'),
          type: 'ALB',
          config: { port: targetPort, protocol: 'HTTP', vpcIdentifier: targets },
        }),
      );
      const group = given(made.id);
      const register = (id: string) =>
        lattice.send(new RegisterTargetsCommand({ targetGroupIdentifier: group, targets: [{ id, port: targetPort }] }));
      const { unsuccessful } = await register(arn.replace('/web/', '/other/'));
      assert.match(unsuccessful?.[0]?.failureMessage ?? '', /loadBalancers in pergola.yaml/);
      await register(arn);
      const { id, dnsName: name } = await makeService(server);
      await makeListener(server, id, forward([group, 1]));
      await offer(server, id, network);
      await server.obeyed();
      assert.equal(await statusOf(server, group), 'UNAVAILABLE Target.HealthCheckDisabled');
      await eventually('the load balancer answers', async () => {
        const { status, body } = await client.request({ name, port: listenerPort });
        return status === 200 && (JSON.parse(body) as { target: string }).target === 'balanced';
      });
    },
  },
  {
    name: 'an HTTPS target with a certificate of nobody is checked and gets requests',
    runs: ofEveryKind,
    async run(server) {
      const { lattice } = server;
      const { clients, targets, network } = await makeWorld(server);
      await using client = TestClient.start(server, { vpc: clients, address: '10.0.1.10' });
      await using _target = await startTarget(server, { vpc: targets, address: '10.0.1.10' }, 'secure', 8443, 'https');
      const made = await lattice.send(
        new CreateTargetGroupCommand({
          name: unique('https'),
          type: 'IP',
          config: { port: 8443, protocol: 'HTTPS', vpcIdentifier: targets, healthCheck: { protocol: 'HTTPS' } },
        }),
      );
      const group = given(made.id);
      await lattice.send(
        new RegisterTargetsCommand({ targetGroupIdentifier: group, targets: [{ id: '10.0.1.10', port: 8443 }] }),
      );
      const { id, dnsName: name } = await makeService(server);
      await makeListener(server, id, forward([group, 1]));
      await offer(server, id, network);
      await awaitHealthy(server, group);
      const { status, body } = await client.request({ name, port: listenerPort, method: 'POST', body: 'abc' });
      assert.equal(status, 200);
      const { target, received } = JSON.parse(body) as { target: string; received: number };
      assert.deepEqual([target, received], ['secure', 3]);
    },
  },
  {
    name: 'groups get their weights and the targets of a group the same, over all workers',
    runs: oneIsEnough,
    async run(server) {
      const { clients, targets, network } = await makeWorld(server);
      await using client = TestClient.start(server, { vpc: clients, address: '10.0.1.10' });
      await using stack = new AsyncDisposableStack();
      const places = ['a', 'b', 'c', 'd'].map((name, i) => ({ name, id: `10.0.1.${10 + i}`, port: targetPort }));
      for (const { name, id, port } of places)
        stack.use(await startTarget(server, { vpc: targets, address: id }, name, port));
      const groupOf = (...wanted: readonly string[]): Promise<string> =>
        makeGroup(
          server,
          targets,
          places.filter(({ name }) => wanted.includes(name)).map(({ id, port }) => ({ id, port })),
        );
      const [three, one] = [await groupOf('a', 'b', 'c'), await groupOf('d')];
      const { id, dnsName: name } = await makeService(server);
      await makeListener(server, id, forward([three, 9], [one, 1]));
      await offer(server, id, network);
      await awaitHealthy(server, three);
      await awaitHealthy(server, one);
      const load = await client.load({ name, port: listenerPort, connections: 16, count: requests });
      assert.deepEqual(load.errors, {});
      assert.deepEqual(load.statuses, { 200: requests });
      for (const [target, share] of Object.entries({ a: 0.3, b: 0.3, c: 0.3, d: 0.1 })) {
        const got = (load.targets[target] ?? 0) / requests;
        assert.ok(Math.abs(got - share) <= share * tolerance, `${target} got ${(got * 100).toFixed(2)} %`);
      }
    },
  },
]);
