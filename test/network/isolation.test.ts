// What a workload cannot reach, tried from inside of it, as root of its namespace.

import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { sampleSnapshot } from '../../src/network/snapshot-sample.ts';
import { connectFrom, inside, needsNamespaces, openLab, startTarget } from './lab.ts';

const at = (vpcId: string, address: string, securityGroups: readonly string[] = []) => ({
  vpcId,
  address,
  securityGroups,
});

const refused = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EACCES)$/;
const nothing = /^(TIMEOUT|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EACCES)$/;

test('a workload reaches nothing but the doors and the DNS of its VPC', needsNamespaces, async (t) => {
  const lab = openLab(t);
  const snapshot = sampleSnapshot();
  const places = [at('vpc-a', '10.0.1.10'), at('vpc-a', '10.0.1.11'), at('vpc-b', '10.0.1.12')];
  await lab.settle(snapshot, places);
  await lab.serve(snapshot, places, await lab.startWorker());
  const client = lab.workload('vpc-a', '10.0.1.10');
  const router = `${lab.prefix}vpc-a`;
  const port = 19_000 + (process.pid % 1000);
  // Something listens in each of these places, so that a refusal is the filter's.
  await startTarget(t, undefined, port);
  await startTarget(t, router, 9999);
  await startTarget(t, `${lab.prefix}core`, 9998);
  await startTarget(t, lab.workload('vpc-a', '10.0.1.11'), 8080);
  await startTarget(t, lab.workload('vpc-b', '10.0.1.12'), 8080);

  await t.test('its own door is open, also at the second DNS address', () => {
    assert.match(connectFrom(client, '169.254.171.7', 80), /^vpc-a\/tcp4\/\*:80 at 169\.254\.171\.7 for 10\.0\.1\.10$/);
    assert.match(connectFrom(client, '169.254.169.253', 53), /^vpc-a\/tcp4\/\*:53 at 169\.254\.169\.253/);
  });

  const hosts = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const host = hosts.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '192.0.2.1';
  for (const [what, address, at] of [
    ['the host', host, port],
    ['another port of the gateway', '10.0.1.1', 9999],
    ['another port of a service address', '169.254.171.7', 9999],
    ['another service address', '169.254.171.8', 80],
    ['the port of the service at a DNS address', '10.0.0.2', 80],
    ['DNS at a service address', '169.254.171.7', 53],
    ["the workers' dial address", '169.254.192.3', 9998],
    ["another VPC's dial address", '169.254.192.19', 9998],
    ['another workload of the VPC', '10.0.1.11', 8080],
    ['a workload of another VPC', '10.0.1.12', 8080],
    ['the internet', '192.0.2.1', 80],
  ] as const)
    await t.test(`${what} is refused`, () => assert.match(connectFrom(client, address, at), refused));

  await t.test('a source that it gave itself is not answered', () => {
    inside(client, 'ip', 'addr', 'add', '10.0.1.11/32', 'dev', 'eth0');
    inside(client, 'ip', 'addr', 'add', '169.254.192.5/32', 'dev', 'eth0');
    for (const source of ['10.0.1.11', '169.254.192.5'])
      assert.equal(connectFrom(client, '169.254.171.7', 80, source), 'TIMEOUT');
    assert.equal(connectFrom(client, '10.0.1.12', 8080, '169.254.192.5'), 'TIMEOUT');
  });

  await t.test("the router's addresses of other kinds are not answered", () => {
    const [, local = ''] = /inet6 (fe80\S+)\/64/.exec(inside(router, 'ip', '-6', 'addr', 'show', 'w0a00010a')) ?? [];
    assert.notEqual(local, '');
    assert.match(connectFrom(client, `${local}%eth0`, 9999), nothing);
    inside(client, 'ip', 'link', 'set', 'lo', 'down');
    inside(client, 'ip', 'route', 'add', '127.0.0.1', 'via', '10.0.1.1', 'dev', 'eth0');
    assert.match(connectFrom(client, '127.0.0.1', 9999), nothing);
  });
});

