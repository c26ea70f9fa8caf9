// What the owners of a service network and of a service read of requests that reach no target.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleSnapshot } from '../../src/proxy/snapshot-sample.ts';
import type { NetworkRecord, ServiceRecord, Snapshot } from '../../src/snapshot/index.ts';
import { openPlane } from './plane.ts';
import { eventually, head, openRawClient, openRawTarget } from './raw-ends.ts';

type Line = Readonly<Record<string, unknown>>;

interface Change {
  readonly network?: Partial<NetworkRecord>;
  readonly service?: Partial<ServiceRecord>;
  readonly limits?: Parameters<typeof openPlane>[0];
  /** Ports of targets. */
  readonly targets?: readonly number[];
}

/** Targets see only what a test sends. */
const withoutChecks = (groups: Snapshot['targetGroups']): Snapshot['targetGroups'] =>
  new Map([...groups].map(([id, one]) => [id, { ...one, healthCheck: { ...one.healthCheck, enabled: false } }]));

/** A plane whose network has the subscription `als-n`, and its service `als-s`. */
async function open({ network, service, limits, targets = [] }: Change = {}) {
  const owned: (readonly [subscription: string, line: Line])[] = [];
  const plane = await openPlane(limits, 60, {
    appendSubscription: (id, line) => void owned.push([id, JSON.parse(line) as Line]),
  });
  const action = { kind: 'forward' as const, targetGroups: [{ id: 'tg-1', weight: 1 }] };
  const sample = sampleSnapshot(plane.port, [{ id: 'default', action }], { 'tg-1': targets }, 1);
  const withMore = <T>(records: ReadonlyMap<string, T>, more: Partial<T>): ReadonlyMap<string, T> =>
    new Map([...records].map(([id, record]) => [id, { ...record, ...more }]));
  plane.plane.apply({
    ...sample,
    networks: withMore(sample.networks, { accessLogs: ['als-n'], ...network }),
    services: withMore(sample.services, { accessLogs: ['als-s'], ...service }),
    targetGroups: withoutChecks(sample.targetGroups),
  });
  /** The sum over all zones. */
  const counted = (name: string, dimension: string): number =>
    Object.entries(plane.counters.values())
      .filter(([series]) => series.startsWith(`AWS_VpcLattice_${name}{`) && series.includes(dimension))
      .reduce((sum, [, value]) => sum + value, 0);
  return { plane, owned, counted, [Symbol.asyncDispose]: () => plane[Symbol.asyncDispose]() };
}

test('a request that cannot be read, or is one too many, is in the log of its network', async () => {
  await using one = await open({ limits: { maxConnectionsPerDoor: 1 } });
  const bad = openRawClient(one.plane, 'BAD\r\n\r\n');
  bad.socket.removeAllListeners('end');
  await eventually('400', () => bad.got.startsWith('HTTP/1.1 400 '));
  const many = openRawClient(one.plane);
  await eventually('503', () => many.got.startsWith('HTTP/1.1 503 '));
  assert.deepEqual(
    one.owned.map(([id, line]) => [id, line['responseCode'], line['failureReason'], line['sourceVpcId']]),
    [
      ['als-n', 400, 'ClientProtocolError', 'vpc-1'],
      ['als-n', 503, 'ClientRateLimited', 'vpc-1'],
    ],
  );
  for (const [, line] of one.owned) assert.match(String(line['serviceNetworkArn']), /servicenetwork\/sn-1$/);
  bad.socket.destroy();
  many.socket.destroy();
});

test('a request with a broken body is the same record and counts the same, whole or in pieces', async () => {
  const whole = head('POST /x', 'transfer-encoding: chunked', 'x-amzn-requestid: abc');
  for (const pieces of [[`${whole}nonsense\r\n`], [whole, 'nonsense\r\n']]) {
    await using target = await openRawTarget(() => {});
    await using one = await open({ targets: [target.port] });
    const [first = '', second] = pieces;
    const client = openRawClient(one.plane, first);
    if (second !== undefined) {
      await eventually('the target has the head', () => target.peers.length === 1, 20_000);
      client.socket.write(second);
    }
    await eventually('the answer', () => client.got.includes('malformed chunk size'), 20_000);
    assert.match(client.got, /^HTTP\/1\.1 400 [^]*x-amzn-requestid: abc/);
    assert.deepEqual(
      one.owned.map(([id, line]) => [
        ...[id, line['requestId'], line['responseCode'], line['failureReason']],
        ...[line['serviceArn'], line['targetGroupArn'], line['requestPath']].map((text) =>
          String(text).split('/').at(-1),
        ),
      ]),
      ['als-n', 'als-s'].map((id) => [id, 'abc', 400, 'ClientProtocolError', 'svc-1', 'tg-1', 'x']),
    );
    assert.equal(one.counted('HTTPCode_4XX_Count', 'svc-1'), 1);
    assert.equal(one.counted('HTTPCode_4XX_Count', 'tg-1'), 1);
    client.socket.destroy();
  }
});

test('a body that is too long by its head is refused in the name of its service and group', async () => {
  await using one = await open({ limits: { maxRequestBody: 10 }, targets: [9] });
  const client = openRawClient(one.plane, head('POST /', 'content-length: 11'));
  await eventually('413', () => client.got.startsWith('HTTP/1.1 413 '));
  const [, line] = one.owned[1] ?? [];
  assert.match(String(line?.['targetGroupArn']), /tg-1$/);
  assert.equal(one.counted('HTTPCode_4XX_Count', 'tg-1'), 1);
  client.socket.destroy();
});

test('a group without targets answers 503 in its own name', async () => {
  await using one = await open();
  const client = openRawClient(one.plane, head('GET /'));
  await eventually('503', () => client.got.endsWith('no registered targets\n'));
  const [, line] = one.owned[1] ?? [];
  assert.match(String(line?.['targetGroupArn']), /tg-1$/);
  assert.equal(one.counted('HTTPCode_5XX_Count', 'tg-1'), 1);
  assert.equal(one.counted('TotalRequestCount', 'svc-1'), 1);
  client.socket.destroy();
});

test('a denied request says which layer denied it, and whom', async () => {
  for (const layer of ['Network', 'Service'] as const) {
    await using one = await open({ [layer.toLowerCase()]: { authType: 'AWS_IAM' } });
    const client = openRawClient(one.plane, head('GET /secret'));
    await eventually('403', () => client.got.startsWith('HTTP/1.1 403 ') && one.owned.length === 2);
    for (const [, line] of one.owned) {
      assert.equal(line['responseCode'], 403);
      assert.equal(line['failureReason'], 'ClientAccessDenied');
      assert.equal(line['authDeniedReason'], layer);
      assert.equal(line['resolvedUser'], 'Anonymous');
      assert.match(String(line['serviceArn']), /svc-1$/);
      assert.equal(line['targetIpPort'], '-');
    }
    client.socket.destroy();
  }
});
