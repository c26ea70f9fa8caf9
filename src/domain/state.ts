// The state: every record in persistent tables with secondary indexes, and the changes that make the next one.

import { Map as PersistentMap } from 'immutable';
import { createKeysEditor, keysAfter, type KeysEditor, type OrderedKeys, type Position } from './ordered-keys.ts';
import { indexDefinitions, indexOrder, type IndexName } from './state-indexes.ts';
import type { BaseRecord, Key } from './records/base.ts';
import type {
  Instance,
  LoadBalancer,
  ManagedPrefixList,
  NetworkInterface,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Vpc,
} from './records/ec2.ts';
import type { VpcPart } from './records/vpc-part.ts';
import type {
  ClientToken,
  Credential,
  IamInstanceProfile,
  IamPolicy,
  IamRole,
  IamUser,
  OidcProvider,
} from './records/iam.ts';
import type {
  AccessLogSubscription,
  ComponentAddress,
  Listener,
  Rule,
  Service,
  ServiceAssociation,
  ServiceNetwork,
  Target,
  TargetGroup,
  VpcAssociation,
} from './records/lattice.ts';
import type { NetworkEndpointAssociation, ResourceEndpointAssociation } from './records/endpoint.ts';
import type { VpcEndpoint } from './records/vpc-endpoint.ts';
import type { HostedZone, RecordSet, ZoneChange } from './records/hosted-zone.ts';
import type { OwnedPolicy } from './records/policy.ts';
import type {
  DomainVerification,
  ResourceAssociation,
  ResourceConfiguration,
  ResourceGateway,
} from './records/resource.ts';

/** The kinds of record and the type of each. */
export interface RecordTypes {
  readonly serviceNetwork: ServiceNetwork;
  readonly service: Service;
  readonly listener: Listener;
  readonly rule: Rule;
  readonly targetGroup: TargetGroup;
  readonly target: Target;
  readonly serviceAssociation: ServiceAssociation;
  readonly vpcAssociation: VpcAssociation;
  readonly componentAddress: ComponentAddress;
  readonly accessLogSubscription: AccessLogSubscription;
  readonly authPolicy: OwnedPolicy;
  readonly resourcePolicy: OwnedPolicy;
  readonly resourceGateway: ResourceGateway;
  readonly resourceConfiguration: ResourceConfiguration;
  readonly resourceAssociation: ResourceAssociation;
  readonly resourceEndpointAssociation: ResourceEndpointAssociation;
  readonly networkEndpointAssociation: NetworkEndpointAssociation;
  readonly vpcEndpoint: VpcEndpoint;
  readonly domainVerification: DomainVerification;
  readonly vpc: Vpc;
  readonly subnet: Subnet;
  readonly securityGroup: SecurityGroup;
  readonly securityGroupRule: SecurityGroupRule;
  readonly prefixList: ManagedPrefixList;
  readonly networkInterface: NetworkInterface;
  readonly vpcPart: VpcPart;
  readonly instance: Instance;
  readonly loadBalancer: LoadBalancer;
  readonly hostedZone: HostedZone;
  readonly recordSet: RecordSet;
  readonly zoneChange: ZoneChange;
  readonly iamUser: IamUser;
  readonly iamRole: IamRole;
  readonly iamPolicy: IamPolicy;
  readonly iamInstanceProfile: IamInstanceProfile;
  readonly oidcProvider: OidcProvider;
  readonly credential: Credential;
  readonly clientToken: ClientToken;
}

export type RecordKind = keyof RecordTypes;

/** Every kind of record. */
export const recordKinds: readonly RecordKind[] = [
  'serviceNetwork',
  'service',
  'listener',
  'rule',
  'targetGroup',
  'target',
  'serviceAssociation',
  'vpcAssociation',
  'componentAddress',
  'accessLogSubscription',
  'authPolicy',
  'resourcePolicy',
  'resourceGateway',
  'resourceConfiguration',
  'resourceAssociation',
  'resourceEndpointAssociation',
  'networkEndpointAssociation',
  'vpcEndpoint',
  'domainVerification',
  'vpc',
  'subnet',
  'securityGroup',
  'securityGroupRule',
  'prefixList',
  'networkInterface',
  'vpcPart',
  'instance',
  'loadBalancer',
  'hostedZone',
  'recordSet',
  'zoneChange',
  'iamUser',
  'iamRole',
  'iamPolicy',
  'iamInstanceProfile',
  'oidcProvider',
  'credential',
  'clientToken',
];

/** A record put (or, when `record` is undefined, removed) under `key`. */
export type Change = {
  readonly [K in RecordKind]: { readonly kind: K; readonly key: Key; readonly record: RecordTypes[K] | undefined };
}[RecordKind];

/** Tables by kind. */
export type Tables = { readonly [K in RecordKind]: PersistentMap<Key, RecordTypes[K]> };

