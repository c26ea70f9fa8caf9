// Follows a request through the functions of the hot path with a recorder, step by step.

import {
  decide,
  HeadReader,
  openRequest,
  type Decision,
  type DecisionRecorder,
  type ProxyLimits,
  type World,
} from '../proxy/request/index.ts';
import type { RuleMismatch } from '../routing/index.ts';
import type { Snapshot, VpcRecord } from '../snapshot/index.ts';
import { createPolicyNotes, type PolicyNotes } from './explain-policies.ts';
import { explainTargets, type FindHealth } from './explain-targets.ts';
import type {
  CallerStep,
  ExplainedRule,
  GroupsSaid,
  NameStep,
  PacketsStep,
  PoliciesStep,
  Step,
  Verdict,
} from './explanation.ts';
import type { ReadQuestion } from './question.ts';

/** A connection that a client would open. */
export interface Approach {
  readonly vpc: VpcRecord;
  readonly address: string;
  readonly port: number;
}

/** What is asked of the rest of a node. */
export interface ExplainDeps {
  readonly limits: Pick<ProxyLimits, 'maxRequestHead' | 'maxRequestLine' | 'maxRequestHeaders' | 'maxRequestBody'>;
  /** The newest snapshot that is published. */
  readonly snapshot: () => Snapshot;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What the VPC's DNS answers for a host name. */
  readonly findName: (
    name: string,
    vpcId: string,
    snapshot: Snapshot,
  ) => (
    | { readonly kind: 'addresses'; readonly v4: readonly string[]; readonly v6: readonly string[] }
    | { readonly kind: 'absent' | 'refused' | 'forwarded' }
  ) & { readonly zone?: { readonly id: string; readonly name: string } };
  /** The listener's port that a connection comes to, or why it is refused. */
  readonly findArrival: (
    approach: Approach,
    snapshot: Snapshot,
  ) => { readonly listenerPort: number } | { readonly refused: string };
  /** What security groups say of a connection from `client`, an IPv4 address of the VPC, through a door that has `doorGroups`. */
  readonly findPassage: (
    approach: Approach,
    client: string,
    doorGroups: readonly string[],
    snapshot: Snapshot,
  ) => { readonly egress: GroupsSaid; readonly ingress: GroupsSaid; readonly isVacant: boolean };
  /** The groups that stop some client of the VPC: on its way out, and at a door that has `doorGroups`. */
  readonly findBarriers: (
    approach: Approach,
    doorGroups: readonly string[],
  ) => { readonly egress: readonly string[]; readonly ingress: readonly string[] };
  readonly findHealth: FindHealth;
  readonly findAdmission: (vpc: VpcRecord, address: string, port: number, snapshot: Snapshot) => GroupsSaid | undefined;
}

/** A request on its way. */
export interface Walk {
  readonly read: ReadQuestion;
  readonly snapshot: Snapshot;
  readonly vpc: VpcRecord;
  readonly world: World;
  /** The address that the hot path sees; empty when none is known. */
  readonly client: string;
  /** The client's address in the VPC, whose security groups are asked. */
  readonly address?: string;
  /** Who asks, and who says so. Absent: a signature is verified. */
  readonly caller?: { readonly who: DecisionRecorder['caller']; readonly by: CallerStep['by'] };
  /** Whether what there was of this is not known: condition keys as policies see them, `header NAME` for rules. */
  readonly isUnknown?: (what: string) => boolean;
  readonly steps: Step[];
}

/** Adds the steps to the walk's and says what comes of the request. */
export function follow(walk: Walk, deps: ExplainDeps): Verdict {
  const verdict = followOn(walk, deps);
  const doubt = walk.steps.flatMap((step) => (step.kind === 'packets' && step.mayDrop) || []);
  return verdict.kind === 'unreachable' || doubt.length === 0 ? verdict : { ...verdict, unlessDroppedBy: doubt };
}

