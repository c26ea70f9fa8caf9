// What a workload cannot reach, tried from inside of it, as root of its namespace.

import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { blockTable, routerUplink } from '../../src/network/names.ts';
import { sampleSnapshot } from '../../src/network/snapshot-sample.ts';
import { connectFrom, inside, needsNamespaces, openLab, receivedSegments, startTarget } from './lab.ts';

const at = (vpcId: string, address: string, securityGroups: readonly string[] = []) => ({
  vpcId,
  address,
  securityGroups,
});

/** What the filter answers at once; a missing route, a missing listener's namespace or a lost packet would answer otherwise. */
const refused = 'ECONNREFUSED';
/** What a router answers that knows no way there. */
const noRoute = 'ENETUNREACH';

test('a workload reaches nothing but the doors and the DNS of its VPC', needsNamespaces, async (t) => {
  const lab = openLab(t);
  const snapshot = sampleSnapshot();
  const places = [at('vpc-a', '10.0.1.10'), at('vpc-a', '10.0.1.11'), at('vpc-b', '10.0.1.12')];
  await lab.settle(snapshot, places);
  await lab.serve(snapshot, places, await lab.startWorker());
  const client = lab.workload('vpc-a', '10.0.1.10');
  const router = `${lab.prefix}vpc-a`;
  const neighbour = lab.workload('vpc-a', '10.0.1.11');
  const stranger = lab.workload('vpc-b', '10.0.1.12');
  const core = `${lab.prefix}core`;
  const hosts = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const host = hosts.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '192.0.2.1';
  const port = 19_000 + (process.pid % 1000);
  await startTarget(t, undefined, port);
  await startTarget(t, router, 9999);
  await startTarget(t, core, 9998);
  await startTarget(t, neighbour, 8080);
  await startTarget(t, stranger, 8080);

  await t.test('something listens in each of these places, so that a refusal is not that of an absent listener', () => {
    for (const [namespace, address, at] of [
      [core, '169.254.192.3', 9998],
      [core, '169.254.192.19', 9998],
      [neighbour, '10.0.1.11', 8080],
      [stranger, '10.0.1.12', 8080],
    ] as const)
      assert.match(connectFrom(namespace, address, at), /^client /, `${address}:${at}`);
  });

  await t.test('its own door is open, also at the second DNS address', () => {
    assert.match(connectFrom(client, '169.254.171.7', 80), /^vpc-a\/tcp4\/\*:80 at 169\.254\.171\.7 for 10\.0\.1\.10$/);
    assert.match(connectFrom(client, '169.254.169.253', 53), /^vpc-a\/tcp4\/\*:53 at 169\.254\.169\.253/);
  });

  const elsewhere = [
    ['the host', host, port],
    ["another VPC's dial address", '169.254.192.19', 9998],
    ['a workload of another VPC', '10.0.1.12', 8080],
    ['the internet', '192.0.2.1', 80],
  ] as const;
  for (const [what, address, at] of [
    ['another port of the gateway', '10.0.1.1', 9999],
    ['another port of a service address', '169.254.171.7', 9999],
    ['another service address', '169.254.171.8', 80],
    ['the port of the service at a DNS address', '10.0.0.2', 80],
    ['DNS at a service address', '169.254.171.7', 53],
    ["the workers' dial address", '169.254.192.3', 9998],
    ['another workload of the VPC', '10.0.1.11', 8080],
  ] as const)
    await t.test(`${what} is refused`, () => assert.equal(connectFrom(client, address, at), refused));
  for (const [what, address, at] of elsewhere)
    await t.test(`there is no way to ${what}`, async () => {
      let answer = connectFrom(client, address, at);
      // The kernel tells one peer of such errors five times, then once a second (net.ipv4.route.error_burst): on a slow machine a few are spent already.
      for (let left = 5; left > 0 && answer === 'TIMEOUT'; left--) {
        await sleep(1500);
        answer = connectFrom(client, address, at);
      }
      assert.equal(answer, noRoute);
    });

  await t.test('what there is no way to is refused even where there is one', () => {
    inside(router, 'ip', 'route', 'add', 'default', 'dev', routerUplink);
    for (const [what, address, at] of elsewhere) assert.equal(connectFrom(client, address, at), refused, what);
    inside(router, 'ip', 'route', 'del', 'default', 'dev', routerUplink);
  });

  await t.test('nobody hears a source that it gave itself', () => {
    for (const source of ['10.0.1.11', '169.254.192.5'])
      inside(client, 'ip', 'addr', 'add', `${source}/32`, 'dev', 'eth0');
    const reaches = (namespace: string, address: string, at: number, source: string): boolean => {
      const before = receivedSegments(namespace);
      connectFrom(client, address, at, source);
      return receivedSegments(namespace) > before;
    };
    assert.equal(reaches(router, '169.254.171.7', 80, '10.0.1.10'), true, 'its own source is heard');
    for (const source of ['10.0.1.11', '169.254.192.5'])
      assert.equal(reaches(router, '169.254.171.7', 80, source), false, source);
    assert.equal(reaches(neighbour, '10.0.1.11', 8080, '169.254.192.5'), false);
  });

  await t.test("the router's addresses of other kinds are not answered", () => {
    const ours = { namespace: router, link: 'w0a00010a', address: 'fd00::1' };
    const its = { namespace: client, link: 'eth0', address: 'fd00::2' };
    // IPv6 with addresses, routes and neighbours at both ends, so that only the filter stands between them.
    for (const [{ namespace, link, address }, other] of [
      [ours, its],
      [its, ours],
    ] as const) {
      const [, mac = ''] = /ether (\S+)/.exec(inside(other.namespace, 'ip', 'link', 'show', 'dev', other.link)) ?? [];
      inside(namespace, 'ip', 'address', 'add', `${address}/128`, 'dev', link, 'nodad');
      inside(namespace, 'ip', '-6', 'route', 'add', other.address, 'dev', link);
      inside(namespace, 'ip', 'neighbour', 'replace', other.address, 'lladdr', mac, 'dev', link, 'nud', 'permanent');
    }
    assert.equal(connectFrom(client, 'fd00::1', 9999), 'TIMEOUT');
    inside(client, 'ip', 'link', 'set', 'lo', 'down');
    inside(client, 'ip', 'route', 'add', '127.0.0.1', 'via', '10.0.1.1', 'dev', 'eth0');
    assert.equal(connectFrom(client, '127.0.0.1', 9999), 'TIMEOUT');
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
  assert.equal(await worker.dial('169.254.192.18', '10.0.1.12', 8080), 'client 169.254.192.18');
  const unroutable = 'EHOSTUNREACH';
  assert.equal(await worker.dial('169.254.192.2', '10.0.1.12', 8080), noRoute, 'a workload of the other VPC');
  assert.equal(await worker.dial('169.254.192.2', '169.254.171.7', 80), unroutable, 'a door');
  assert.equal(await worker.dial('169.254.192.2', '192.0.2.1', 80), unroutable, 'the internet');
  const router = `${lab.prefix}vpc-a`;
  await startTarget(t, router, 9999);
  assert.equal(await worker.dial('169.254.192.2', '10.0.1.1', 9999), refused, 'the gateway');
  assert.equal(await worker.dial('169.254.192.2', '10.0.0.2', 53), refused, 'DNS');

  const core = `${lab.prefix}core`;
  const workload = lab.workload('vpc-a', '10.0.1.10');
  const foreign = '198.51.100.9';
  inside(core, 'ip', 'addr', 'add', `${foreign}/32`, 'dev', 'lo');
  inside(core, 'ip', 'rule', 'add', 'from', foreign, 'lookup', String(blockTable(0)));
  const reaches = async (source: string): Promise<boolean> => {
    const before = receivedSegments(workload);
    await worker.dial(source, '10.0.1.10', 8080);
    return receivedSegments(workload) > before;
  };
  assert.equal(await reaches('169.254.192.2'), true);
  assert.equal(await reaches(foreign), false, 'a source that is not of the block');
});
