// Domain verifications through the AWS SDK.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { assertComplete, refused } from './lattice-checks.ts';
import { startApi } from './running-api.ts';

const api = await startApi();
after(() => api[Symbol.asyncDispose]());
const { lattice } = api;

test('domain verifications are begun, shown, listed, tagged and forgotten', async () => {
  const start = new sdk.StartDomainVerificationCommand({
    domainName: 'db.example.com',
    tags: { team: 'a' },
    clientToken: 'once',
  });
  const made = await lattice.send(start);
  assertComplete('StartDomainVerification', made);
  assert.match(made.id ?? '', /^dv-0[0-9a-f]{16}$/);
  assert.equal(made.arn, `arn:aws:vpc-lattice:us-east-1:111122223333:domainverification/${made.id}`);
  assert.match(made.txtMethodConfig?.name ?? '', /^_[0-9a-f]+\.db\.example\.com$/);
  assert.match(made.txtMethodConfig?.value ?? '', /^vpc-lattice:[0-9a-f]+$/);
  assert.deepEqual((await lattice.send(start)).txtMethodConfig, made.txtMethodConfig);
  const domainVerificationIdentifier = made.arn;
  await lattice.send(new sdk.TagResourceCommand({ resourceArn: made.arn, tags: { b: 'c' } }));
  const shown = await lattice.send(new sdk.GetDomainVerificationCommand({ domainVerificationIdentifier }));
  assertComplete('GetDomainVerification', shown, 'lastVerifiedTime');
  assert.deepEqual([shown.status, shown.tags], ['PENDING', { team: 'a', b: 'c' }]);
  await lattice.send(new sdk.StartDomainVerificationCommand({ domainName: 'other.example.com' }));
  const first = await lattice.send(new sdk.ListDomainVerificationsCommand({ maxResults: 1 }));
  const second = await lattice.send(new sdk.ListDomainVerificationsCommand({ nextToken: first.nextToken }));
  assert.deepEqual([...(first.items ?? []), ...(second.items ?? [])].map((one) => one.domainName ?? '').sort(), [
    'db.example.com',
    'other.example.com',
  ]);
  assert.ok(first.items?.[0]?.txtMethodConfig?.value !== undefined);
  const twin = await refused(
    lattice.send(new sdk.StartDomainVerificationCommand({ domainName: 'DB.example.com' })),
    'ConflictException',
    /PENDING/,
  );
  assert.deepEqual([twin['resourceId'], twin['resourceType']], [made.id, 'DOMAIN_VERIFICATION']);
  await lattice.send(new sdk.DeleteDomainVerificationCommand({ domainVerificationIdentifier: made.id }));
  await refused(
    lattice.send(new sdk.GetDomainVerificationCommand({ domainVerificationIdentifier })),
    'ResourceNotFoundException',
  );
  await refused(
    lattice.send(new sdk.DeleteDomainVerificationCommand({ domainVerificationIdentifier })),
    'ResourceNotFoundException',
  );
});

test('a domain verification needs a domain name', async () => {
  for (const domainName of ['*.example.com', 'localhost', '10.0.0.1', 'a..b'])
    await refused(
      lattice.send(new sdk.StartDomainVerificationCommand({ domainName })),
      'ValidationException',
      /is not a domain name/,
    );
});
