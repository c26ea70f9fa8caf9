// Domain verifications of a running server: their TXT record in a public zone, and elsewhere.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, type ChangeAction } from '@aws-sdk/client-route-53';
import { GetDomainVerificationCommand, StartDomainVerificationCommand } from '@aws-sdk/client-vpc-lattice';
import { TestServer } from '../server.ts';
import { eventually, given } from './scenario.ts';

test('a domain is VERIFIED when its TXT record is in a public zone, and not any more when that has gone; others time out', async () => {
  const configuration = 'limits: { verificationInterval: 50, verificationRecheck: 100, verificationTime: 3000 }\n';
  await using server = await TestServer.start({ attach: 'loopback', configuration });
  const { lattice, route53 } = server;
  const zone = await route53.send(new CreateHostedZoneCommand({ Name: 'corp.test', CallerReference: 'once' }));
  const start = async (domainName: string) => {
    const { id, txtMethodConfig } = await lattice.send(new StartDomainVerificationCommand({ domainName }));
    return {
      domainVerificationIdentifier: given(id),
      name: given(txtMethodConfig?.name),
      value: given(txtMethodConfig?.value),
    };
  };
  const [proved, other] = [await start('db.corp.test'), await start('web.corp.test')];
  const get = (one: typeof proved) => lattice.send(new GetDomainVerificationCommand(one));
  const change = (Action: ChangeAction) =>
    route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: given(zone.HostedZone?.Id),
        ChangeBatch: {
          Changes: [
            {
              Action,
              ResourceRecordSet: {
                Name: proved.name,
                Type: 'TXT',
                TTL: 60,
                ResourceRecords: [{ Value: '"other"' }, { Value: `"${proved.value}"` }],
              },
            },
          ],
        },
      }),
    );
  assert.equal((await get(proved)).status, 'PENDING');
  await change('CREATE');
  await eventually('the domain is verified', async () => (await get(proved)).status === 'VERIFIED');
  const first = given((await get(proved)).lastVerifiedTime);
  await eventually('it is verified again', async () => given((await get(proved)).lastVerifiedTime) > first);
  await eventually('the other one times out', async () => (await get(other)).status === 'VERIFICATION_TIMED_OUT');
  assert.equal((await get(other)).lastVerifiedTime, undefined);
  await change('DELETE');
  await eventually('the domain is unverified', async () => (await get(proved)).status === 'VERIFICATION_TIMED_OUT');
});
