// What the operations of EC2 are about: every resource that one names or makes, and another service's leave where one is needed.

import type { Call } from '../../aws/index.ts';
import { describePrefixLists, findThing, thingOfId, wordOf, type Ec2Thing } from '../../domain/ec2/index.ts';
import { findHolders } from '../../domain/ec2-association/index.ts';
import { findRoleOf } from '../../domain/iam-role/index.ts';
import { findProfile } from '../../domain/instance/index.ts';
import { formatArn, type State } from '../../domain/index.ts';
import type { BaseRecord } from '../../domain/records/index.ts';
import type { SubjectsOf } from './authorize.ts';
import type { Subject } from './call-request.ts';
import { ec2Key, type Ec2Facts } from './ec2-keys.ts';
import { ec2Places, type Ec2Place } from './ec2-places.ts';
import { findMembers, type Input } from './find-members.ts';
import { passedToEc2 } from './passed-role.ts';

/** A resource of a call. */
interface Located {
  readonly arn: string;
  readonly thing?: Ec2Thing;
  readonly record?: BaseRecord;
  /** EC2's word for what is to be made, by which tags are given to it. */
  readonly makes?: string;
}

interface WireTag {
  readonly Key?: string;
  readonly Value?: string;
}

/** The members that are read here beside those that name resources. */
interface Said {
  readonly ServiceNetworkArn?: string;
  readonly IamInstanceProfile?: { readonly Arn?: string; readonly Name?: string };
  readonly InstanceType?: string;
  readonly MetadataOptions?: { readonly HttpTokens?: string; readonly HttpPutResponseHopLimit?: number };
  readonly TagSpecifications?: readonly { readonly ResourceType?: string; readonly Tags?: readonly WireTag[] }[];
  readonly Tags?: readonly WireTag[];
}

/** The subjects of EC2's operations; of one that is about no resource `*`. */
export const ec2Subjects: SubjectsOf = (operation, given, call, state) => {
  const input = given as Input;
  const said = given as Said;
  const places = Object.hasOwn(ec2Places, operation) ? ec2Places[operation] : undefined;
  const located = distinct((places ?? []).flatMap((place) => locate(place, input, call, state)));
  const own =
    located.length === 0
      ? [{ action: `ec2:${operation}`, resource: '*', key: (name: string) => ec2Key(name, {}, call, state) }]
      : located.flatMap((one) => subjectsOf(operation, one, located, said, call, state));
  return [...own, ...reachedNetwork(operation, said), ...passedRole(said, call, state)];
};

function distinct(located: readonly Located[]): readonly Located[] {
  return [...new Map(located.map((one) => [one.arn, one])).values()];
}

function locate(place: Ec2Place, input: Input, call: Call, state: State): readonly Located[] {
  if ('make' in place) {
    const { make, unless, ifTagged } = place;
    const word = make === 'volume' ? make : wordOf(make);
    if (unless !== undefined && findMembers(input, unless).length > 0) return [];
    if (ifTagged === true && tagsFor(word, input as Said) === undefined) return [];
    const thing = make === 'volume' ? {} : { thing: make };
    return [{ arn: formatArn('ec2', call, `${word}/*`), makes: word, ...thing }];
  }
  if ('joinedBy' in place)
    return findMembers(input, place.by).flatMap((id) =>
      findHolders(state, call, place.joinedBy, id).map(({ thing, record }) => ({
        ...{ arn: arnOf(thing, record.id, call), thing, record },
      })),
    );
  if ('any' in place)
    return findMembers(input, place.any).map((id) => {
      const thing = thingOfId(id);
      // What can be nothing of ours is told of when the call is looked at.
      return thing === undefined ? { arn: formatArn('ec2', call, `*/${id}`) } : locateThing(thing, id, call, state);
    });
  if ('foreign' in place) {
    const owner = place.foreign === 'image' ? { ...call, account: '' } : call;
    return findMembers(input, place.by).map((id) => ({ arn: formatArn('ec2', owner, `${place.foreign}/${id}`) }));
  }
  const named = place.by.flatMap((member) => findMembers(input, member));
  const ids = named.length > 0 ? named : (place.otherwise?.(input, call, state) ?? []);
  return ids.map((id) => locateThing(place.on, id, call, state));
}

/** What is not there has the ARN that it would have. */
function locateThing(thing: Ec2Thing, id: string, call: Call, state: State): Located {
  const record = findThing(state, call, thing, id);
  if (record === undefined && thing === 'prefixList') {
    const ofAws = [...describePrefixLists(state, call, {}).read()].find((one) => one.id === id);
    if (ofAws !== undefined) return { arn: ofAws.arn, thing };
  }
  return { arn: arnOf(thing, id, call), thing, ...(record === undefined ? {} : { record }) };
}

