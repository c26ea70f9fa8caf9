// What all calls of VPC Lattice share, through the AWS SDK: tags, tokens, pages, accounts.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { assertComplete, makeService, refused, unique } from './lattice-checks.ts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { lattice } = api;

test('tags are given, listed and taken', async () => {
  const { arn: resourceArn = '' } = await lattice.send(
    new sdk.CreateServiceCommand({ name: unique('shop'), tags: { a: '1', 'käse/b': '' } }),
  );
  await lattice.send(new sdk.TagResourceCommand({ resourceArn, tags: { c: '3', a: '2' } }));
  await lattice.send(new sdk.UntagResourceCommand({ resourceArn, tagKeys: ['käse/b', 'zzz'] }));
  const { tags } = await lattice.send(new sdk.ListTagsForResourceCommand({ resourceArn }));
  assert.deepEqual(tags, { a: '2', c: '3' });
  await refused(
    lattice.send(new sdk.TagResourceCommand({ resourceArn, tags: { 'aws:x': '1' } })),
    'ValidationException',
  );
});

test('an auth policy that was never set is shown empty', async () => {
  const resourceIdentifier = await makeService(api);
  assertComplete(
    'GetAuthPolicy',
    await lattice.send(new sdk.GetAuthPolicyCommand({ resourceIdentifier })),
    'policy',
    'state',
    'createdAt',
    'lastUpdatedAt',
  );
  await refused(
    lattice.send(new sdk.GetAuthPolicyCommand({ resourceIdentifier: 'sn-00000000000000000' })),
    'ResourceNotFoundException',
  );
});

test('a repeated client token gives the first answer, and with other parameters a conflict', async () => {
  const call = { name: unique('shop'), clientToken: unique('token') };
  const first = await lattice.send(new sdk.CreateServiceCommand(call));
  const second = await lattice.send(new sdk.CreateServiceCommand(call));
  assert.deepEqual({ ...second, $metadata: 0 }, { ...first, $metadata: 0 });
  await refused(lattice.send(new sdk.CreateServiceCommand({ ...call, name: unique('shop') })), 'ConflictException');
});

test('a page has 100 items unless asked otherwise, and never more; its token is one of its list and filters', async () => {
  const own = api.latticeOf('333344445555');
  await Promise.all(
    Array.from({ length: 101 }, () =>
      own.send(new sdk.CreateTargetGroupCommand({ name: unique('page'), type: 'LAMBDA' })),
    ),
  );
  const list = (input: sdk.ListTargetGroupsCommandInput) => own.send(new sdk.ListTargetGroupsCommand(input));
  const { items, nextToken } = await list({});
  assert.equal(items?.length, 100);
  const rest = await list({ nextToken });
  assert.equal(rest.items?.length, 1);
  assert.equal(rest.nextToken, undefined);
  await refused(list({ nextToken, targetGroupType: 'LAMBDA' }), 'ValidationException', /nextToken/);
  await refused(own.send(new sdk.ListServicesCommand({ nextToken })), 'ValidationException', /nextToken/);
  for (const maxResults of [0, 101]) await refused(list({ maxResults }), 'ValidationException', /maxResults/);
});

test('lists come in pages whose tokens are opaque, and a foreign token is refused', async () => {
  const own = api.latticeOf('777788889999');
  const names = Array.from({ length: 7 }, () => unique('paged'));
  for (const name of names) await own.send(new sdk.CreateServiceCommand({ name }));
  const seen: (string | undefined)[] = [];
  for await (const page of sdk.paginateListServices({ client: own, pageSize: 3 }, {}))
    seen.push(...(page.items ?? []).map(({ name }) => name));
  assert.deepEqual(new Set(seen), new Set(names));
  assert.equal(seen.length, names.length);
  await refused(own.send(new sdk.ListServicesCommand({ nextToken: 'zzz' })), 'ValidationException');
});

test('accounts do not see each other', async () => {
  const { id = '', arn = '' } = await lattice.send(new sdk.CreateServiceCommand({ name: unique('shop') }));
  const other = api.latticeOf('999900001111');
  await refused(other.send(new sdk.GetServiceCommand({ serviceIdentifier: id })), 'ResourceNotFoundException');
  await refused(other.send(new sdk.GetServiceCommand({ serviceIdentifier: arn })), 'AccessDeniedException');
});
