// The instance profile of an instance: what it is given by name or ARN, kept as an association, and changed by calls of its own.

import type { Context, Decided } from '../decision.ts';
import { describeDerived, type DescribeInput } from '../ec2/describe.ts';
import type { FilterTable } from '../ec2/filter.ts';
import { findNamed, globalKey } from '../iam/entity.ts';
import { newId, type Caller } from '../identifiers.ts';
import type { RecordList } from '../page.ts';
import type { BaseRecord } from '../records/base.ts';
import type { Instance, Machine } from '../records/ec2.ts';
import type { IamInstanceProfile } from '../records/iam.ts';
import { ec2Refusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { put, recordsBy, type State } from '../state.ts';
import { getMachine, type MachineInstance } from './read.ts';

/** How a call names a profile; both must be of the same one. */
export interface ProfileName {
  readonly arn?: string;
  readonly name?: string;
}

/** The profile of an instance, as it was when it got it. */
export interface AssociatedProfile {
  readonly arn: string;
  /** `AIPA…`; absent of one that was given before ids were kept. */
  readonly id?: string;
}

/** An association as a record, which the instance carries. Its id is `iip-assoc-…`. */
export interface ProfileAssociation extends BaseRecord {
  readonly instanceId: string;
  readonly profile: AssociatedProfile;
}

/** The profile with this ARN or name, or undefined. */
export function findProfile(
  state: State,
  caller: Pick<Caller, 'account'>,
  { arn, name = arn?.slice(arn.lastIndexOf('/') + 1) ?? '' }: ProfileName,
): IamInstanceProfile | undefined {
  const found = findNamed(state, caller, 'iamInstanceProfile', name);
  return arn === undefined || found?.arn === arn ? found : undefined;
}

/** The profile that a call names, with a role in it; refused with `InvalidParameterValue` (in the words that Terraform waits by, for IAM is late on AWS). */
export function getProfile(state: State, caller: Pick<Caller, 'account'>, wanted: ProfileName): IamInstanceProfile {
  const profile = findProfile(state, caller, wanted);
  if (profile === undefined) {
    const [word, member] = wanted.arn === undefined ? ['name', 'name'] : ['ARN', 'arn'];
    const shown = (wanted.arn ?? wanted.name ?? '').slice(0, 255);
    throw ec2Refusal(
      'InvalidParameterValue',
      `Value (${shown}) for parameter iamInstanceProfile.${member} is invalid. Invalid IAM Instance Profile ${word}`,
    );
  }
  if (profile.roleId === undefined)
    throw ec2Refusal('InvalidParameterValue', `IAM Instance Profile "${profile.arn}" has no associated IAM Roles`);
  return profile;
}

/** What a machine says of a profile that it gets now. */
export function wearProfile(
  profile: IamInstanceProfile,
  { random, now }: Pick<Context, 'random' | 'now'>,
): Pick<Machine, 'profileArn' | 'profileAssociation'> {
  const profileAssociation = { id: newId('iip-assoc', random), profileId: profile.id, since: now };
  return { profileArn: profile.arn, profileAssociation };
}

/** The profile of an instance, or undefined. */
export function profileOf({ machine }: Pick<Instance, 'machine'>): AssociatedProfile | undefined {
  if (machine?.profileArn === undefined) return undefined;
  const id = machine.profileAssociation?.profileId;
  return { arn: machine.profileArn, ...(id === undefined ? {} : { id }) };
}

/** The profile itself, as it is now; undefined when it is gone, or there is another one of its name. */
export function findAssociatedProfile(
  state: State,
  caller: Pick<Caller, 'account'>,
  { arn, id }: AssociatedProfile,
): IamInstanceProfile | undefined {
  if (id === undefined) return findProfile(state, caller, { arn });
  return state.tables.iamInstanceProfile.get(globalKey(caller, id));
}

function associationOf(one: Instance): ProfileAssociation | undefined {
  const { machine, account, region, createdAt, id: instanceId } = one;
  const profile = profileOf(one);
  if (machine === undefined || profile === undefined || machine.state === 'terminated') return undefined;
  const id = machine.profileAssociation?.id ?? instanceId.replace(/^i-/, 'iip-assoc-');
  const since = machine.profileAssociation?.since ?? createdAt;
  return { account, region, id, createdAt: since, lastUpdatedAt: since, tags: {}, instanceId, profile };
}

function unknownAssociation(id: string) {
  const shown = id.slice(0, 255);
  return ec2Refusal('InvalidAssociationID.NotFound', `An invalid association-id of '${shown}' was given`);
}

function listAssociations(state: State, caller: Caller): readonly ProfileAssociation[] {
  const all = recordsBy(state, 'instance', 'owned', ownedIndexValue('instance', caller));
  return all.flatMap((one) => associationOf(one) ?? []);
}

/** The association of the caller with this id; refused with `InvalidAssociationID.NotFound`. */
export function getProfileAssociation(state: State, caller: Caller, id: string): ProfileAssociation {
  const found = listAssociations(state, caller).find((one) => one.id === id);
  if (found === undefined) throw unknownAssociation(id);
  return found;
}

function putProfile(
  one: MachineInstance,
  worn: ReturnType<typeof wearProfile> | undefined,
  now: number,
): Decided<ProfileAssociation> {
  const { profileArn: _arn, profileAssociation: _association, ...bare } = one.machine;
  const changed: Instance = { ...one, machine: { ...bare, ...worn }, lastUpdatedAt: now };
  const result = associationOf(worn === undefined ? one : changed);
  if (result === undefined) throw new Error(`the instance ${one.id} has no profile`);
  return { changes: [put('instance', changed)], result };
}

/** AssociateIamInstanceProfile: to an instance that has none and has not ended. */
export function associateProfile(
  state: State,
  { instanceId, profile }: { readonly instanceId: string; readonly profile: ProfileName },
  context: Context,
): Decided<ProfileAssociation> {
  const one = getMachine(state, context, instanceId);
  if (one.machine.state === 'terminated')
    throw ec2Refusal('IncorrectInstanceState', `The instance '${one.id}' is not in the 'running' or 'stopped' states.`);
  const worn = wearProfile(getProfile(state, context, profile), context);
  if (one.machine.profileArn !== undefined)
    throw ec2Refusal('IncorrectState', `There is an existing association for instance ${one.id}`);
  return putProfile(one, worn, context.now);
}

/** DisassociateIamInstanceProfile: the answer is what there was. */
export function disassociateProfile(
  state: State,
  { associationId }: { readonly associationId: string },
  context: Context,
): Decided<ProfileAssociation> {
  const { instanceId } = getProfileAssociation(state, context, associationId);
  return putProfile(getMachine(state, context, instanceId), undefined, context.now);
}

/** ReplaceIamInstanceProfileAssociation: another profile by a new association. */
export function replaceProfile(
  state: State,
  { associationId, profile }: { readonly associationId: string; readonly profile: ProfileName },
  context: Context,
): Decided<ProfileAssociation> {
  const { instanceId } = getProfileAssociation(state, context, associationId);
  const worn = wearProfile(getProfile(state, context, profile), context);
  return putProfile(getMachine(state, context, instanceId), worn, context.now);
}

/** EC2 API: DescribeIamInstanceProfileAssociations. */
const filters: FilterTable<ProfileAssociation> = {
  'instance-id': ({ instanceId }) => [instanceId],
  state: () => ['associated'],
};

/** The caller's associations by id and filter. */
export function describeProfileAssociations(
  state: State,
  caller: Caller,
  input: DescribeInput,
): RecordList<ProfileAssociation> {
  const all = listAssociations(state, caller);
  return describeDerived(all, { scope: 'profile associations', table: filters, unknown: unknownAssociation }, input);
}
