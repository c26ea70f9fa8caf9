// What an association or an attachment joins, for calls that name it by its own id: who may do them is asked about the things that it joins.

import { cidrAssociationId, subnetIpv6Id } from '../ec2/read.ts';
import { findThing, type Ec2Thing, type ThingRecord } from '../ec2/resource.ts';
import type { Caller } from '../identifiers.ts';
import { describeProfileAssociations } from '../instance/instance-profile.ts';
import type { BaseRecord } from '../records/base.ts';
import type { RecordKind, RecordTypes, State } from '../state.ts';
import { recordsBy } from '../state.ts';
import { ownedIndexValue, type OwnedKind } from '../state-indexes.ts';
import { aclAssociationIdOf, listSubnetsOfAcl } from '../vpc-part/network-acl.ts';

/** A thing that is joined. */
export interface Holder {
  readonly thing: Ec2Thing;
  readonly record: BaseRecord;
}

type Find = (state: State, caller: Caller, id: string) => readonly Holder[];

function listOwn<K extends RecordKind & OwnedKind>(state: State, caller: Caller, kind: K): readonly RecordTypes[K][] {
  return recordsBy(state, kind, 'owned', ownedIndexValue(kind, caller));
}

function listParts<T extends 'elasticIp' | 'routeTable' | 'networkAcl'>(
  state: State,
  caller: Caller,
  type: T,
): readonly ThingRecord<T>[] {
  const isOfType = (part: BaseRecord & { readonly type: string }): part is ThingRecord<T> => part.type === type;
  return recordsBy(state, 'vpcPart', 'owned', ownedIndexValue(type, caller)).filter(isOfType);
}

function hold(state: State, caller: Caller, thing: Ec2Thing, id: string | undefined): readonly Holder[] {
  const record = id === undefined ? undefined : findThing(state, caller, thing, id);
  return record === undefined ? [] : [{ thing, record }];
}

const finders = {
  address: (state, caller, id) =>
    listParts(state, caller, 'elasticIp')
      .filter(({ association }) => association?.id === id)
      .flatMap((record): readonly Holder[] => [
        { thing: 'elasticIp', record },
        ...hold(state, caller, 'networkInterface', record.association?.networkInterfaceId),
      ]),
  routeTable: (state, caller, id) =>
    listParts(state, caller, 'routeTable').flatMap((record): readonly Holder[] => {
      const joined = record.associations.find((one) => one.id === id);
      if (joined === undefined && record.mainAssociationId !== id) return [];
      return [{ thing: 'routeTable', record }, ...hold(state, caller, 'subnet', joined?.subnetId)];
    }),
  networkAcl: (state, caller, id) =>
    listParts(state, caller, 'networkAcl').flatMap((acl) =>
      listSubnetsOfAcl(state, acl)
        .filter((subnetId) => aclAssociationIdOf(subnetId, acl.id) === id)
        .flatMap((subnetId) => hold(state, caller, 'subnet', subnetId)),
    ),
  vpcRange: (state, caller, id) =>
    listOwn(state, caller, 'vpc')
      .filter((vpc) => [...vpc.cidrs, ...(vpc.ipv6Cidrs ?? [])].some((cidr) => cidrAssociationId(vpc, cidr) === id))
      .map((record): Holder => ({ thing: 'vpc', record })),
  subnetRange: (state, caller, id) =>
    listOwn(state, caller, 'subnet')
      .filter((subnet) => subnet.ipv6Cidr !== undefined && subnetIpv6Id(subnet) === id)
      .map((record): Holder => ({ thing: 'subnet', record })),
  attachment: (state, caller, id) =>
    listOwn(state, caller, 'networkInterface')
      .filter(({ attachment }) => attachment?.id === id)
      .flatMap((record): readonly Holder[] => [
        { thing: 'networkInterface', record },
        ...hold(state, caller, 'instance', record.attachment?.instanceId),
      ]),
  profile: (state, caller, id) =>
    [...describeProfileAssociations(state, caller, {}).read()]
      .filter((one) => one.id === id)
      .flatMap(({ instanceId }) => hold(state, caller, 'instance', instanceId)),
} as const satisfies Readonly<Record<string, Find>>;

/** The kinds of associations, by what they belong to. */
export type AssociationKind = keyof typeof finders;

/** The caller's things that the association `id` joins; none when there is no such association. */
export function findHolders(state: State, caller: Caller, kind: AssociationKind, id: string): readonly Holder[] {
  return finders[kind](state, caller, id);
}
