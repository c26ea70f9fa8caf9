// Audit events as lines for people.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMoment } from './audit-moment.ts';
import { formatAuditRecord } from './format-audit.ts';

const record = {
  eventTime: '2026-01-02T03:04:05Z',
  eventName: 'DeleteService',
  userIdentity: { arn: 'arn:aws:iam::111122223333:user/ops/ann' },
  sourceIPAddress: '10.0.0.1',
  resources: [{ ARN: 'arn:aws:vpc-lattice:us-east-1:111122223333:service/svc-1' }, { resourceName: 'vpc-1' }],
};

test('formatAuditRecord() says when, what, who, from where, on what, and why not', () => {
  assert.equal(formatAuditRecord(record), '2026-01-02T03:04:05Z  DeleteService  user/ops/ann  10.0.0.1  svc-1  vpc-1');
  const refused = { ...record, resources: undefined, errorCode: 'ConflictException', errorMessage: 'it is in use' };
  assert.match(formatAuditRecord(refused), /10\.0\.0\.1 {2}ConflictException: it is in use$/);
  assert.match(formatAuditRecord({ ...record, userIdentity: { type: 'Unknown' } }), / {2}nobody known {2}/);
});

test('formatAuditRecord() bears what is no record, and lets nothing steer the terminal', () => {
  assert.equal(formatAuditRecord({ eventName: 7, resources: [null, 7, {}], userIdentity: null }), 'nobody known');
  const hostile = { ...record, errorCode: 'X', errorMessage: '\u001b[2J\r\ngone\u202e\u009b31m' };
  assert.match(formatAuditRecord(hostile), /X: \ufffd\[2J\ufffd\ufffdgone\ufffd\ufffd31m$/);
});

test('parseMoment() reads times and ages', () => {
  const now = Date.UTC(2026, 0, 2);
  const day = 86_400_000;
  for (const [text, expected] of [
    ['90s', now - 90_000],
    ['15m', now - 900_000],
    ['2h', now - 7_200_000],
    ['3d', now - 3 * day],
    ['2026-01-01', now - day],
    ['2026-01-01T00:00:00Z', now - day],
    ['2026-01-01T02:00:00+02:00', now - day],
    ['', undefined],
    ['yesterday', undefined],
    ['7', undefined],
    ['-3d', undefined],
    ['3w', undefined],
    ['2026-13-01', undefined],
    ['9999999d', undefined],
  ] as const)
    assert.equal(parseMoment(text, now), expected, text);
});
