// State → snapshot: whole, or from the snapshot before and the changes since, looking only at what they touch.

import { isDeepStrictEqual } from 'node:util';
import { emptyState, recordsBy, type Change, type State } from '../domain/index.ts';
import {
  idOfKey,
  keyOf,
  keyOfRecord,
  type AccessLogSubscription,
  type Credential,
  type IamPolicy,
  type IamRole,
  type IamUser,
  type Instance,
  type Key,
  type Listener,
  type Rule,
  type SecurityGroupRule,
  type ServiceAssociation,
  type Target,
} from '../domain/records/index.ts';
import { listRoles, listUsers } from '../domain/iam-policy/index.ts';
import { changeTable, emptySnapshot, type Snapshot, type SnapshotRecord, type TableName } from '../snapshot/index.ts';
import { compileAccessKey, compilePrincipal, compileSessionKeys, type KeySource } from './identity.ts';
import {
  compileDoor,
  compileNetwork,
  compileService,
  compileTargetGroup,
  compileVpc,
  type AnyRecord,
} from './records.ts';
import { compileRecordSet, compileZone } from './zones.ts';

/** A snapshot and the state that it was compiled from. */
export interface Compiled {
  readonly state: State;
  readonly snapshot: Snapshot;
}

/** What is compiled before anything is known. */
export const nothingCompiled: Compiled = { state: emptyState, snapshot: emptySnapshot };

const compilers = {
  vpcs: compileVpc,
  networks: compileNetwork,
  doors: compileDoor,
  services: compileService,
  targetGroups: compileTargetGroup,
  zones: compileZone,
  recordSets: compileRecordSet,
} as const;

type CompiledTable = keyof typeof compilers;
type Touched = { readonly [T in CompiledTable]: Set<Key> } & {
  readonly credentials: Set<Key>;
  /** ARNs. */
  readonly principals: Set<string>;
};

/**
 * The snapshot of `state`. `changes` are all that happened since `before`; undefined compiles everything. Records that come out
 * the same keep their identity and revision, tables without a difference theirs. On another day than before all access keys are compiled anew.
 */
export function compile(
  before: Compiled,
  state: State,
  changes: readonly Change[] | undefined,
  source: KeySource,
): Compiled {
  const touched = changes === undefined ? everything(before.state, state) : touchedBy(before.state, state, changes);
  if (source.day !== before.snapshot.day)
    for (const key of state.tables.credential.keys()) touched.credentials.add(key);
  const { revision } = state;
  const tables: Partial<Record<TableName, ReadonlyMap<string, SnapshotRecord>>> = {};
  for (const table of Object.keys(compilers) as CompiledTable[])
    tables[table] = compileTable(before.snapshot[table], touched[table], idOfKey, (key) =>
      compilers[table](state, key, revision),
    );
  tables.accessKeys = compileTable(before.snapshot.accessKeys, touched.credentials, idOfKey, (key) => {
    const same = before.state.tables.credential.get(key) === state.tables.credential.get(key);
    const old = same ? before.snapshot.accessKeys.get(idOfKey(key)) : undefined;
    return compileAccessKey(state, key, revision, source, old);
  });
  const itself = (arn: string): string => arn;
  tables.principals = compileTable(before.snapshot.principals, touched.principals, itself, (arn) =>
    compilePrincipal(state, arn, revision),
  );
  if (source.day !== before.snapshot.day) tables.sessionKeys = compileSessionKeys(source, revision);
  return { state, snapshot: { ...before.snapshot, ...(tables as Partial<Snapshot>), revision, day: source.day } };
}

/** The table after `keys` were compiled anew, or the same one when nothing came out another way. */
function compileTable<K extends string>(
  before: ReadonlyMap<string, SnapshotRecord>,
  keys: ReadonlySet<K>,
  idFrom: (key: K) => string,
  make: (key: K) => SnapshotRecord | undefined,
): ReadonlyMap<string, SnapshotRecord> {
  const changes: (readonly [string, SnapshotRecord | undefined])[] = [];
  for (const key of keys) {
    const id = idFrom(key);
    const old = before.get(id);
    const made = make(key);
    if (
      made === undefined
        ? old === undefined
        : old !== undefined && isDeepStrictEqual({ ...made, revision: old.revision }, old)
    )
      continue;
    changes.push([id, made]);
  }
  return changes.length === 0 ? before : changeTable(before, changes);
}

function noneTouched(): Touched {
  return {
    vpcs: new Set(),
    networks: new Set(),
    doors: new Set(),
    services: new Set(),
    targetGroups: new Set(),
    zones: new Set(),
    recordSets: new Set(),
    credentials: new Set(),
    principals: new Set(),
  };
}