/** Indexes by name: what is looked for → the keys of the records that have it, in the order that `indexOrder` says. */
export type Indexes = { readonly [N in IndexName]: PersistentMap<string, OrderedKeys> };

/** Everything that is known at one revision. Never changes; states share what they have in common. */
export interface State {
  readonly revision: number;
  readonly tables: Tables;
  readonly indexes: Indexes;
}

/** A state without records, at revision 0. */
export const emptyState: State = {
  revision: 0,
  tables: Object.fromEntries(recordKinds.map((kind) => [kind, PersistentMap()])) as unknown as Tables,
  indexes: Object.fromEntries(
    Object.keys(indexDefinitions).map((name) => [name, PersistentMap()]),
  ) as unknown as Indexes,
};

type ValuesOf = (record: BaseRecord) => readonly string[];

/** By kind, the indexes that look at it: a change need not go through all of them. */
export const indexesOfKind: ReadonlyMap<RecordKind, readonly (readonly [IndexName, ValuesOf])[]> = new Map(
  recordKinds.map((kind) => [
    kind,
    Object.entries(indexDefinitions).flatMap(([name, definition]): (readonly [IndexName, ValuesOf])[] => {
      const valuesOf = definition[kind as keyof typeof definition] as ValuesOf | undefined;
      return valuesOf === undefined ? [] : [[name as IndexName, valuesOf]];
    }),
  ]),
);

type AnyTable = PersistentMap<Key, BaseRecord>;
type AnyIndex = PersistentMap<string, OrderedKeys>;

/** The state after `changes`, at `revision`. Tables and indexes that are not touched keep their identity. */
export function applyChanges(state: State, changes: readonly Change[], revision: number): State {
  const tables: Record<string, AnyTable> = {};
  const indexes: Record<string, AnyIndex> = {};
  const editor = createKeysEditor();
  for (const { kind, key, record } of changes) {
    const table = (tables[kind] ??= (state.tables[kind] as AnyTable).asMutable());
    const before = table.get(key);
    if (record === undefined) table.delete(key);
    else table.set(key, record);
    for (const [name, valuesOf] of indexesOfKind.get(kind) ?? []) {
      const old = before === undefined ? [] : valuesOf(before);
      const now = record === undefined ? [] : valuesOf(record);
      const oldOrder = before === undefined ? 0 : indexOrder(name, before);
      const order = record === undefined ? 0 : indexOrder(name, record);
      if (old.length === now.length && old.every((value, i) => value === now[i]) && oldOrder === order) continue;
      const index = (indexes[name] ??= state.indexes[name].asMutable());
      for (const value of old) removeFrom(editor, index, value, { order: oldOrder, key });
      for (const value of now) index.set(value, editor.with(index.get(value), { order, key }));
    }
  }
  return {
    revision,
    tables: { ...state.tables, ...freeze(tables) } as Tables,
    indexes: { ...state.indexes, ...freeze(indexes) } as Indexes,
  };
}

function removeFrom(editor: KeysEditor, index: AnyIndex, value: string, position: Position): void {
  const present = index.get(value);
  const left = present === undefined ? undefined : editor.without(present, position);
  if (left === undefined) index.delete(value);
  else index.set(value, left);
}

function freeze<T extends { asImmutable(): T }>(maps: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(maps).map(([name, map]) => [name, map.asImmutable()]));
}

/** The records of `kind` that `index` has under `value`, in the index's order (mostly: of creation). */
export function recordsBy<K extends RecordKind>(
  state: State,
  kind: K,
  index: IndexName,
  value: string,
): RecordTypes[K][] {
  return [...recordsAfter(state, kind, index, value)];
}

/** As `recordsBy`, one after the other, beginning behind `after`. */
export function* recordsAfter<K extends RecordKind>(
  state: State,
  kind: K,
  index: IndexName,
  value: string,
  after?: Position,
): Generator<RecordTypes[K]> {
  const table = state.tables[kind] as PersistentMap<Key, RecordTypes[K]>;
  for (const key of keysAfter(state.indexes[index].get(value), after)) {
    const record = table.get(key);
    if (record !== undefined) yield record;
  }
}

/** How many records `index` has under `value`; at once, however many they are. */
export function countBy(state: State, index: IndexName, value: string): number {
  return state.indexes[index].get(value)?.size ?? 0;
}

/** The change that puts `record`. */
export function put<K extends RecordKind>(kind: K, record: RecordTypes[K]): Change {
  return { kind, key: `${record.account}/${record.region}/${record.id}` as Key, record } as unknown as Change;
}

/** The change that removes `record`. */
export function remove<K extends RecordKind>(kind: K, record: RecordTypes[K]): Change {
  return {
    kind,
    key: `${record.account}/${record.region}/${record.id}` as Key,
    record: undefined,
  } as unknown as Change;
}
