// Which calls reach the store's events.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditedCall } from '../../base/audited-call.ts';
import { createManualClock } from '../../base/clock.ts';
import { createLog } from '../../base/log.ts';
import type { AuditEvent } from '../../store/index.ts';
import { createAuditTrail } from './audit-trail.ts';

const call: AuditedCall = {
  principalArn: 'arn:aws:iam::111122223333:user/ann',
  accessKeyId: 'AKID',
  account: '111122223333',
  region: 'us-east-1',
  service: 'vpc-lattice',
  operation: 'DeleteService',
  requestId: 'r',
  eventId: 'e',
  sourceIp: '::1',
  userAgent: '',
  time: 5,
  parameters: { serviceIdentifier: 'svc-0123456789abcdef0' },
  end: { kind: 'refused', code: 'ConflictException', message: 'no' },
};

test('createAuditTrail() records a call with what it can be looked up by', () => {
  const events: AuditEvent[] = [];
  const store = { record: (event: AuditEvent) => void events.push(event) };
  createAuditTrail({ store, clock: createManualClock(), log: createLog(() => {}, Date.now) })(call);
  const [{ text, ...rest } = { text: '' }] = events;
  assert.deepEqual(rest, {
    id: 'e',
    time: 5,
    account: '111122223333',
    region: 'us-east-1',
    name: 'DeleteService',
    source: 'vpc-lattice.amazonaws.com',
    isRead: false,
    user: 'ann',
    accessKeyId: 'AKID',
    resources: [{ type: 'AWS::VpcLattice::Service', name: 'svc-0123456789abcdef0' }],
  });
  assert.match(text, /"errorCode":"ConflictException"/);
});

test('createAuditTrail() keeps ten calls of strangers in a second, says how many it left out, and keeps all others', () => {
  const events: AuditEvent[] = [];
  const lines: string[] = [];
  const clock = createManualClock();
  const store = { record: (event: AuditEvent) => void events.push(event) };
  const record = createAuditTrail({ store, clock, log: createLog((line) => void lines.push(line), Date.now) });
  const stranger = { ...call, principalArn: undefined };
  for (let n = 0; n < 25; n++) record(stranger);
  for (let n = 0; n < 25; n++) record(call);
  assert.deepEqual([events.length, lines.length], [35, 0]);
  clock.advance(1000);
  record(stranger);
  assert.equal(events.length, 36);
  assert.match(lines[0] ?? '', /"leftOut":15/);
});
