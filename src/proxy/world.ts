// The snapshot as the hot path reads it: doors by address, services by host, listeners by port, rules by index.
//
// What did not change is taken over by record identity. What did is compiled when the first request asks for it: forty thousand rules at
// once held a worker's loop for a third of a second (measured 2026-11), a service at a time costs microseconds.

import {
  changedIds,
  changeTable,
  emptySnapshot,
  type AccessKeyRecord,
  type ListenerRecord,
  type PrincipalRecord,
  type RuleRecord,
  type ServiceRecord,
  type Snapshot,
  type TargetGroupRecord,
} from '../snapshot/index.ts';
import {
  asksTheSame,
  followNetworks,
  followVpcs,
  haveSameNames,
  type LazyNetwork,
  type LazyVpc,
  type VpcWorld,
} from './doors.ts';
import { AuthMemory, compileAuth, type AuthLayer } from './request/auth-layer.ts';
import { compileRules, createWeightedPicker, type RuleIndex, type WeightedPicker } from '../routing/index.ts';
import { CompiledAccessKey, materialOf } from './identity/access-keys.ts';
import { prepareIdentifiedCaller, type IdentifiedCaller } from './identity/caller.ts';
import { createSessionBook, type FindSession } from './identity/sessions.ts';

/** Everything that one worker obeys at one revision. */
export interface World {
  readonly revision: number;
  readonly vpcs: ReadonlyMap<string, VpcWorld>;
  readonly services: ReadonlyMap<string, CompiledService>;
  readonly targetGroups: ReadonlyMap<string, TargetGroupRecord>;
  readonly accessKeys: ReadonlyMap<string, KnownAccessKey>;
  readonly principals: ReadonlyMap<string, IdentifiedCaller>;
  readonly findSession: FindSession;
}

/** An access key that lasts, and the ARN of whom it stands for. */
export interface KnownAccessKey {
  readonly principalId: string;
  readonly key: CompiledAccessKey;
}

export interface CompiledService {
  readonly record: ServiceRecord;
  /** The one that signatures of its requests are scoped to. */
  readonly region: string;
  readonly listeners: ReadonlyMap<number, CompiledListener>;
  /** Absent: auth type NONE. */
  readonly auth: AuthLayer | undefined;
}

export interface CompiledListener {
  readonly service: ServiceRecord;
  readonly record: ListenerRecord;
  readonly index: RuleIndex<CompiledRule>;
}

/** A rule with what the hot path keeps beside it. */
export interface CompiledRule {
  readonly id: string;
  readonly match: RuleRecord['match'];
  readonly action: RuleRecord['action'];
  /** Chooses the position of a forward action's target group; undefined for fixed responses. */
  readonly picker: WeightedPicker | undefined;
}

/** The world before the first snapshot. */
export const emptyWorld: World = {
  revision: 0,
  vpcs: new Map(),
  services: new Map(),
  targetGroups: new Map(),
  accessKeys: new Map(),
  principals: new Map(),
  findSession: () => undefined,
};

/** Compiles snapshots one after the other; what did not change is taken over from the one before. */
export interface WorldCompiler {
  compile(snapshot: Snapshot): World;
}

/**
 * Makes a compiler for worker `worker` of a node. Weighted pickers survive a change of other parts of their service as long as the
 * rule's own action is the same, so that shares stay exact.
 */
export function createWorldCompiler(worker: number): WorldCompiler {
  let last: Snapshot = emptySnapshot;
  let services: ReadonlyMap<string, LazyService> = new Map();
  let networks: ReadonlyMap<string, LazyNetwork> = new Map();
  let vpcs: ReadonlyMap<string, LazyVpc> = new Map();
  const sessions = createSessionBook();
  const memory = new AuthMemory();
  let findSession: FindSession = () => undefined;
  let accessKeys: ReadonlyMap<string, KnownAccessKey> = new Map();
  let principals: ReadonlyMap<string, IdentifiedCaller> = new Map();

  return {
    compile(snapshot) {
      let namesChanged = false;
      if (last.services !== snapshot.services) {
        namesChanged = !haveSameNames(last.services, snapshot.services);
        services = followServices(services, last.services, snapshot.services, { worker, memory });
      }
      const networksChanged = namesChanged || last.networks !== snapshot.networks;
      if (networksChanged) networks = followNetworks(networks, snapshot, namesChanged, memory);
      if (networksChanged || last.doors !== snapshot.doors || last.vpcs !== snapshot.vpcs)
        vpcs = followVpcs(vpcs, snapshot, networks);
      accessKeys = followTable(accessKeys, last.accessKeys, snapshot.accessKeys, (one) => ({
        principalId: one.principalId,
        key: new CompiledAccessKey(materialOf(one)),
      }));
      const before = principals;
      principals = followTable(principals, last.principals, snapshot.principals, prepareIdentifiedCaller);
      if (last.sessionKeys !== snapshot.sessionKeys || before !== principals)
        findSession = sessions.follow(snapshot.sessionKeys, principals);
      last = snapshot;
      const { revision, targetGroups } = snapshot;
      return { revision, vpcs, services, targetGroups, accessKeys, principals, findSession };
    },
  };
}