function followOn(walk: Walk, deps: ExplainDeps): Verdict {
  const { read, snapshot, vpc, world, client, caller, steps } = walk;
  const name = findName(walk, deps);
  steps.push(name);
  const [address] = name.addresses;
  if (address === undefined)
    return {
      kind: 'unreachable',
      reason: unreachableReason(name),
    };
  const approach = { vpc, address, port: read.port };
  const door = world.vpcs.get(vpc.id)?.doorsByAddress.get(address);
  const groups = (door && snapshot.doors.get(door.id)?.securityGroups) ?? [];
  const arrival = deps.findArrival(approach, snapshot);
  const refused = 'refused' in arrival ? arrival : {};
  const moved = 'listenerPort' in arrival && arrival.listenerPort !== read.port ? arrival : {};
  const way = door === undefined ? {} : { association: door.id, serviceNetwork: door.network.id };
  steps.push({ kind: 'door', address, port: read.port, ...way, ...moved, ...refused });
  if ('refused' in arrival) return { kind: 'unreachable', reason: `the connection is refused: ${arrival.refused}` };

  const packets = askPackets(walk, approach, groups, deps);
  steps.push(packets);
  const { enforced, egress, ingress } = packets;
  if (ingress?.passes === false || (enforced && egress?.passes === false))
    return {
      kind: 'unreachable',
      reason: enforced
        ? 'security groups drop the packets: the client waits until its own time limit'
        : 'security groups of the association do not let the client in: on loopback its connection is reset',
    };

  const request = readHead(read, deps.limits);
  if ('reason' in request) {
    const { status, reason } = request;
    steps.push({ kind: 'head', status, reason });
    return { kind: 'answer', status, text: reason };
  }
  const { head } = request;
  const notes = createPolicyNotes(walk.isUnknown);
  const rules: ExplainedRule[] = [];
  let service: Parameters<DecisionRecorder['service']>[0] | undefined;
  const decision = decide(
    world,
    { vpcId: vpc.id, localAddress: address, port: arrival.listenerPort },
    head,
    { address: client, secure: false, now: deps.now },
    {
      ...(caller?.who === undefined ? {} : { caller: caller.who }),
      service: (found) => (service = found),
      policy: notes.record,
      rule: (rule, failed) => rules.push(explainRule(rule.id, failed, walk.isUnknown)),
    },
  );
  const { listener } = decision;
  const record = service?.record;
  steps.push({
    kind: 'listener',
    host: head.host,
    port: arrival.listenerPort,
    ...(record === undefined ? {} : { service: { id: record.id, arn: record.arn, name: record.name } }),
    ...(listener === undefined ? {} : { listener: listener.record.id }),
  });
  if (listener === undefined || decision.door === undefined) return answerOf(decision);
  steps.push(callerStep(decision, caller?.by));
  // A signature that is refused is answered before any policy.
  if (decision.caller === undefined) return answerOf(decision);
  const layered = [
    ['network-based policy', decision.door.auth],
    ['service-based policy', service?.auth],
  ] as const;
  for (const [layer, auth] of layered) steps.push(policiesStep(layer, auth !== undefined, notes));
  // What nobody has says nothing to a recorder, and allows nothing. Of root nothing is asked.
  const { caller: who } = decision;
  const own =
    layered.some(([, auth]) => auth !== undefined) && who.kind === 'principal' && who.principal.kind !== 'root';
  for (const layer of new Set([...(own ? ['identity-based policy'] : []), ...notes.layers.keys()]))
    if (!layered.some(([known]) => known === layer)) steps.push(policiesStep(layer, true, notes));
  if (decision.kind === 'answer' && decision.denied !== undefined) return answerOf(decision);
  steps.push({ kind: 'rules', rules });
  if (decision.rule === undefined || decision.rule.action.kind === 'fixed') return answerOf(decision);
  const targetGroups = explainTargets(decision.rule, world, {
    findHealth: deps.findHealth,
    findAdmission: (of, at, port) => deps.findAdmission(of, at, port, snapshot),
  });
  steps.push({ kind: 'targets', targetGroups });
  if (decision.kind === 'answer') return answerOf(decision);
  const [only, ...others] = targetGroups;
  const rule = decision.rule.id;
  if (only?.failure !== undefined && others.length === 0) return { kind: 'answer', ...only.failure, rule };
  return { kind: 'forward', rule, targetGroups };
}

function unreachableReason({ name, answer, zone }: NameStep): string {
  if (answer === 'refused') return "the VPC's DNS answers nothing: its attribute enableDnsSupport is off";
  if (answer === 'forwarded')
    return `${name} is no name of a service: the VPC's DNS asks other resolvers, which explain does not`;
  return zone === undefined
    ? `the VPC's DNS knows no ${name}: no service of this name is in a service network of this VPC`
    : `the hosted zone ${zone.name} (${zone.id}), which answers this VPC, has no address for ${name}`;
}

