// The server's own paths: waiting for the data plane, resetting, readiness, metrics, status, workloads and their leases.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { CreateVpcCommand } from '@aws-sdk/client-ec2';
import { CreateServiceCommand, ListServicesCommand } from '@aws-sdk/client-vpc-lattice';
import type { WorkloadRequest } from '../../src/api/index.ts';
import { startApi } from './running-api.ts';

async function messageOf(response: Response, status: number): Promise<string> {
  assert.equal(response.status, status);
  assert.match(response.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/);
  return ((await response.json()) as { message: string }).message;
}

test('a changing call answers its revision, and wait returns when it is obeyed', async () => {
  await using api = await startApi();
  const revisions: string[] = [];
  api.lattice.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers: Record<string, string> };
      revisions.push(headers['x-pergola-revision'] ?? 'none');
      return result;
    },
    { step: 'deserialize' },
  );
  await api.lattice.send(new CreateServiceCommand({ name: 'one' }));
  await api.lattice.send(new ListServicesCommand({}));
  assert.deepEqual(revisions, ['1', 'none']);
  assert.match(
    await messageOf(await api.call('GET', '/-/wait?revision=1&timeout=0.05'), 504),
    /Revision 1 is not obeyed/,
  );
  const waiting = api.call('GET', '/-/wait?revision=1&timeout=10');
  api.obeyed.set(1);
  const response = await waiting;
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { revision: 1, obeyed: 1 });
});

test('wait refuses what is no revision or no time', async () => {
  await using api = await startApi();
  for (const query of [
    '',
    '?revision=',
    '?revision=-1',
    '?revision=1e3',
    '?revision=1&timeout=x',
    '?revision=1&timeout=9999',
  ])
    assert.match(await messageOf(await api.call('GET', `/-/wait${query}`), 400), /Invalid value/, query);
});

test('reset empties a server in test mode and waits for the data plane; another refuses', async () => {
  await using api = await startApi();
  await api.lattice.send(new CreateServiceCommand({ name: 'one' }));
  const resetting = api.call('POST', '/-/reset');
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(api.store.state.value.tables.service.size, 0);
  api.obeyed.set(2);
  const response = await resetting;
  assert.deepEqual([response.status, response.headers.get('x-pergola-revision')], [200, '2']);
  await using closed = await startApi({ open: false });
  assert.match(await messageOf(await closed.call('POST', '/-/reset'), 403), /invalid/);
});

test('ready, metrics and status answer; unknown paths and methods are refused', async () => {
  let isReady = false;
  await using api = await startApi({ isReady: () => isReady });
  const ready = async (): Promise<number> => (await fetch(`${api.origin}/-/ready`)).status;
  assert.equal(await ready(), 503);
  isReady = true;
  assert.equal(await ready(), 200);
  assert.equal(await (await fetch(`${api.origin}/-/metrics`)).text(), 'up 1\n');
  assert.deepEqual(await (await api.call('GET', '/-/status')).json(), { revision: 0 });
  await messageOf(await fetch(`${api.origin}/-/status`), 403);
  await messageOf(await api.call('GET', '/-/nothing'), 404);
  await messageOf(await api.call('GET', '/-/reset'), 405);
});

test('explain asks for a request in a VPC found by name or id, and refuses what it cannot read', async () => {
  const asked: unknown[] = [];
  await using api = await startApi({
    explain(request) {
      asked.push(request);
      return request.as === undefined
        ? { revision: 7 }
        : { failure: 'not found', message: 'There is no such principal.' };
    },
  });
  const explain = (body: unknown): Promise<Response> => api.call('POST', '/-/explain', JSON.stringify(body));
  const tagged = {
    CidrBlock: '10.0.0.0/16',
    TagSpecifications: [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'Name', Value: 'shop' }] }],
  };
  const { Vpc } = await api.ec2.send(new CreateVpcCommand(tagged));
  const question = { vpc: 'shop', method: 'GET', url: `http://shop/${'a'.repeat(5000)}` };
  const answer = await explain({ ...question, address: '10.0.1.10', headers: ['a: b'] });
  assert.deepEqual([answer.status, await answer.json()], [200, { revision: 7 }]);
  const { method, url } = question;
  assert.deepEqual(asked, [{ vpcId: Vpc?.VpcId, method, url, address: '10.0.1.10', headers: ['a: b'] }]);
  assert.match(await messageOf(await explain({ ...question, as: 'arn' }), 404), /no such principal/);
  assert.match(await messageOf(await explain({ ...question, vpc: 'other' }), 404), /There is no VPC other/);
  const rows: readonly (readonly [unknown, RegExp])[] = [
    [[], /no object/],
    [{ ...question, vpc: undefined }, /vpc is missing/],
    [{ ...question, method: undefined }, /method is missing/],
    [{ ...question, url: '' }, /url must be a text/],
    [{ ...question, url: `http://shop/${'a'.repeat(65_536)}` }, /url must be a text/],
    [{ ...question, headers: { a: 'b' } }, /headers must be a list of texts/],
    [{ ...question, headers: [1] }, /headers must be a list of texts/],
    [{ ...question, as: 1 }, /as must be a text/],
  ];
  for (const [body, message] of rows) assert.match(await messageOf(await explain(body), 400), message);
});

