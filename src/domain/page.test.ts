// Pages: put together they are the list, whatever is written between them; tokens belong to one list.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { paginate, type PageRequest, type RecordList } from './page.ts';
import type { BaseRecord } from './records/base.ts';
import { createScenario, scenarioCaller, type Scenario } from './scenario.ts';
import { createService, deleteService, listServices } from './service/index.ts';
import { createServiceNetwork, listServiceNetworks } from './network/index.ts';
import { createVpc } from './ec2/index.ts';
import { createTargetGroup, listTargetGroups, listTargets, registerTargets } from './target/index.ts';
import { applyChanges, emptyState, put } from './state.ts';

/** All pages of what `list` gives at the time of each; `between` runs after each page. */
function pages<T extends BaseRecord>(list: () => RecordList<T>, maxResults: number, between = (): void => {}): T[] {
  const seen: T[] = [];
  let request: PageRequest = { maxResults };
  for (;;) {
    const { items, nextToken } = paginate(list(), request);
    assert.ok(items.length <= maxResults);
    seen.push(...items);
    if (nextToken === undefined) return seen;
    assert.equal(items.length, maxResults);
    request = { maxResults, nextToken };
    between();
  }
}

test('paginate() gives pages that together are the list, while others write between them', () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 40 })), { minLength: 0, maxLength: 6 });
  fc.assert(
    fc.property(fc.nat({ max: 30 }), fc.integer({ min: 1, max: 7 }), fc.array(steps), (count, size, writes) => {
      const scenario = createScenario();
      let made = 0;
      const create = (wait: number): void => {
        scenario.now += wait;
        scenario.run(createService, { name: `service-${made++}` });
      };
      for (let n = 0; n < count; n++) create(n % 3);
      const list = () => listServices(scenario.state, scenarioCaller);
      const first = [...list().read()].map(({ name }) => name);
      const gone = new Set<string>();
      let round = 0;
      const seen = pages(list, size, () => {
        // Creations come at the end only when their time is later: as in a server, the clock does not go back.
        scenario.now += 1;
        for (const [kind, n] of writes[round++] ?? []) {
          if (kind < 2) create(kind);
          const all = [...list().read()];
          const victim = kind < 2 ? undefined : all[n % Math.max(1, all.length)];
          if (victim === undefined) continue;
          remove(scenario, victim.id);
          gone.add(victim.name);
        }
      }).map(({ name }) => name);
      assert.equal(new Set(seen).size, seen.length, 'one was shown twice');
      for (const name of first) assert.ok(seen.includes(name) || gone.has(name), `${name} was left out`);
      const left = [...list().read()].map(({ name }) => name);
      for (const name of left) assert.ok(seen.includes(name), `${name}, which is there, was left out`);
      assert.deepEqual(
        seen.filter((name) => left.includes(name)),
        left,
      );
    }),
    { numRuns: 60 },
  );
});

function remove(scenario: Scenario, serviceIdentifier: string): void {
  scenario.run(deleteService, { serviceIdentifier });
}

test('paginate() refuses tokens that it did not give for the list', () => {
  const scenario = createScenario();
  for (const name of ['a', 'b', 'c', 'd']) {
    scenario.run(createService, { name: `service-${name}` });
    scenario.run(createServiceNetwork, { name: `network-${name}` });
  }
  const services = listServices(scenario.state, scenarioCaller);
  const { nextToken = '' } = paginate(services, { maxResults: 2 });
  const refused = (list: RecordList<BaseRecord>, token: string): void =>
    assert.throws(() => paginate(list, { nextToken: token }), /nextToken/);
  assert.equal(paginate(services, { nextToken }).items.length, 2);
  refused(listServiceNetworks(scenario.state, scenarioCaller), nextToken);
  refused(listServices(scenario.state, { ...scenarioCaller, account: '111111111111' }), nextToken);
  for (const token of ['not one', '', `${nextToken}A`, nextToken.slice(1), 'A'.repeat(2048)]) refused(services, token);
  const text = Buffer.from(nextToken, 'base64url').toString();
  refused(services, Buffer.from(text.replace(/ 1000000 /, ' 2000000 ')).toString('base64url'));
});

test('listTargetGroups() and listTargets() filter, and their tokens mind the filter', () => {
  const scenario = createScenario();
  const vpcs = ['10.1.0.0/16', '10.2.0.0/16'].map((cidrBlock) =>
    scenario.run(createVpc, { cidrBlock, attachment: { kind: 'loopback' } }),
  );
  for (const [n, { id: vpcIdentifier }] of vpcs.entries())
    for (const type of ['IP', 'INSTANCE', 'IP'] as const) {
      scenario.now += 1;
      const name = `group-${n}-${scenario.now}`;
      scenario.run(createTargetGroup, { name, type, config: { protocol: 'HTTP', vpcIdentifier } });
    }
  scenario.run(createTargetGroup, { name: 'function', type: 'LAMBDA' });
  const groups = (filter: Parameters<typeof listTargetGroups>[2]) =>
    listTargetGroups(scenario.state, scenarioCaller, filter);
  const vpcIdentifier = vpcs[0]?.id ?? '';
  const count = (filter: Parameters<typeof listTargetGroups>[2]): number => pages(() => groups(filter), 1).length;
  assert.deepEqual(
    [{}, { vpcIdentifier }, { type: 'IP' }, { vpcIdentifier, type: 'IP' }, { type: 'LAMBDA' }].map((filter) =>
      count(filter as Parameters<typeof listTargetGroups>[2]),
    ),
    [7, 3, 4, 2, 1],
  );
  assert.equal(count({ vpcIdentifier, type: 'ALB' }), 0);
  const { nextToken = '' } = paginate(groups({ vpcIdentifier }), { maxResults: 1 });
  assert.throws(() => paginate(groups({ vpcIdentifier, type: 'IP' }), { nextToken }), /nextToken/);
  assert.throws(() => paginate(groups({}), { nextToken }), /nextToken/);

  const [group] = groups({ vpcIdentifier, type: 'IP' }).read();
  assert.ok(group);
  const targets = [{ id: '127.0.0.1' }, { id: '127.0.0.1', port: 81 }, { id: '127.0.0.2' }];
  scenario.run(registerTargets, { targetGroupIdentifier: group.id, targets });
  const ports = (filter?: Parameters<typeof listTargets>[2]) =>
    pages(() => listTargets(scenario.state, group, filter), 2).map(({ targetId, port }) => `${targetId}:${port}`);
  assert.deepEqual(ports([{ id: '127.0.0.1' }]), ['127.0.0.1:80', '127.0.0.1:81']);
  assert.deepEqual(ports([{ id: '127.0.0.1', port: 81 }, { id: '127.0.0.9' }]), ['127.0.0.1:81']);
  assert.equal(ports().length, 3);
});

test('paginate() reads no more of a long list than its page', () => {
  const scenario = createScenario();
  const service = scenario.run(createService, { name: 'one' });
  const changes = Array.from({ length: 5000 }, (_, n) => put('service', { ...service, id: `svc-${n}`, createdAt: n }));
  const state = applyChanges(emptyState, changes, 1);
  let read = 0;
  const list = listServices(state, scenarioCaller);
  const counting: typeof list = {
    scope: list.scope,
    *read(after) {
      for (const one of list.read(after)) {
        read++;
        yield one;
      }
    },
  };
  const { nextToken = '' } = paginate(counting, { maxResults: 100 });
  assert.equal(read, 101);
  assert.equal(paginate(counting, { maxResults: 100, nextToken }).items[0]?.createdAt, 100);
  assert.equal(read, 202);
});