test('a worker reaches only workloads, and only of the VPC whose source it takes', needsNamespaces, async (t) => {
  const lab = openLab(t);
  const snapshot = sampleSnapshot();
  const places = [at('vpc-a', '10.0.1.10'), at('vpc-b', '10.0.1.12')];
  await lab.settle(snapshot, places);
  const worker = await lab.startWorker();
  await lab.serve(snapshot, places, worker);
  await startTarget(t, lab.workload('vpc-a', '10.0.1.10'), 8080);
  await startTarget(t, lab.workload('vpc-b', '10.0.1.12'), 8080);
  assert.equal(await worker.dial('169.254.192.2', '10.0.1.10', 8080), 'client 169.254.192.2');
  assert.match(await worker.dial('169.254.192.2', '10.0.1.10', 8081), refused);
  assert.match(await worker.dial('169.254.192.2', '10.0.1.12', 8080), refused);
  assert.equal(await worker.dial('169.254.192.18', '10.0.1.12', 8080), 'client 169.254.192.18');
  assert.match(await worker.dial('169.254.192.2', '169.254.171.7', 80), refused);
  assert.match(await worker.dial('169.254.192.2', '192.0.2.1', 80), refused);
});

test('security groups of doors and workloads say who may connect', needsNamespaces, async (t) => {
  const lab = openLab(t);
  const rule = (port: number, wish: { cidrs?: readonly string[]; groups?: readonly string[] }) =>
    ({ protocol: 'tcp', fromPort: port, toPort: port, cidrs: [], groups: [], ...wish }) as const;
  const everywhere = { protocol: '-1', fromPort: -1, toPort: -1, cidrs: ['0.0.0.0/0'], groups: [] } as const;
  const snapshot = sampleSnapshot({
    vpcs: ['vpc-a'],
    ports: [80, 81],
    doorGroups: ['sg-door'],
    securityGroups: [
      {
        id: 'sg-door',
        name: 'door',
        ingress: [rule(80, { groups: ['sg-web'] }), rule(81, { cidrs: ['10.0.2.0/24'] })],
        egress: [],
      },
      { id: 'sg-web', name: 'web', ingress: [rule(8080, { cidrs: ['169.254.192.0/19'] })], egress: [everywhere] },
      { id: 'sg-mute', name: 'mute', ingress: [], egress: [] },
    ],
  });
  const places = [
    at('vpc-a', '10.0.1.10', ['sg-web']),
    at('vpc-a', '10.0.2.10'),
    at('vpc-a', '10.0.2.11', ['sg-mute', 'sg-door']),
  ];
  await lab.settle(snapshot, places);
  const worker = await lab.startWorker();
  await lab.serve(snapshot, places, worker);
  const [web = '', plain = '', mute = ''] = places.map(({ vpcId, address }) => lab.workload(vpcId, address));
  assert.match(connectFrom(web, '169.254.171.7', 80), /^vpc-a/);
  assert.equal(connectFrom(web, '169.254.171.7', 81), 'TIMEOUT');
  assert.equal(connectFrom(plain, '169.254.171.7', 80), 'TIMEOUT');
  assert.match(connectFrom(plain, '169.254.171.7', 81), /^vpc-a/);
  assert.equal(connectFrom(mute, '169.254.171.7', 81), 'TIMEOUT');
  for (const [namespace, port] of [
    [web, 8080],
    [web, 8081],
    [plain, 8081],
    [mute, 8080],
  ] as const)
    await startTarget(t, namespace, port);
  assert.match(await worker.dial('169.254.192.2', '10.0.1.10', 8080), /^client/);
  assert.equal(await worker.dial('169.254.192.2', '10.0.1.10', 8081), 'TIMEOUT');
  assert.match(await worker.dial('169.254.192.2', '10.0.2.10', 8081), /^client/);
  assert.equal(await worker.dial('169.254.192.2', '10.0.2.11', 8080), 'TIMEOUT');
});