test('explain asks for a request that was served by its id alone', async () => {
  const asked: unknown[] = [];
  await using api = await startApi({
    explainServed(request) {
      asked.push(request);
      return Promise.resolve(
        request.requestId === 'busy' ? { failure: 'unavailable', message: 'Ask again.' } : { agrees: true },
      );
    },
  });
  const explain = (body: unknown): Promise<Response> => api.call('POST', '/-/explain', JSON.stringify(body));
  const answer = await explain({ requestId: 'x'.repeat(512) });
  assert.deepEqual([answer.status, await answer.json()], [200, { agrees: true }]);
  assert.deepEqual(asked, [{ requestId: 'x'.repeat(512), account: '111122223333', region: 'us-east-1' }]);
  assert.match(await messageOf(await explain({ requestId: 'busy' }), 503), /Ask again/);
  assert.match(await messageOf(await explain({ requestId: 'x'.repeat(513) }), 400), /requestId must be a text/);
  assert.match(await messageOf(await explain({ requestId: 7 }), 400), /requestId must be a text/);
  assert.match(await messageOf(await explain({ requestId: 'x', vpc: 'shop' }), 400), /vpc says nothing more/);
});

test('workloads are made in a VPC found by name or id, and their lease ends with the connection', async () => {
  const wishes: WorkloadRequest[] = [];
  let leased: AbortSignal | undefined;
  await using api = await startApi({
    workloads: {
      create(request) {
        wishes.push(request);
        return Promise.resolve(
          request.address === '10.0.0.9'
            ? { failure: 'conflict', message: 'the address is taken' }
            : { workload: { id: 'w-1', namespace: '/run/netns/x' } },
        );
      },
      lease(id, closed) {
        if (id !== 'w-1') return undefined;
        leased = closed;
        return once(closed, 'abort').then(() => undefined);
      },
      byToken: () => undefined,
    },
  });
  const make = (body: unknown): Promise<Response> => api.call('POST', '/-/workloads', JSON.stringify(body));
  const tagged = {
    CidrBlock: '10.0.0.0/16',
    TagSpecifications: [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'Name', Value: 'shop' }] }],
  };
  const { Vpc } = await api.ec2.send(new CreateVpcCommand(tagged));
  const made = await make({ vpc: 'shop', instance: 'i-1', securityGroups: ['web'] });
  assert.deepEqual([made.status, await made.json()], [201, { id: 'w-1', namespace: '/run/netns/x' }]);
  assert.deepEqual(wishes[0], {
    vpcKey: `111122223333/us-east-1/${Vpc?.VpcId}`,
    instance: 'i-1',
    securityGroups: ['web'],
  });
  assert.match(await messageOf(await make({ vpc: Vpc?.VpcId, address: '10.0.0.9' }), 409), /taken/);
  await messageOf(await make({ vpc: 'nowhere' }), 404);
  await api.ec2.send(new CreateVpcCommand(tagged));
  assert.match(await messageOf(await make({ vpc: 'shop' }), 400), /give the id/);
  for (const body of [
    {},
    [],
    'x',
    { vpc: 1 },
    { vpc: 'shop', securityGroups: 'web' },
    { vpc: 'shop', securityGroups: [1] },
  ])
    await messageOf(await make(body), 400);
  await messageOf(await api.call('POST', '/-/workloads', '{'), 400);
  for (const namespace of [
    ...['x', [], {}, { pid: 0 }, { pid: 1.5 }, { pid: '1' }, { path: 'run/netns/x' }, { path: `/${'x'.repeat(5000)}` }],
    ...[{ pid: 1, path: '/x' }, { path: '/x\0y' }, { pid: 1, inode: 'x' }],
  ])
    assert.match(
      await messageOf(await make({ vpc: Vpc?.VpcId, namespace }), 400),
      /namespace/,
      JSON.stringify(namespace),
    );
  const before = wishes.length;
  assert.equal((await make({ vpc: Vpc?.VpcId, namespace: { path: '/run/netns/x', inode: 7 } })).status, 201);
  assert.deepEqual(
    wishes.slice(before).map(({ namespace }) => namespace),
    [{ by: { path: '/run/netns/x' }, inode: 7 }],
  );

  await messageOf(await api.call('GET', '/-/workloads/w-2/lease'), 404);
  const lease = await api.call('GET', '/-/workloads/w-1/lease');
  assert.equal(lease.status, 200);
  assert.ok(leased !== undefined && !leased.aborted);
  const closed = once(leased, 'abort');
  await lease.body?.cancel();
  await closed;
});

test('/-/backup answers nobody but the admin, also in test mode', async () => {
  await using api = await startApi();
  const answer = await api.call('GET', '/-/backup');
  assert.equal(answer.status, 403);
  assert.match(await answer.text(), /Only the admin's key/);
});
