// Compiling from changes gives what compiling everything gives, and leaves what did not change as it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeededRandom } from '../base/random.ts';
import { applyChanges, emptyState, Refusal, type Context, type Decision, type State } from '../domain/index.ts';
import {
  createServiceAssociation,
  createVpcAssociation,
  deleteServiceAssociation,
  deleteVpcAssociation,
} from '../domain/association/index.ts';
import { createVpc } from '../domain/ec2/index.ts';
import { createListener, deleteListener } from '../domain/listener/index.ts';
import { createServiceNetwork, updateServiceNetwork } from '../domain/network/index.ts';
import { deleteAuthPolicy, putAuthPolicy } from '../domain/policy/index.ts';
import { createRule, deleteRule, updateRule } from '../domain/rule/index.ts';
import { createService, updateService } from '../domain/service/index.ts';
import { createTargetGroup, deregisterTargets, registerTargets } from '../domain/target/index.ts';
import { advanceStatuses } from '../domain/upkeep/index.ts';
import { tableNames, type Snapshot } from '../snapshot/index.ts';
import { compile, nothingCompiled, type Compiled } from './compile.ts';
import type { KeySource } from './identity.ts';

const source: KeySource = {
  day: '20261122',
  regions: ['us-east-1'],
  secretOf: ({ sealedSecret }) => sealedSecret,
  sessionKeys: () => [],
};

/** A state that is driven by decisions, compiled after each. */
class Run {
  state: State = emptyState;
  compiled: Compiled = nothingCompiled;
  readonly #random = createSeededRandom(3);

