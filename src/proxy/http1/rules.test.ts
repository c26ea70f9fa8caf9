// The table of rules: every row says where it is written.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalisations, refusals, responseNormalisations, responseRefusals } from './rules.ts';

const source = /RFC \d{4} \d+|User Guide: |limit max|idle timeout/;

test('every rule names its section or whose choice it is', () => {
  for (const table of [refusals, responseRefusals, normalisations, responseNormalisations])
    for (const [name, rule] of Object.entries(table)) assert.match(rule.source, source, name);
});

test('no two refusals of a table are worded alike, for the log tells them apart by their words', () => {
  for (const table of [refusals, responseRefusals]) {
    const reasons = Object.values(table).map(({ reason }) => reason);
    assert.equal(new Set(reasons).size, reasons.length);
  }
});