function arnOf(thing: Ec2Thing, id: string, call: Call): string {
  return formatArn('ec2', call, `${wordOf(thing)}/${id}`);
}

/** The operation on one resource; what is made with tags is tagged too, which is an action of its own (EC2 User Guide: "Grant permission to tag resources during creation"). */
function subjectsOf(
  operation: string,
  one: Located,
  all: readonly Located[],
  said: Said,
  call: Call,
  state: State,
): readonly Subject[] {
  const tags = one.makes === undefined ? readTags(said.Tags) : tagsFor(one.makes, said);
  const facts = factsOf(one, all, said, call, state);
  const subject: Subject = {
    ...{ action: `ec2:${operation}`, resource: one.arn, tagKeys: Object.keys(tags ?? {}) },
    ...(tags === undefined ? {} : { requestTags: tags }),
    ...(one.record === undefined ? {} : { resourceTags: one.record.tags }),
    key: (name) => ec2Key(name, facts, call, state),
  };
  if (one.makes === undefined || tags === undefined) return [subject];
  const key: Subject['key'] = (name) => (name === 'ec2:createaction' ? operation : ec2Key(name, facts, call, state));
  return [subject, { ...subject, action: 'ec2:CreateTags', key }];
}

/** The tags that a call gives to what it makes of a type; undefined when it gives none. */
function tagsFor(type: string, { TagSpecifications = [] }: Said): Readonly<Record<string, string>> | undefined {
  const given = TagSpecifications.flatMap(({ ResourceType, Tags = [] }) => (ResourceType === type ? Tags : []));
  return given.length === 0 ? undefined : readTags(given);
}

function readTags(tags: readonly WireTag[] | undefined): Readonly<Record<string, string>> | undefined {
  return tags && Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** What is to be made stands where the subnet is that the call names, else in its VPC. */
function factsOf(one: Located, all: readonly Located[], said: Said, call: Call, state: State): Ec2Facts {
  const { thing, record } = one;
  const about = { ...(thing === undefined ? {} : { thing }), ...(record === undefined ? {} : { record }) };
  const { IamInstanceProfile: named, InstanceType, MetadataOptions } = said;
  const newProfile = named && findProfile(state, call, profileName(named))?.arn;
  const profile = newProfile === undefined ? {} : { newProfile };
  if (one.makes === undefined) return { ...about, ...profile, ...placeOf(one) };
  const subnet = all.find((other) => other.thing === 'subnet' && other.record !== undefined);
  const vpc = all.find((other) => other.thing === 'vpc' && other.record !== undefined);
  const place = subnet ?? vpc;
  const wanted = {
    // What RunInstances takes where nothing is said.
    ...{ instanceType: InstanceType ?? 'm1.small', httpTokens: MetadataOptions?.HttpTokens ?? 'optional' },
    hopLimit: MetadataOptions?.HttpPutResponseHopLimit ?? 1,
  };
  return { ...about, ...profile, wanted, ...(place === undefined ? {} : placeOf(place)) };
}

function placeOf({ thing, record }: Located): Pick<Ec2Facts, 'vpcId' | 'subnetId'> {
  if (record === undefined) return {};
  const { vpcId, subnetId, machine } = record as BaseRecord & {
    readonly vpcId?: string;
    readonly subnetId?: string;
    readonly machine?: { readonly subnetId: string };
  };
  const vpc = thing === 'vpc' ? record.id : vpcId;
  const subnet = thing === 'subnet' ? record.id : (subnetId ?? machine?.subnetId);
  return { ...(vpc === undefined ? {} : { vpcId: vpc }), ...(subnet === undefined ? {} : { subnetId: subnet }) };
}

/** CreateVpcEndpoint asks for VPC Lattice's action on the network too (Service Authorization Reference: VPC Lattice). */
function reachedNetwork(operation: string, { ServiceNetworkArn: network }: Said): readonly Subject[] {
  return operation === 'CreateVpcEndpoint' && network !== undefined
    ? [{ action: 'vpc-lattice:CreateServiceNetworkVpcEndpointAssociation', resource: network }]
    : [];
}

/** Who gives a profile to an instance passes the role that is in it. What is no profile, or has no role, is refused afterwards. */
function passedRole({ IamInstanceProfile: given }: Said, call: Call, state: State): readonly Subject[] {
  const profile = given && findProfile(state, call, profileName(given));
  const role = profile && findRoleOf(state, profile);
  return role === undefined ? [] : [passedToEc2(role.arn)];
}

function profileName({ Arn: arn, Name: name }: NonNullable<Said['IamInstanceProfile']>) {
  return { ...(arn === undefined ? {} : { arn }), ...(name === undefined ? {} : { name }) };
}