function findName({ read, vpc, world, snapshot }: Walk, { findName: find }: ExplainDeps): NameStep {
  const name = read.host;
  const step = { kind: 'name', name } as const;
  if (read.isAddress) return { ...step, answer: 'address', addresses: [name] };
  const found = find(name, vpc.id, snapshot);
  const known = { ...step, ...(found.zone === undefined ? {} : { zone: found.zone }) };
  if (found.kind === 'addresses') return { ...known, answer: 'addresses', addresses: [...found.v4, ...found.v6] };
  if (found.kind !== 'forwarded') return { ...known, answer: found.kind, addresses: [] };
  for (const { servicesByHost } of world.vpcs.get(vpc.id)?.doorsByAddress.values() ?? []) {
    const generated = snapshot.services.get(servicesByHost.get(name) ?? '')?.domainNames[0];
    const behind = generated === undefined ? undefined : find(generated, vpc.id, snapshot);
    if (generated !== undefined && behind?.kind === 'addresses')
      return { ...step, answer: 'custom', addresses: [...behind.v4, ...behind.v6], service: generated };
  }
  return { ...known, answer: 'forwarded', addresses: [] };
}

/** What groups say of the client; of one that is not known, which of them may stop it. */
function askPackets(
  { vpc, address: client, snapshot }: Walk,
  approach: Approach,
  groups: readonly string[],
  deps: ExplainDeps,
): PacketsStep {
  const enforced = vpc.attachment.kind !== 'loopback';
  const step = { kind: 'packets', groups, enforced } as const;
  const barriers = deps.findBarriers(approach, groups);
  const out = enforced ? barriers.egress : [];
  const doubt = (ids: readonly string[]): Pick<PacketsStep, 'mayDrop'> =>
    ids.length === 0 ? {} : { mayDrop: [...new Set(ids)] };
  if (client === undefined) return { ...step, ...doubt([...out, ...barriers.ingress]) };
  const { egress, ingress, isVacant } = deps.findPassage(approach, client, groups, snapshot);
  return { ...step, client, egress, ingress, ...(isVacant ? { isVacant, ...doubt(out) } : {}) };
}

/** The head as a connection would read it. */
function readHead({ head }: ReadQuestion, limits: ExplainDeps['limits']) {
  const found = new HeadReader(limits).look(Buffer.from(head, 'latin1'));
  if (found.kind === 'whole') return openRequest(found.text, found.bytes, found.bodyStart, limits);
  if (found.kind === 'bad') return found.refusal;
  throw new Error('a head with its empty line is whole');
}

function answerOf(decision: Decision): Verdict {
  if (decision.kind === 'forward') throw new Error('a request that is forwarded has no answer yet');
  const { status, reason, rule } = decision;
  return { kind: 'answer', status, text: reason, ...(rule === undefined ? {} : { rule: rule.id }) };
}

function callerStep(decision: Decision, by: CallerStep['by'] = 'signature'): CallerStep {
  const { caller } = decision;
  if (caller === undefined)
    return {
      kind: 'caller',
      caller: 'refused',
      by,
      ...(decision.kind === 'answer' ? { reason: decision.reason } : {}),
    };
  if (caller.kind === 'anonymous') return { kind: 'caller', caller: 'anonymous', by: 'nothing' };
  return { kind: 'caller', caller: 'principal', by, principal: caller.principal.arn };
}

function policiesStep(layer: string, asked: boolean, { layers }: PolicyNotes): PoliciesStep {
  return { kind: 'policies', layer, authType: asked ? 'AWS_IAM' : 'NONE', policies: layers.get(layer) ?? [] };
}

function explainRule(id: string, failed: RuleMismatch | undefined, isUnknown: Walk['isUnknown']): ExplainedRule {
  if (failed === undefined) return { id, matches: true };
  const saw = failed.saw ?? null;
  if (failed.part === 'method')
    return {
      id,
      matches: false,
      failed: { part: 'method', match: 'exact', expected: failed.expected, caseSensitive: true, saw },
    };
  const { kind: match, value: expected, caseSensitive } = failed.expected;
  const name = failed.part === 'header' ? { name: failed.expected.name } : {};
  const unknown =
    failed.part === 'header' && isUnknown?.(`header ${failed.expected.name}`) === true
      ? { isUnknown: true as const }
      : {};
  return {
    id,
    matches: false,
    failed: { part: failed.part, ...name, match, expected, caseSensitive, saw, ...unknown },
  };
}
