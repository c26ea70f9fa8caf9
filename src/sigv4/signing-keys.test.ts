// Derived keys that are kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSigningKeys, deriveSigningKey } from './index.ts';

const scope = { date: '20261122', region: 'us-east-1', service: 'vpc-lattice' };

test('a kept signing key is the one that would be derived, for every secret and scope', () => {
  const keys = createSigningKeys(3);
  for (const secret of ['one', 'two', 'one', 'three', 'four', 'one'])
    for (const service of ['vpc-lattice', 'ec2'])
      assert.deepEqual(
        keys.derive(secret, { ...scope, service }),
        deriveSigningKey(secret, { ...scope, service }),
        `${secret} ${service}`,
      );
  assert.equal(keys.derive('one', scope), keys.derive('one', scope), 'derived once');
});
