// Whatever a request says that its model has types for, the judges of the operations answer: they also see inputs that the model refuses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import fc from 'fast-check';
import { checkProperty } from '../../../test/domain/check-property.ts';
import { membersOf, readServiceSchema, type Schema } from '../../aws/schema.ts';
import { systemRandom } from '../../base/random.ts';
import { createVpcAssociation } from '../../domain/association/index.ts';
import { createVpc } from '../../domain/ec2/index.ts';
import { createListener } from '../../domain/listener/index.ts';
import type { BaseRecord } from '../../domain/records/index.ts';
import { createScenario, scenarioCaller } from '../../domain/scenario.ts';
import { createService } from '../../domain/service/index.ts';
import { recordKinds } from '../../domain/state.ts';
import { createTargetGroup } from '../../domain/target/index.ts';
import { createServiceNetwork } from '../../domain/network/index.ts';
import { bindJudges } from '../operation.ts';
import type { LatticeDeps } from './deps.ts';
import { latticeOperations } from './operations.ts';

const scenario = createScenario();
const vpcIdentifier = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } }).id;
const serviceNetworkIdentifier = scenario.run(createServiceNetwork, { name: 'main' }).id;
scenario.run(createVpcAssociation, { vpcIdentifier, serviceNetworkIdentifier });
const service = scenario.run(createService, { name: 'shop', customDomainName: 'shop.example' });
for (const type of ['IP', 'INSTANCE', 'ALB'] as const)
  scenario.run(createTargetGroup, {
    name: type.toLowerCase(),
    type,
    config: { protocol: 'TCP', port: 1, vpcIdentifier },
  });
scenario.run(createTargetGroup, { name: 'function', type: 'LAMBDA' });
for (const protocol of ['HTTP', 'HTTPS'] as const)
  scenario.run(createListener, {
    serviceIdentifier: service.id,
    name: protocol.toLowerCase(),
    protocol,
    defaultAction: { kind: 'fixedResponse', statusCode: 404 },
  });

const known: string[] = ['arn:aws:vpc-lattice:us-east-1:999999999999:service/svc-00000000000000000', ''];
for (const kind of recordKinds)
  scenario.state.tables[kind].forEach((record: BaseRecord & { readonly arn?: string }) =>
    known.push(record.id, record.arn ?? ''),
  );

/** What the enumerations have, and values that make a difference elsewhere. */
const words = [
  ...['HTTP', 'HTTPS', 'TCP', 'TLS_PASSTHROUGH', 'HTTP1', 'GRPC', 'IP', 'INSTANCE', 'ALB', 'LAMBDA', 'IPV4', 'IPV6'],
  ...['SINGLE', 'GROUP', 'CHILD', 'ARN', 'CIDR', 'DUALSTACK', 'IN_VPC', 'SPECIFIED_DOMAINS_ONLY', '__proto__'],
  ...['toString', '/', '10.0.0.1', '10.0.0.0/8', '::/0', '443', '1-2', 'a.example', '*.', '{', 'aws:x', 'arn:a:b:::c'],
];

/** What `decodeJson` could make of a request for `schema`. */
function drafts(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.isStructSchema())
    return fc.record(Object.fromEntries(membersOf(schema).map(([name, member]) => [name, drafts(member)])), {
      requiredKeys: [],
    });
  if (schema.isListSchema()) return fc.array(drafts(schema.getValueSchema()), { maxLength: 3 });
  if (schema.isMapSchema()) return fc.dictionary(fc.constantFrom(...words), drafts(schema.getValueSchema()));
  if (schema.isBooleanSchema()) return fc.boolean();
  if (schema.isNumericSchema()) return fc.constantFrom(-1, 0, 1, 42, 80, 404, 2 ** 40);
  return fc.oneof(fc.constantFrom(...known), fc.constantFrom(...words), fc.string());
}

test('every judge answers with members of the input, whatever the input lacks or has too much of', async () => {
  const deps: LatticeDeps = {
    store: {
      state: { value: scenario.state, subscribe: () => () => {} },
      commit: () => Promise.reject(new Error('a judge changes nothing')),
    },
    random: systemRandom,
    quotas: 'none',
    findHealth: () => undefined,
  };
  const { operations } = readServiceSchema({ ...sdk });
  const judges = bindJudges(latticeOperations, deps);
  assert.ok(judges.size > 25, `only ${judges.size} judges`);
  const call = {
    ...scenarioCaller,
    principalArn: '',
    accessKeyId: '',
    requestId: '',
    userAgent: '',
    sourceIp: '',
    now: 0,
  };
  const met = new Set<string>();
  for (const [name, judge] of judges) {
    const operation = operations.get(name);
    assert.ok(operation !== undefined, name);
    const members = new Set(membersOf(operation.input).map(([member]) => member));
    const property = fc.property(drafts(operation.input), (input) => {
      for (const field of judge(input, call)) {
        assert.ok(members.has(/^\w+/.exec(field.name)?.[0] ?? ''), `${name}: ${field.name}`);
        met.add(`${name} ${field.name.replaceAll(/\d+/g, '0')}`);
      }
    });
    await checkProperty('src/api/lattice/judges.test.ts', 60, property);
  }
  assert.ok(met.size > 50, `only ${met.size} kinds of wrong members were met`);
});
