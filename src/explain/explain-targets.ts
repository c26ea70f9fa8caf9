// Where a forward action leads: its target groups, their targets with health, and which of them take requests.

import {
  dialPlace,
  pickTarget,
  whyNoTarget,
  type CompiledRule,
  type Health,
  type World,
} from '../proxy/request/index.ts';
import type { TargetGroupRecord, TargetRecord, VpcRecord } from '../snapshot/index.ts';
import type { ExplainedGroup, GroupsSaid } from './explanation.ts';

/** What checks say of a target; undefined when nothing was heard yet. */
export type FindHealth = (groupId: string, target: Pick<TargetRecord, 'id' | 'port'>) => string | undefined;

/** What the security groups at a target say of what comes from managed addresses: requests, and health checks; undefined when they have no effect. */
export type FindAdmission = (vpc: VpcRecord, address: string, port: number) => GroupsSaid | undefined;

/** What is asked of targets. */
export interface TargetDeps {
  readonly findHealth: FindHealth;
  readonly findAdmission: FindAdmission;
}

/** The groups of a rule's forward action that get requests; none of a fixed response. */
export function explainTargets({ action }: CompiledRule, world: World, deps: TargetDeps): readonly ExplainedGroup[] {
  if (action.kind === 'fixed') return [];
  const sum = action.targetGroups.reduce((total, { weight }) => total + weight, 0);
  return action.targetGroups
    .filter(({ weight }) => weight > 0)
    .map(({ id, weight }) => {
      const share = Math.round((weight / sum) * 1000) / 10;
      const record = world.targetGroups.get(id);
      const failed = (of: Pick<TargetGroupRecord, 'targets'>) => ({ failure: { status: 503, text: whyNoTarget(of) } });
      if (record === undefined) return { id, weight, share, targets: [], ...failed({ targets: [] }) };
      const targets = explainGroup(record, world, deps);
      const facts = { id, name: record.name, type: record.type, weight, share, targets };
      return targets.some(({ takesRequests }) => takesRequests) ? facts : { ...facts, ...failed(record) };
    });
}

function explainGroup(
  group: TargetGroupRecord,
  world: World,
  { findHealth, findAdmission }: TargetDeps,
): ExplainedGroup['targets'] {
  // The first function answers, whatever else is registered; the hot path has no targets of such a group.
  const called = group.type === 'LAMBDA' ? group.targets.find(({ draining }) => !draining) : undefined;
  const vpc = group.vpcId === undefined ? undefined : world.vpcs.get(group.vpcId)?.record;
  const candidates = group.targets
    .filter(
      ({ address, dnsName }) =>
        dnsName !== undefined || (address !== undefined && dialPlace(address, vpc) !== undefined),
    )
    .map((record) => ({ record, health: healthOf(group, record, findHealth) }));
  const round = { targets: candidates, cursor: 0 };
  const turns = new Set([called, ...candidates.map(() => pickTarget(round)?.record)]);
  return group.targets.map((record) => {
    const health = record.draining
      ? 'draining'
      : group.type !== 'LAMBDA' && !candidates.some((one) => one.record === record)
        ? 'unused'
        : healthOf(group, record, findHealth);
    const { id, port, address } = record;
    const packets = vpc === undefined || address === undefined ? undefined : findAdmission(vpc, address, port);
    return { id, port, health, takesRequests: turns.has(record), ...(packets === undefined ? {} : { packets }) };
  });
}

function healthOf(group: TargetGroupRecord, record: TargetRecord, findHealth: FindHealth): Health {
  if (!group.healthCheck.enabled) return 'unavailable';
  const found = findHealth(group.id, record);
  return found === 'healthy' || found === 'unhealthy' ? found : 'initial';
}
