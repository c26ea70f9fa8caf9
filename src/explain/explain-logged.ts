// Explains a request that was served: from its record in the access log, and the snapshot that decided it.

import { createWorldCompiler, type CompiledListener, type World } from '../proxy/request/index.ts';
import type { Snapshot, VpcRecord } from '../snapshot/index.ts';
import type { LoggedRequest } from '../telemetry/index.ts';
import { explainTargets, type TargetDeps } from './explain-targets.ts';
import type { ExplainedGroup, ExplainedRule, Explanation, Step, Verdict } from './explanation.ts';
import { findCaller } from './find-caller.ts';
import { follow, type ExplainDeps, type Walk } from './follow.ts';

/** What the record knows, and what the functions of the hot path say of it once more. Plain JSON. */
export interface LoggedExplanation {
  readonly request: LoggedRequest;
  /** By the snapshot of then; absent: `problem` says why. Groups have no targets: their health of then is nowhere. */
  readonly explanation?: Explanation;
  readonly problem?: string;
  /** Whether the explanation ends as the request did. */
  readonly agrees?: boolean;
  /** What the log does not have and the explanation would need, in words. */
  readonly unknown: readonly string[];
}

/** What is asked of the rest of a node. */
export type ExplainLoggedDeps = Pick<ExplainDeps, 'limits' | 'findName'>;

/** Explains `request` by `snapshot`, that of the request's revision; undefined when the server does not have it any more. */
export function explainLogged(
  request: LoggedRequest,
  snapshot: Snapshot | undefined,
  { limits, findName }: ExplainLoggedDeps,
): LoggedExplanation {
  const without = (problem: string): LoggedExplanation => ({ request, problem, unknown: [] });
  const { method, path, revision } = request;
  if (snapshot === undefined)
    return without(
      `revision ${revision}, by which it was decided, is not kept any more; what follows from it is not known`,
    );
  if (method === undefined || path === undefined)
    return without('the request could not be read, and was answered before anything was decided');
  const world = createWorldCompiler(0).compile(snapshot);
  const place = findPlace(request, snapshot, world, findName);
  if ('problem' in place) return without(place.problem);

  const { vpc, listener, host, address, port } = place;
  const time = Date.parse(request.startTime);
  const caller = callerOf(request, world, time);
  if ('problem' in caller) return without(caller.problem);
  const isSession = request.caller?.includes(':assumed-role/') === true;
  const walk: Walk = {
    ...{ snapshot, vpc, world, steps: [], ...caller },
    read: { host, isAddress: host === address, port, head: headOf(request, method, path) },
    client: request.client?.slice(0, request.client.lastIndexOf(':')) ?? '',
    isUnknown: (what) => isNotLogged(what, isSession),
  };
  const computed = follow(walk, {
    ...{ limits, findName, snapshot: () => snapshot, now: () => time },
    // It came, and so the packets passed.
    findArrival: () => ({ listenerPort: port }),
    findPassage: () => ({
      ...{ egress: { groups: [], passes: true }, ingress: { groups: [], passes: true } },
      isVacant: false,
    }),
    findBarriers: () => ({ egress: [], ingress: [] }),
    findHealth: () => undefined,
    findAdmission: () => undefined,
  });
  const steps = walk.steps.filter(({ kind }) => kind !== 'packets' && kind !== 'targets');
  const told = believeRule(request, { steps, verdict: computed }, listener, world);
  const verdict = withoutHealth(told.verdict, listener, world);
  const targets: readonly Step[] =
    verdict.kind === 'forward' ? [{ kind: 'targets', targetGroups: verdict.targetGroups }] : [];
  const url = `http://${host}${port === 80 ? '' : `:${port}`}${path}`;
  const named = vpc.name === undefined ? {} : { vpcName: vpc.name };
  const explanation = { revision, vpc: vpc.id, ...named, method, url, steps: [...told.steps, ...targets], verdict };
  const unknown = [
    ...unknownOf(told.steps),
    ...(isSession ? [`the policies that the session ${request.caller ?? ''} was given when it began`] : []),
    ...(request.resolvedUser === 'Unknown' ? ['the signature, and so why it was refused'] : []),
    ...(verdict.kind === 'forward' ? ['the health of targets at that time'] : []),
  ];
  return { request, explanation, agrees: agrees(request, verdict), unknown };
}

