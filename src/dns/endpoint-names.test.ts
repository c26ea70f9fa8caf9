// Names of services through VPC endpoints.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGeneratedNames, type GeneratedNames } from './generated-names.ts';
import { generatedName, sampleNames } from './sample.ts';
import type { VpcRecord } from '../snapshot/index.ts';
import { labelsOfKey, nameKey } from './wire-name.ts';

const endpointName = 'vpce-1-snsa-rates.7d67968.vpc-lattice-svcs.us-east-1.on.aws';

/** `rates` and `quotes` in network one, with an endpoint in vpc-b, and an association of vpc-a. */
function names(attachment: VpcRecord['attachment'] = { kind: 'netns' }): GeneratedNames {
  const sample = sampleNames(
    { one: { services: ['rates', 'quotes'], vpcs: ['vpc-a'] }, two: { services: [], vpcs: ['vpc-b'] } },
    attachment,
  );
  const blocks = ['10.0.1.48/28', '10.0.2.16/28'];
  const endpoint = { id: 'vpce-1', revision: 1, vpcId: 'vpc-b', serviceNetworkId: 'one', securityGroups: [], blocks };
  const made = createGeneratedNames();
  made.apply({ ...sample, doors: new Map([...sample.doors, [endpoint.id, endpoint]]) });
  return made;
}

test('a service has an address in each range of an endpoint, under a name of its own, in the VPC of the endpoint alone', () => {
  const made = names();
  assert.deepEqual(made.find(nameKey(endpointName), 'vpc-b'), { v4: ['10.0.1.49', '10.0.2.17'], v6: [] });
  assert.equal(made.find(nameKey(endpointName), 'vpc-a'), undefined);
  assert.deepEqual(made.find(nameKey(endpointName), undefined)?.v4, ['10.0.1.49', '10.0.2.17']);
});

test("an endpoint answers to no service's own name", () => {
  const made = names();
  assert.equal(made.find(nameKey(generatedName('rates')), 'vpc-b'), undefined);
  assert.deepEqual(made.find(nameKey(generatedName('rates')), 'vpc-a')?.v4, ['169.254.171.1']);
});

test('on loopback it is found where loopback has the VPC', () => {
  const found = names({ kind: 'loopback', n: 3 }).find(nameKey(endpointName), 'vpc-b');
  assert.deepEqual(found, { v4: ['127.3.1.49', '127.3.2.17'], v6: [] });
});

test('its addresses have names', () => {
  const made = names();
  assert.deepEqual(
    made.findByAddress('10.0.2.17', 'vpc-b').map((key) => labelsOfKey(key).join('.')),
    [endpointName],
  );
  assert.deepEqual(made.findByAddress('10.0.2.17', 'vpc-a'), []);
});

for (const other of [
  'vpce-2-snsa-rates.7d67968.vpc-lattice-svcs.us-east-1.on.aws',
  'vpce-1-snsa-others.7d67968.vpc-lattice-svcs.us-east-1.on.aws',
  'vpce-1-snsa-rates.7d67968.vpc-lattice-svcs.eu-west-1.on.aws',
  'x.vpce-1-snsa-rates.7d67968.vpc-lattice-svcs.us-east-1.on.aws',
])
  test(`there is no ${other}`, () => {
    assert.equal(names().find(nameKey(other), 'vpc-b'), undefined);
  });
