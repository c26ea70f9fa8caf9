// Looking names up without a question on the network.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeededRandom } from '../base/random.ts';
import { createLookUp } from './look-up.ts';
import { generatedName, sampleNames } from './sample.ts';

test('find() says what clients of a VPC are answered', () => {
  const names = createLookUp(createSeededRandom(1));
  names.apply(
    sampleNames({ one: { services: ['quotes', 'rates'], vpcs: ['vpc-a'] }, two: { services: [], vpcs: ['vpc-b'] } }),
  );
  const rates = generatedName('rates');
  assert.deepEqual(names.find(rates, 'vpc-a'), {
    kind: 'addresses',
    v4: ['169.254.171.2'],
    v6: ['fd00:ec2:80::a9fe:ab02'],
  });
  assert.deepEqual(names.find(rates.toUpperCase(), 'vpc-a').kind, 'addresses');
  assert.deepEqual(names.find(rates, 'vpc-b'), { kind: 'absent' });
  assert.deepEqual(names.find(generatedName('gone'), 'vpc-a'), { kind: 'absent' });
  assert.deepEqual(names.find('rates.example.com', 'vpc-a'), { kind: 'forwarded' });
});

test('find() has the AWS API in every VPC, and no other name beside it', () => {
  const names = createLookUp(createSeededRandom(1));
  const networks = { one: { services: [], vpcs: ['vpc-a'] } };
  names.apply(sampleNames(networks));
  assert.deepEqual(names.find('API.pergola.internal', 'vpc-a'), { kind: 'addresses', v4: ['169.254.170.9'], v6: [] });
  assert.deepEqual(names.find('api.pergola.internal', 'vpc-none'), { kind: 'absent' });
  assert.deepEqual(names.find('other.pergola.internal', 'vpc-a'), { kind: 'absent' });
  assert.deepEqual(names.find('pergola.internal.example.com', 'vpc-a'), { kind: 'forwarded' });
  names.apply(sampleNames(networks, { kind: 'loopback', n: 7 }));
  assert.deepEqual(names.find('api.pergola.internal', 'vpc-a'), { kind: 'addresses', v4: ['127.107.255.9'], v6: [] });
});
