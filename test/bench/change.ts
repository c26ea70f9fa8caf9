// `npm run bench -- change`: from UpdateRule, and from PutAuthPolicy, to the first obedient request of every one of 64 connections, and what failed meanwhile.

import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateRuleCommand,
  PutAuthPolicyCommand,
  UpdateRuleCommand,
  UpdateServiceCommand,
  type RuleAction,
} from '@aws-sdk/client-vpc-lattice';
import { makeEstate } from './estate.ts';
import { freePort, loopbackTarget, startLoopback } from './loopback.ts';
import { startTarget } from './peers.ts';
import { median } from './processes.ts';
import type { Row } from './table.ts';

/** Connections, changes, and milliseconds that a connection waits between two requests. */
const CONNECTIONS = 64;
const CHANGES = 200;
const THINK = 5;

interface Connection {
  /** Status of the last response and when its request was sent. */
  status: number;
  sentAt: number;
}

/** Services on the server: the one that changes, and others. */
const SIZES = [50, 5000];

/** What is changed: the rule that a request matches, or the policy that decides it. */
type Changed = 'rule' | 'policy';

/** Runs with two workers on loopback. */
export async function benchChange(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const services of SIZES) rows.push(...(await measureAt(services, 'rule')));
  rows.push(...(await measureAt(50, 'policy')));
  return rows;
}

async function measureAt(services: number, changed: Changed): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'pergola-change-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const n = 97;
  const target = { host: loopbackTarget(n), port: await freePort(loopbackTarget(n)) };
  stack.use(await startTarget({ directory, target, listen: target, enter: [] }));
  const service = await startLoopback(stack, { n, workers: 2, target });
  const { server, vpc, serviceNetworkId } = service;
  await makeEstate({ client: server.client, serviceNetworkId, vpc, services: services - 1, rules: 1, targets: 0 });
  const actions: readonly RuleAction[] = [
    { forward: { targetGroups: [{ targetGroupIdentifier: service.targetGroupId, weight: 1 }] } },
    { fixedResponse: { statusCode: 404 } },
  ];
  const statuses = [200, changed === 'rule' ? 404 : 403];
  const where = { serviceIdentifier: service.serviceId, listenerIdentifier: service.listenerId };
  const rule = await server.client.send(
    new CreateRuleCommand({
      ...where,
      name: 'switch',
      priority: 1,
      match: { httpMatch: { pathMatch: { match: { prefix: '/switch' } } } },
      action: actions[0],
    }),
  );

  const policies = ['Allow', 'Deny'].map((Effect) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect, Principal: '*', Action: 'vpc-lattice-svcs:Invoke', Resource: '*' }],
    }),
  );
  const resourceIdentifier = service.serviceId;
  const change = async (i: number): Promise<void> => {
    if (changed === 'rule')
      await server.client.send(new UpdateRuleCommand({ ...where, ruleIdentifier: rule.id, action: actions[i % 2] }));
    else await server.client.send(new PutAuthPolicyCommand({ resourceIdentifier, policy: policies[i % 2] }));
  };
  if (changed === 'policy') {
    await server.client.send(new PutAuthPolicyCommand({ resourceIdentifier, policy: policies[0] }));
    await server.client.send(new UpdateServiceCommand({ serviceIdentifier: resourceIdentifier, authType: 'AWS_IAM' }));
    await delay(500);
  }

  let failed = 0;
  let running = true;
  const text = `GET /switch HTTP/1.1\r\nhost: ${service.domainName}\r\n\r\n`;
  const connections = Array.from({ length: CONNECTIONS }, (): Connection => {
    const state: Connection = { status: 0, sentAt: 0 };
    const socket = connect(8080, `127.${100 + n}.0.1`);
    let pendingAt = 0;
    const send = (): void => {
      if (!running) {
        socket.destroy();
        return;
      }
      pendingAt = performance.now();
      socket.write(text);
    };
    socket.on('connect', send);
    socket.on('data', (data) => {
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(data.toString('latin1'))?.[1] ?? 0);
      if (!statuses.includes(status)) failed++;
      state.status = status;
      state.sentAt = pendingAt;
      setTimeout(send, THINK);
    });
    socket.on('error', () => failed++);
    socket.on('close', () => (running ? failed++ : undefined));
    return state;
  });
  await delay(500);
  const whole: number[] = [];
  const durable: number[] = [];
  const calls: number[] = [];
  for (let i = 1; i <= CHANGES; i++) {
    const wanted = statuses[i % 2] ?? 0;
    const start = performance.now();
    await change(i);
    const answered = performance.now();
    calls.push(answered - start);
    while (connections.some((connection) => connection.status !== wanted)) {
      if (performance.now() - start > 5000) throw new Error(`change ${i} is not obeyed after 5 s`);
      await delay(1);
    }
    // When a connection sent its first obedient request is when its worker had obeyed at the latest.
    const obeyed = Math.max(...connections.map(({ sentAt }) => sentAt));
    whole.push(obeyed - start);
    // The answer goes out when the change is durable.
    durable.push(Math.max(0, obeyed - answered));
    await delay(20);
  }
  running = false;
  const p99 = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? Number.NaN;
  const row = (what: string, values: readonly number[]): Row => ({
    bench: 'change',
    what: `${services} services${changed === 'rule' ? '' : ', an auth policy'}, ${what}`,
    'p50 ms': median(values),
    'p99 ms': p99(values),
    changes: CHANGES,
    failed,
  });
  return [
    row(`from durable to the last of ${CONNECTIONS} connections`, durable),
    row(`from the call to the last of ${CONNECTIONS} connections`, whole),
    row('the call alone', calls),
  ];
}
