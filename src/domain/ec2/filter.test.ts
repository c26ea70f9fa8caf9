// EC2's filters and what follows from names.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BaseRecord } from '../records/base.ts';
import { Refusal } from '../refusal.ts';
import { ec2Filter, type FilterTable } from './filter.ts';
import { zoneId } from './zone.ts';

const record = (id: string, tags: BaseRecord['tags'] = {}): BaseRecord => ({
  ...{ account: '123456789012', region: 'us-east-1', id, createdAt: 1, lastUpdatedAt: 1, tags },
});
const table: FilterTable<BaseRecord> = { id: ({ id }) => [id] };
const passing = (name: string, ...values: string[]): string[] => {
  const records = [record('shop-a', { team: 'x', 'a:b': '' }), record('shop-b', { team: 'y*' }), record('mesh')];
  const filter = ec2Filter(table, [{ name, values }]);
  return records.filter((one) => filter?.passes(one) ?? true).map(({ id }) => id);
};

test('ec2Filter() compares with wildcards, any of the values, and tags by key', () => {
  assert.deepEqual(passing('id', 'shop-*'), ['shop-a', 'shop-b']);
  assert.deepEqual(passing('id', 'shop-?', 'mesh'), ['shop-a', 'shop-b', 'mesh']);
  assert.deepEqual(passing('id', '*a'), ['shop-a']);
  assert.deepEqual(passing('id'), []);
  assert.deepEqual(passing('tag:team', 'x'), ['shop-a']);
  assert.deepEqual(passing('tag:a:b', ''), ['shop-a']);
  assert.deepEqual(passing('tag:toString', '*'), []);
  assert.deepEqual(passing('tag-key', 'team'), ['shop-a', 'shop-b']);
});

test('ec2Filter() refuses names that the call does not know, also when there is nothing to filter, and too many values', () => {
  const codeOf = (name: string, values: readonly string[]): string => {
    try {
      ec2Filter(table, [{ name, values }]);
    } catch (error) {
      return error instanceof Refusal && error.detail.kind === 'Ec2' ? error.detail.code : String(error);
    }
    return 'none';
  };
  assert.equal(codeOf('nonsense', ['x']), 'InvalidParameterValue');
  assert.equal(codeOf('constructor', ['x']), 'InvalidParameterValue');
  assert.equal(codeOf('id', Array.from({ length: 201 }, String)), 'FilterLimitExceeded');
  assert.equal(codeOf('id', Array.from({ length: 200 }, String)), 'none');
});

test('zoneId() shortens a region as AWS does', () => {
  const ids = ['us-east-1a', 'eu-central-1b', 'ap-southeast-2c', 'us-gov-west-1a'].map(zoneId);
  assert.deepEqual(ids, ['use1-az1', 'euc1-az2', 'apse2-az3', 'usgw1-az1']);
});
