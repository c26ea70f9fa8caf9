// The end of a service: what it takes along, and that it is shown until the data plane obeys.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAccessLogSubscription } from '../access-log/index.ts';
import { createServiceAssociation } from '../association/index.ts';
import { createListener } from '../listener/index.ts';
import { createServiceNetwork } from '../network/index.ts';
import { createScenario, scenarioCaller } from '../scenario.ts';
import { advanceStatuses } from '../upkeep/index.ts';
import { createService, deleteService, getService, listServices, updateService } from './index.ts';

test('deleteService() shows the service until the data plane obeys, and refuses all else meanwhile', () => {
  const scenario = createScenario();
  const serviceNetworkIdentifier = scenario.run(createServiceNetwork, { name: 'main' }).id;
  const { id: serviceIdentifier } = scenario.run(createService, { name: 'shop' });
  const call = { serviceIdentifier };
  const defaultAction = { kind: 'fixedResponse', statusCode: 404 } as const;
  const listener = { ...call, name: 'http', protocol: 'HTTP', defaultAction } as const;
  scenario.run(createListener, listener);
  const destinationArn = 'arn:aws:s3:::logs';
  const subscription = { resourceIdentifier: serviceIdentifier, destinationArn };
  scenario.run(createAccessLogSubscription, subscription);

  assert.equal(scenario.run(deleteService, call).status, 'DELETE_IN_PROGRESS');
  const { revision, tables } = scenario.state;
  assert.deepEqual([tables.listener.size, tables.rule.size, tables.accessLogSubscription.size], [0, 0, 0]);
  assert.equal(getService(scenario.state, scenarioCaller, serviceIdentifier).status, 'DELETE_IN_PROGRESS');
  assert.equal([...listServices(scenario.state, scenarioCaller).read()].length, 1);
  assert.equal(scenario.run(deleteService, call).status, 'DELETE_IN_PROGRESS');
  assert.equal(scenario.state.revision, revision, 'deleting again changes nothing');
  for (const refusal of [
    scenario.refused(updateService, { ...call, idleTimeoutSeconds: 90 }),
    scenario.refused(createListener, listener),
    scenario.refused(createServiceAssociation, { ...call, serviceNetworkIdentifier }),
    scenario.refused(createAccessLogSubscription, subscription),
  ]) {
    assert.equal(refusal.kind, 'Conflict');
    assert.match(refusal.message, /DELETE_IN_PROGRESS/);
  }
  assert.match(scenario.refused(createService, { name: 'shop' }).message, /already exists/);

  assert.equal(scenario.run(advanceStatuses, { obeyedRevision: revision - 1 }), 0);
  assert.equal(scenario.run(advanceStatuses, { obeyedRevision: revision }), 1);
  assert.equal(scenario.refused(deleteService, call).kind, 'ResourceNotFound');
  scenario.run(createService, { name: 'shop' });
});