/** What services are made with. */
interface Making {
  readonly worker: number;
  readonly memory: AuthMemory;
}

/** A service whose listeners are compiled on first use. */
class LazyService implements CompiledService {
  readonly record: ServiceRecord;
  readonly region: string;
  readonly #worker: number;
  readonly #memory: AuthMemory;
  #auth: { readonly layer: AuthLayer | undefined } | undefined;
  /** Compiled listeners of earlier records, whose pickers go on; given up once this one is compiled. */
  #before: ReadonlyMap<number, CompiledListener>;
  #listeners: ReadonlyMap<number, CompiledListener> | undefined;

  constructor(record: ServiceRecord, old: LazyService | undefined, { worker, memory }: Making) {
    this.record = record;
    this.region = record.arn.split(':')[3] ?? '';
    this.#worker = worker;
    this.#memory = memory;
    this.#before = old === undefined ? new Map() : (old.#listeners ?? old.#before);
    if (old !== undefined && asksTheSame(old.record, record)) this.#auth = old.#auth;
  }

  get auth(): AuthLayer | undefined {
    this.#auth ??= { layer: compileAuth(this.record, this.#memory) };
    return this.#auth.layer;
  }

  get listeners(): ReadonlyMap<number, CompiledListener> {
    this.#listeners ??= compileListeners(this.record, this.#before, this.#worker);
    this.#before = this.#listeners;
    return this.#listeners;
  }
}

function followServices(
  before: ReadonlyMap<string, LazyService>,
  last: Snapshot['services'],
  records: Snapshot['services'],
  making: Making,
): ReadonlyMap<string, LazyService> {
  return changeTable(
    before,
    changedIds(last, records).map((id) => {
      const record = records.get(id);
      return [id, record === undefined ? undefined : new LazyService(record, before.get(id), making)];
    }),
  );
}

/** `before`, made from `last`, as it is made from `records`. */
function followTable<R extends AccessKeyRecord | PrincipalRecord, T extends object>(
  before: ReadonlyMap<string, T>,
  last: ReadonlyMap<string, R>,
  records: ReadonlyMap<string, R>,
  make: (record: R) => T,
): ReadonlyMap<string, T> {
  if (last === records) return before;
  return changeTable(
    before,
    changedIds(last, records).map((id) => {
      const record = records.get(id);
      return [id, record && make(record)];
    }),
  );
}

function compileListeners(
  record: ServiceRecord,
  before: ReadonlyMap<number, CompiledListener>,
  worker: number,
): ReadonlyMap<number, CompiledListener> {
  const listeners = new Map<number, CompiledListener>();
  for (const listener of record.listeners) {
    const known = new Map(before.get(listener.port)?.index.rules.map((rule) => [rule.id, rule]));
    const rules = listener.rules.map((rule) => compileRule(rule, known.get(rule.id), worker));
    listeners.set(listener.port, { service: record, record: listener, index: compileRules(rules) });
  }
  return listeners;
}

function compileRule(rule: RuleRecord, old: CompiledRule | undefined, worker: number): CompiledRule {
  const { id, match, action } = rule;
  if (action.kind === 'fixed') return { id, match, action, picker: undefined };
  const same = old?.picker !== undefined && JSON.stringify(old.action) === JSON.stringify(action);
  const weights = action.targetGroups.map((group) => group.weight);
  // Workers start at different places of the round, so that few requests over many workers still split well.
  const picker = same ? old.picker : createWeightedPicker(weights, worker * 7);
  return { id, match, action, picker };
}
