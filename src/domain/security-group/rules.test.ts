// Rules of security groups: what a call with very many of them costs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVpc } from '../ec2/index.ts';
import { createScenario } from '../scenario.ts';
import { authorizeRules, createSecurityGroup, modifyRules, revokeRules, type NewRule } from './index.ts';

/** A group, and rules about it by their port, which count how often somebody looks at whom they are about. */
function stage() {
  const scenario = createScenario();
  const vpcId = scenario.run(createVpc, { cidrBlock: '10.0.0.0/16', attachment: { kind: 'netns' } }).id;
  const { id: groupId } = scenario.run(createSecurityGroup, { name: 'web', description: 'web', vpcId });
  let looks = 0;
  const rule = (port: number): NewRule => ({
    protocol: 'tcp',
    fromPort: port,
    toPort: port,
    peer: {
      get kind() {
        looks++;
        return 'group' as const;
      },
      groupId,
    },
  });
  const looksDuring = (act: () => void): number => {
    looks = 0;
    act();
    return looks;
  };
  const rules = (count: number, from = 1) => Array.from({ length: count }, (_, i) => rule(from + i));
  return { scenario, groupId, rule, rules, looksDuring };
}

test('authorizeRules(), revokeRules() and modifyRules() look at each rule some times, however many there are', () => {
  const { scenario, groupId, rules, looksDuring } = stage();
  const input = { groupId, isEgress: false };
  const refused = looksDuring(() => {
    const refusal = scenario.refused(authorizeRules, { ...input, rules: rules(5000) });
    assert.ok(refusal.kind === 'Ec2' && refusal.code === 'RulesPerSecurityGroupLimitExceeded');
  });
  assert.ok(refused < 20 * 5000, `${refused} looks at 5,000 rules that are too many`);
  const made = scenario.run(authorizeRules, { ...input, rules: rules(500) });
  const modified = made.map(({ id }, i) => ({ id, rule: rules(1, 1000 + i)[0] ?? assert.fail() }));
  const changed = looksDuring(() => void scenario.run(modifyRules, { groupId, rules: modified }));
  const gone = looksDuring(() => void scenario.run(revokeRules, { ...input, rules: rules(500, 1000) }));
  assert.ok(changed < 20 * 500 && gone < 20 * 500, `${changed} and ${gone} looks at 500 rules`);
});

test('modifyRules() lets two rules change places, and refuses what another one says already', () => {
  const { scenario, groupId, rule, rules } = stage();
  const [one, two] = scenario.run(authorizeRules, { groupId, isEgress: false, rules: rules(2) });
  assert.ok(one !== undefined && two !== undefined);
  const swapped = [
    { id: one.id, rule: rule(2) },
    { id: two.id, rule: rule(1) },
  ];
  scenario.run(modifyRules, { groupId, rules: swapped });
  const refusal = scenario.refused(modifyRules, { groupId, rules: [{ id: one.id, rule: rule(1) }] });
  assert.ok(refusal.kind === 'Ec2' && refusal.code === 'InvalidPermission.Duplicate');
});

test('authorizeRules() takes no name for a protocol that only every object has', () => {
  const { scenario, groupId } = stage();
  for (const protocol of ['constructor', '__proto__', 'toString', '', 'tcp ', '256', '-2', '006']) {
    const rules = [{ protocol, fromPort: 1, toPort: 2, peer: { kind: 'cidr', cidr: '0.0.0.0/0' } }] as const;
    const refusal = scenario.refused(authorizeRules, { groupId, isEgress: false, rules });
    assert.ok(refusal.kind === 'Ec2' && refusal.code === 'InvalidParameterValue', protocol);
  }
});