function everything(before: State, state: State): Touched {
  const touched = noneTouched();
  for (const { tables } of [before, state]) {
    for (const key of tables.vpc.keys()) touched.vpcs.add(key);
    for (const key of tables.serviceNetwork.keys()) touched.networks.add(key);
    for (const key of tables.vpcAssociation.keys()) touched.doors.add(key);
    for (const key of tables.vpcEndpoint.keys()) touched.doors.add(key);
    for (const key of tables.service.keys()) touched.services.add(key);
    for (const key of tables.targetGroup.keys()) touched.targetGroups.add(key);
    for (const key of tables.hostedZone.keys()) touched.zones.add(key);
    for (const key of tables.recordSet.keys()) touched.recordSets.add(key);
    for (const [key, { principalArn }] of tables.credential) {
      touched.credentials.add(key);
      touched.principals.add(principalArn);
    }
    for (const { arn } of [...tables.iamUser.values(), ...tables.iamRole.values()]) touched.principals.add(arn);
  }
  return touched;
}

/** The snapshot records that `changes` can make a difference to. */
function touchedBy(before: State, state: State, changes: readonly Change[]): Touched {
  const touched = noneTouched();
  for (const { kind, key, record } of changes) {
    const old = before.tables[kind].get(key) as AnyRecord | undefined;
    for (const one of [old, record]) if (one !== undefined) touch(touched, state, kind, key, one);
  }
  return touched;
}

function touch(touched: Touched, state: State, kind: Change['kind'], key: Key, record: AnyRecord): void {
  const sibling = (id: string): Key => keyOf(record.account, record.region, id);
  switch (kind) {
    case 'serviceNetwork':
      touched.networks.add(key);
      break;
    case 'service':
      touched.services.add(key);
      break;
    case 'listener':
      touched.services.add(sibling((record as Listener).serviceId));
      break;
    case 'rule': {
      const { serviceId, action } = record as Rule;
      touched.services.add(sibling(serviceId));
      if (action.kind === 'forward')
        for (const { targetGroupId } of action.targetGroups) touched.targetGroups.add(sibling(targetGroupId));
      break;
    }
    case 'targetGroup':
      touched.targetGroups.add(key);
      break;
    case 'target':
      touched.targetGroups.add(sibling((record as Target).targetGroupId));
      break;
    case 'serviceAssociation': {
      const { serviceNetworkKey, serviceKey } = record as ServiceAssociation;
      touched.networks.add(serviceNetworkKey);
      touched.services.add(serviceKey);
      break;
    }
    case 'accessLogSubscription': {
      const { resourceKey, resourceId } = record as AccessLogSubscription;
      (resourceId.startsWith('svc-') ? touched.services : touched.networks).add(resourceKey);
      break;
    }
    case 'authPolicy':
      (record.id.startsWith('svc-') ? touched.services : touched.networks).add(key);
      break;
    case 'componentAddress':
      touched.networks.add(sibling((record as { readonly serviceNetworkId: string } & AnyRecord).serviceNetworkId));
      break;
    case 'vpcAssociation':
    case 'vpcEndpoint':
      touched.doors.add(key);
      break;
    case 'vpc':
      touched.vpcs.add(key);
      break;
    case 'subnet':
    case 'securityGroup':
      touched.vpcs.add((record as Instance).vpcKey);
      break;
    case 'networkInterface':
    case 'securityGroupRule':
      touched.vpcs.add((record as SecurityGroupRule).vpcKey);
      break;
    case 'prefixList':
      for (const { vpcKey } of recordsBy(state, 'securityGroupRule', 'ec2Users', key)) touched.vpcs.add(vpcKey);
      break;
    case 'instance': {
      const { vpcKey } = record as Instance;
      touched.vpcs.add(vpcKey);
      for (const group of recordsBy(state, 'targetGroup', 'targetGroupsByVpc', vpcKey))
        touched.targetGroups.add(keyOfRecord(group));
      break;
    }
    case 'vpcPart':
      break;
    case 'loadBalancer':
      state.tables.targetGroup.forEach((group, one) => {
        if (group.type === 'ALB') touched.targetGroups.add(one);
      });
      break;
    case 'credential':
      touched.credentials.add(key);
      touched.principals.add((record as Credential).principalArn);
      break;
    case 'iamUser':
    case 'iamRole':
      touched.principals.add((record as IamUser | IamRole).arn);
      break;
    case 'iamPolicy':
      for (const boundary of [false, true])
        for (const list of [listUsers, listRoles])
          for (const { arn } of list(state, record, record as IamPolicy, boundary)) touched.principals.add(arn);
      break;
    case 'hostedZone':
      touched.zones.add(key);
      break;
    case 'recordSet':
      touched.recordSets.add(key);
      break;
    case 'zoneChange':
    case 'iamInstanceProfile':
    case 'oidcProvider':
    case 'clientToken':
      break;
  }
}
