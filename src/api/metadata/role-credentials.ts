// Temporary credentials of a workload's role, as EC2 gets them for an instance: made anew each time somebody asks, kept by nobody.

import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { findRole } from '../../domain/iam/index.ts';
import { findRoleOf } from '../../domain/iam-role/index.ts';
import { findAssociatedProfile } from '../../domain/instance/index.ts';
import type { State } from '../../domain/index.ts';
import type { IamRole } from '../../domain/records/index.ts';
import type { Sessions } from '../../identity/index.ts';
import { evaluatePolicy, type KeyValue } from '../../policy/index.ts';
import { beginRoleSession, trustPolicyOf } from '../sts/role-session.ts';
import type { WorkloadIdentity } from '../../base/workload-identity.ts';

/** The service that begins sessions for what runs in a VPC: trust policies name it. */
export const ec2Service = 'ec2.amazonaws.com';

/** Seconds of such a session (EC2 User Guide: credentials of an instance last six hours), whatever the role's own maximum is. */
const LASTS = 6 * 3600;

/** What an SDK signs with. */
export interface GivenCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since 1970. */
  readonly issued: number;
  readonly expires: Date;
}

/** What a workload has a role by, and which role that is now. */
export interface HeldRole {
  /** The role's ARN; absent when the profile is gone or has none in it. */
  readonly role?: string;
  /** Absent when the role was given without one. */
  readonly profile?: { readonly arn: string; readonly id?: string };
}

/** Gives them. */
export interface RoleCredentials {
  /** What `subject` has its role by now; undefined when it has nothing of that kind. */
  held(subject: WorkloadIdentity): HeldRole | undefined;
  /** Why a workload of `subject` cannot have the role that it was given without a profile, in a sentence; undefined when it can, or has none. */
  problem(subject: WorkloadIdentity): string | undefined;
  /** Credentials of the subject's role, or why there are none. */
  make(subject: WorkloadIdentity & { readonly role: string }): GivenCredentials | { readonly problem: string };
}

export interface RoleCredentialsDeps {
  state(): State;
  readonly sessions: Sessions;
  readonly random: Random;
  readonly clock: Pick<Clock, 'now'>;
}

/** Makes the giver. Nothing of it is remembered: a role that is gone, or trusts no longer, gives nothing more from then on. */
export function createRoleCredentials(deps: RoleCredentialsDeps): RoleCredentials {
  const find = (subject: WorkloadIdentity & { readonly role: string }): IamRole | { readonly problem: string } => {
    const role = findRole(deps.state(), subject.role)?.role;
    if (role === undefined) return { problem: `there is no role ${subject.role}` };
    if (role.account !== subject.account)
      return { problem: `role ${role.arn} is of another account than the VPC (${subject.account})` };
    if (trusts(role, subject, deps.clock.now())) return role;
    return {
      problem: `the trust policy of role ${role.arn} does not allow sts:AssumeRole to ${ec2Service}, which assumes it for what runs in a VPC`,
    };
  };
  return {
    held({ account, role, profile }) {
      if (role !== undefined) return { role };
      if (profile === undefined) return undefined;
      const found = findAssociatedProfile(deps.state(), { account }, profile);
      if (found === undefined) return { profile };
      const inside = findRoleOf(deps.state(), found);
      return { profile: { arn: found.arn, id: found.id }, ...(inside === undefined ? {} : { role: inside.arn }) };
    },
    problem({ role, ...subject }) {
      if (role === undefined) return undefined;
      const found = find({ ...subject, role });
      return 'problem' in found ? found.problem : undefined;
    },
    make(subject) {
      const role = find(subject);
      if ('problem' in role) return role;
      const now = deps.clock.now();
      const asked = { RoleArn: role.arn, RoleSessionName: subject.id };
      const { Credentials: made } = beginRoleSession(role, asked, { tags: {}, lasts: LASTS }, deps.state(), now, deps);
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = made;
      if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) throw new Error('a session is whole');
      return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        issued: now,
        expires: Expiration,
      };
    },
  };
}

/** Whether EC2 may assume the role for `subject`. */
function trusts(role: IamRole, { account, region, id }: WorkloadIdentity, now: number): boolean {
  const key = (name: string): KeyValue => {
    switch (name) {
      case 'aws:sourceaccount':
        return account;
      case 'aws:sourcearn':
        return `arn:aws:ec2:${region}:${account}:instance/${id}`;
      case 'aws:currenttime':
        return new Date(now).toISOString();
      case 'aws:epochtime':
        return String(Math.floor(now / 1000));
      default:
        return undefined;
    }
  };
  const principal = { kind: 'service', name: ec2Service } as const;
  const request = { principal, action: 'sts:AssumeRole', resource: role.arn, key };
  return evaluatePolicy(trustPolicyOf(role).policy, request).effect === 'Allow';
}