interface Place {
  readonly vpc: VpcRecord;
  /** Absent: none was found by Host and port. */
  readonly listener?: CompiledListener;
  /** A name that has `address`, or the address. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

/** Where the request came in; the ids of its record must be those of the snapshot. */
function findPlace(
  request: LoggedRequest,
  snapshot: Snapshot,
  world: World,
  findName: ExplainDeps['findName'],
): Place | { readonly problem: string } {
  const other = {
    problem: `the records of revision ${request.revision} are not those of then: the server's state was made anew or restored since`,
  };
  const vpc = world.vpcs.get(request.vpc ?? '');
  if (vpc === undefined) return other;
  const service = world.services.get(request.serviceArn?.split('/').at(-1) ?? '');
  const listener = [...(service?.listeners.values() ?? [])].find(({ record }) => record.id === request.listener);
  if (request.serviceArn !== undefined && listener === undefined) return other;
  const isWay = (one: string): boolean => vpc.doorsByAddress.get(one)?.network.arn === request.serviceNetworkArn;
  const name = service?.record.domainNames[0];
  const found = name === undefined ? undefined : findName(name, vpc.record.id, snapshot);
  const addresses = found?.kind === 'addresses' ? [...found.v4, ...found.v6] : [];
  const address = addresses.find(isWay) ?? [...vpc.doorsByAddress.keys()].find(isWay);
  if (address === undefined) return other;
  const host = name !== undefined && address === addresses[0] ? name : address;
  // Whoever asks another port than 80 says so in Host.
  const said = Number(/:(\d{1,5})$/.exec(request.host ?? '')?.[1] ?? 80);
  const port = listener?.record.port ?? said;
  return { vpc: vpc.record, ...(listener === undefined ? {} : { listener }), host, address, port };
}

/** The head as far as the log has it, in latin1. */
function headOf({ host = '', userAgent, protocol }: LoggedRequest, method: string, path: string): string {
  const agent = userAgent === undefined ? '' : `user-agent: ${userAgent}\r\n`;
  return `${method} ${path} ${protocol}\r\nhost: ${host}\r\n${agent}\r\n`;
}

/** Who asked: whom the record names, with the tags of then. */
function callerOf(
  { caller: arn, callerTags, resolvedUser }: LoggedRequest,
  world: World,
  time: number,
): Pick<Walk, 'caller'> | { readonly problem: string } {
  if (resolvedUser === 'Unknown')
    return { caller: { who: { kind: 'refused', reason: 'the log does not say why' }, by: 'log' } };
  if (arn === undefined) return {};
  const found = findCaller(world, arn, time);
  if (found === undefined) return { problem: `at that time there was no principal ${arn}` };
  const principal = { ...found.principal, tags: readTags(callerTags ?? '') };
  return { caller: { who: { ...found, principal }, by: 'log' } };
}

/** Tags as `prepareCaller`'s text has them: `key=value;`, a semicolon in either as `\;`. */
function readTags(text: string): Readonly<Record<string, string>> {
  const pairs = text.match(/(?:\\;|[^;])+/g) ?? [];
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(pair.replaceAll('\\;', ';')) ?? [];
      return [key, value];
    }),
  );
}

const HEADER = /^(?:header |vpc-lattice-svcs:requestheader\/)(.*)$/;

/** Whether the log is silent on this part of a request. */
function isNotLogged(what: string, isSession: boolean): boolean {
  const header = HEADER.exec(what)?.[1]?.toLowerCase();
  if (header !== undefined) return header !== 'host' && header !== 'user-agent';
  return what === 'aws:referer' || (isSession && ['aws:tokenissuetime', 'aws:sourceidentity'].includes(what));
}

interface Told {
  readonly steps: readonly Step[];
  readonly verdict: Verdict;
}

/** Of rules about headers that the log does not have, the one that it names has matched. */
function believeRule(request: LoggedRequest, told: Told, listener: CompiledListener | undefined, world: World): Told {
  const step = told.steps.find((one) => one.kind === 'rules');
  const at = step?.rules.findIndex(({ id, failed }) => id === request.rule && failed?.isUnknown === true) ?? -1;
  const rule = listener?.index.rules.find(({ id }) => id === request.rule);
  if (step === undefined || at < 0 || rule === undefined) return told;
  const rules: readonly ExplainedRule[] = [...step.rules.slice(0, at), { id: rule.id, matches: true, by: 'log' }];
  const steps = told.steps.map((one) => (one === step ? { kind: 'rules' as const, rules } : one));
  if (rule.action.kind === 'fixed')
    return { steps, verdict: { kind: 'answer', status: rule.action.status, text: '', rule: rule.id } };
  const targetGroups = explainTargets(rule, world, nothingKnown);
  return { steps, verdict: { kind: 'forward', rule: rule.id, targetGroups } };
}

/** Nobody knows any more how targets were. */
const nothingKnown: TargetDeps = { findHealth: () => undefined, findAdmission: () => undefined };

/** What depends on the health of targets is left out: nobody knows any more how it was. */
function withoutHealth(verdict: Verdict, listener: CompiledListener | undefined, world: World): Verdict {
  const rule = verdict.kind === 'answer' && verdict.status === 503 ? verdict.rule : undefined;
  const action = listener?.index.rules.find(({ id }) => id === rule);
  const groups =
    verdict.kind === 'forward'
      ? verdict.targetGroups
      : action === undefined
        ? []
        : explainTargets(action, world, nothingKnown);
  if (groups.length === 0) return verdict;
  const targetGroups = groups.map(({ id, type, weight, share }): ExplainedGroup => ({
    ...{ id, weight, share, targets: [] },
    ...(type === undefined ? {} : { type }),
  }));
  const taken = verdict.kind === 'forward' ? verdict.rule : rule;
  return taken === undefined ? verdict : { kind: 'forward', rule: taken, targetGroups };
}

/** What `steps` would need, in words. */
function unknownOf(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step): readonly string[] => {
    if (step.kind === 'rules')
      return step.rules.flatMap(({ id, failed }) =>
        failed?.isUnknown === true ? [`header ${failed.name ?? ''}, which rule ${id} asks for`] : [],
      );
    if (step.kind !== 'policies') return [];
    return step.policies.flatMap(({ name, statements }) =>
      statements.flatMap(({ line, column, unknown = [] }) =>
        unknown.map((key) => `${key}, which statement ${line}:${column} of ${name} asks for`),
      ),
    );
  });
}

function agrees({ status, rule, authDeniedReason }: LoggedRequest, verdict: Verdict): boolean {
  if (verdict.kind === 'unreachable') return false;
  if (verdict.kind === 'forward') return verdict.rule === rule && authDeniedReason === undefined;
  return verdict.status === status && verdict.rule === rule;
}
