// Domain verifications: how they begin and end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScenario, scenarioCaller } from '../scenario.ts';
import { defaultSweep, sweep } from '../upkeep/index.ts';
import { deleteDomainVerification, getDomainVerification, startDomainVerification } from './index.ts';

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
