// Domain verifications: how they begin and end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScenario, scenarioCaller } from '../scenario.ts';
import { defaultSweep, sweep } from '../upkeep/index.ts';
import {
  deleteDomainVerification,
  getDomainVerification,
  listDueVerifications,
  settleVerifications,
  startDomainVerification,
} from './index.ts';

test('startDomainVerification() says what to publish, and one for each domain is enough', () => {
  const scenario = createScenario();
  const made = scenario.run(startDomainVerification, { domainName: 'Shop.example.com' });
  assert.equal(made.status, 'PENDING');
  assert.match(made.txtName, /^_[0-9a-f]{32}\.shop\.example\.com$/);
  assert.match(made.txtValue, /^vpc-lattice:[0-9a-f]{32}$/);
  const again = scenario.refused(startDomainVerification, { domainName: 'shop.example.COM.' });
  assert.equal(again.kind === 'Conflict' && again.resourceId, made.id);
  scenario.run(startDomainVerification, { domainName: 'example.com' });
  assert.equal(scenario.refused(startDomainVerification, { domainName: '*.example.com' }).kind, 'Validation');
});

test('sweep() lets a verification time out after 72 hours, and the domain can then be tried again', () => {
  const scenario = createScenario();
  const { id } = scenario.run(startDomainVerification, { domainName: 'example.com' });
  const status = (): string => getDomainVerification(scenario.state, scenarioCaller, id).status;
  scenario.now += defaultSweep.verificationTime - 1;
  assert.equal(scenario.run(sweep, defaultSweep), 0);
  assert.equal(status(), 'PENDING');
  scenario.now += 1;
  assert.equal(scenario.run(sweep, defaultSweep), 1);
  assert.equal(status(), 'VERIFICATION_TIMED_OUT');
  assert.equal(scenario.run(sweep, defaultSweep), 0);
  scenario.run(startDomainVerification, { domainName: 'example.com' });
  scenario.run(deleteDomainVerification, { domainVerificationIdentifier: id });
  assert.throws(status, /was not found/);
});

test('settleVerifications() verifies what is seen, and takes that back when it is missed later', () => {
  const scenario = createScenario();
  const verification = scenario.run(startDomainVerification, { domainName: 'example.com' });
  const get = () => getDomainVerification(scenario.state, scenarioCaller, verification.id);
  const due = (): number => listDueVerifications(scenario.state, scenario.now, 1000).length;
  assert.equal(scenario.run(settleVerifications, { found: [{ verification, seen: false }] }), 0);
  assert.deepEqual([get().status, due()], ['PENDING', 1]);
  scenario.run(settleVerifications, { found: [{ verification, seen: true }] });
  assert.deepEqual([get().status, get().lastVerifiedAt, due()], ['VERIFIED', scenario.now, 0]);
  scenario.now += defaultSweep.verificationTime;
  assert.equal(scenario.run(sweep, defaultSweep), 0);
  assert.equal(due(), 1);
  scenario.run(settleVerifications, { found: [{ verification, seen: true }] });
  assert.deepEqual([get().lastVerifiedAt, due()], [scenario.now, 0]);
  scenario.run(settleVerifications, { found: [{ verification, seen: false }] });
  assert.deepEqual([get().status, due()], ['VERIFICATION_TIMED_OUT', 0]);
  // One of the same domain that was begun since is another.
  scenario.run(startDomainVerification, { domainName: 'example.com' });
  assert.equal(scenario.run(settleVerifications, { found: [{ verification, seen: true }] }), 0);
});