  do<I, R>(decision: Decision<I, R>, input: I): R | undefined {
    const context: Context = {
      account: '123456789012',
      region: 'us-east-1',
      principalArn: 'arn',
      operation: 'test',
      now: this.state.revision,
      random: this.#random,
      quotas: 'none',
    };
    try {
      const { changes, result } = decision(this.state, input, context);
      const state = applyChanges(this.state, changes, this.state.revision + 1);
      this.compiled = compile(this.compiled, state, changes, source);
      this.state = state;
      return result;
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }
}

const withoutRevisions = (snapshot: Snapshot) =>
  tableNames.map((table) => new Map([...snapshot[table]].map(([id, record]) => [id, { ...record, revision: 0 }])));

test('compile() from changes equals compile() of everything, over random sequences of decisions', () => {
  const random = createSeededRandom(11);
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random.fraction() * items.length)];
  const run = new Run();
  const ids = (
    kind:
      | 'service'
      | 'listener'
      | 'rule'
      | 'targetGroup'
      | 'serviceNetwork'
      | 'vpc'
      | 'serviceAssociation'
      | 'vpcAssociation',
  ) => [...run.state.tables[kind].values()].map((record) => record.id);
  let names = 0;
  const name = (): string => `name-${++names}`;
  const steps: readonly (() => unknown)[] = [
    () => run.do(createServiceNetwork, { name: name() }),
    () => run.do(createService, { name: name() }),
    () => {
      const owner = pick([...ids('service'), ...ids('serviceNetwork')]);
      if (owner === undefined) return undefined;
      const document = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*', Sid: `s${++names}` };
      return random.fraction() < 0.3
        ? run.do(deleteAuthPolicy, { resourceIdentifier: owner })
        : run.do(putAuthPolicy, {
            resourceIdentifier: owner,
            policy: JSON.stringify({ Version: '2012-10-17', Statement: document }),
          });
    },
    () =>
      run.do(updateService, {
        serviceIdentifier: pick(ids('service')) ?? '',
        authType: random.fraction() < 0.5 ? 'AWS_IAM' : 'NONE',
      }),
    () =>
      run.do(updateServiceNetwork, {
        serviceNetworkIdentifier: pick(ids('serviceNetwork')) ?? '',
        authType: random.fraction() < 0.5 ? 'AWS_IAM' : 'NONE',
      }),
    () => run.do(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } }),
    () =>
      run.do(createTargetGroup, {
        name: name(),
        type: 'IP',
        config: { port: 80, protocol: 'HTTP', vpcIdentifier: pick(ids('vpc')) ?? '' },
      }),
    () =>
      run.do(registerTargets, {
        targetGroupIdentifier: pick(ids('targetGroup')) ?? '',
        targets: [{ id: `10.0.0.${10 + Math.floor(random.fraction() * 9)}`, port: 80 }],
      }),
    () =>
      run.do(deregisterTargets, {
        targetGroupIdentifier: pick(ids('targetGroup')) ?? '',
        targets: [{ id: `10.0.0.${10 + Math.floor(random.fraction() * 9)}`, port: 80 }],
      }),
    () =>
      run.do(createListener, {
        serviceIdentifier: pick(ids('service')) ?? '',
        name: name(),
        protocol: 'HTTP',
        port: 1 + Math.floor(random.fraction() * 99),
        defaultAction: { kind: 'fixedResponse', statusCode: 404 },
      }),
    () => {
      const listener = pick([...run.state.tables.listener.values()]);
      const group = pick(ids('targetGroup'));
      if (listener === undefined || group === undefined) return undefined;
      const where = { serviceIdentifier: listener.serviceId, listenerIdentifier: listener.id };
      return run.do(createRule, {
        ...where,
        name: name(),
        priority: ++names,
        match: { method: 'GET' },
        action: { kind: 'forward', targetGroups: [{ targetGroupIdentifier: group, weight: 1 }] },
      });
    },
    () => {
      const rule = pick([...run.state.tables.rule.values()]);
      if (rule === undefined) return undefined;
      const where = { serviceIdentifier: rule.serviceId, listenerIdentifier: rule.listenerId, ruleIdentifier: rule.id };
      return random.fraction() < 0.5
        ? run.do(deleteRule, where)
        : run.do(updateRule, { ...where, action: { kind: 'fixedResponse', statusCode: 500 } });
    },
    () => {
      const listener = pick([...run.state.tables.listener.values()]);
      return listener === undefined || random.fraction() < 0.8
        ? undefined
        : run.do(deleteListener, { serviceIdentifier: listener.serviceId, listenerIdentifier: listener.id });
    },
    () =>
      run.do(createServiceAssociation, {
        serviceIdentifier: pick(ids('service')) ?? '',
        serviceNetworkIdentifier: pick(ids('serviceNetwork')) ?? '',
      }),
    () =>
      run.do(createVpcAssociation, {
        vpcIdentifier: pick(ids('vpc')) ?? '',
        serviceNetworkIdentifier: pick(ids('serviceNetwork')) ?? '',
        securityGroupIds: [],
      }),
    () => run.do(advanceStatuses, { obeyedRevision: run.state.revision }),
    () =>
      random.fraction() < 0.3 &&
      run.do(deleteServiceAssociation, { serviceAssociationIdentifier: pick(ids('serviceAssociation')) ?? '' }),
    () =>
      random.fraction() < 0.3 &&
      run.do(deleteVpcAssociation, { vpcAssociationIdentifier: pick(ids('vpcAssociation')) ?? '' }),
  ];
  const seen = new Set<string>();
  for (let i = 0; i < 600; i++) {
    const before = run.compiled.snapshot;
    pick(steps)?.();
    for (const table of tableNames) {
      if (run.compiled.snapshot[table].size > 0) seen.add(table);
      for (const [id, record] of run.compiled.snapshot[table]) {
        const old = before[table].get(id);
        if (old !== undefined && old !== record) assert.equal(record.revision, run.state.revision);
      }
    }
    if (i % 10 === 0)
      assert.deepEqual(
        withoutRevisions(run.compiled.snapshot),
        withoutRevisions(compile(nothingCompiled, run.state, undefined, source).snapshot),
      );
  }
  assert.deepEqual([...seen].sort(), ['doors', 'networks', 'services', 'targetGroups', 'vpcs']);
});
