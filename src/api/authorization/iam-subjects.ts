// What each operation of IAM is done to, and what its own condition keys say (Service Authorization Reference: IAM).

import type { Call } from '../../aws/index.ts';
import { findIamEntity } from '../../domain/iam/index.ts';
import { findPolicy } from '../../domain/iam-policy/index.ts';
import type { State } from '../../domain/index.ts';
import { listOidcProviders } from '../../domain/oidc-provider/index.ts';
import type { SubjectsOf } from './authorize.ts';
import type { Subject } from './call-request.ts';

/** The members that name what an operation is done to. */
interface Names {
  readonly UserName?: string;
  readonly RoleName?: string;
  readonly InstanceProfileName?: string;
  readonly PolicyArn?: string;
  readonly PolicyName?: string;
  readonly OpenIDConnectProviderArn?: string;
  readonly Url?: string;
  readonly Path?: string;
  readonly PermissionsBoundary?: string;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
  readonly TagKeys?: readonly string[];
}

/** Operations of the caller's own user where they name none. */
const ofUsers = /User|AccessKey|LoginProfile|MFADevices|SSHPublicKeys|SigningCertificates|ServiceSpecificCredentials/;

/** What lists or sums up everything of an account. */
const ofAccounts = /^(ListUsers|ListAccountAliases|GetAccountSummary)$/;

/** What the operations of IAM are about. */
export const iamSubjects: SubjectsOf = (operation, input, call, state) => {
  const names = input as Names;
  const { Tags: tags = [], PolicyArn: policy, PermissionsBoundary: boundary } = names;
  const { arn, tags: resourceTags, permissionsBoundary: own } = locate(operation, names, call, state);
  // Who may put a role into a profile may give it to instances.
  const passed =
    operation === 'AddRoleToInstanceProfile' && names.RoleName !== undefined
      ? [{ action: 'iam:PassRole', resource: locate('GetRole', { RoleName: names.RoleName }, call, state).arn }]
      : [];
  const subject: Subject = {
    action: `iam:${operation}`,
    resource: arn,
    ...(resourceTags === undefined ? {} : { resourceTags }),
    requestTags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
    tagKeys: names.TagKeys ?? tags.map(({ Key }) => Key),
    key(name) {
      if (name === 'iam:policyarn') return policy;
      // The one that is given, else the one that the user or role has: what is done to them stays within it.
      return name === 'iam:permissionsboundary' ? (boundary ?? own) : undefined;
    },
  };
  // Policies may ask for a principal's tags: who may make one may not therefore choose them (IAM User Guide: "Tags for IAM resources").
  const tagged =
    tags.length > 0 && operation.startsWith('Create')
      ? [{ ...subject, action: `iam:${operation.replace('Create', 'Tag')}` }]
      : [];
  return [...passed, subject, ...tagged];
};

/** What an operation is done to. */
interface Located {
  readonly arn: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** An ARN. */
  readonly permissionsBoundary?: string;
}

function locate(operation: string, names: Names, call: Call, state: State): Located {
  const { UserName, RoleName, InstanceProfileName, PolicyArn, PolicyName, OpenIDConnectProviderArn, Url } = names;
  const path = names.Path ?? '/';
  const made = (resource: string): Located => ({ arn: `arn:aws:iam::${call.account}:${resource}` });
  if (operation === 'CreateUser') return made(`user${path}${UserName}`);
  if (operation === 'CreateRole') return made(`role${path}${RoleName}`);
  if (operation === 'CreatePolicy') return made(`policy${path}${PolicyName}`);
  if (operation === 'CreateInstanceProfile') return made(`instance-profile${path}${InstanceProfileName}`);
  if (operation === 'CreateOpenIDConnectProvider')
    return made(`oidc-provider/${(Url ?? '').replace(/^https:\/\//, '')}`);
  const found = (kind: 'iamUser' | 'iamRole' | 'iamInstanceProfile', segment: string, name: string): Located =>
    findIamEntity(state, call, kind, name) ?? made(`${segment}/${name}`);
  if (InstanceProfileName !== undefined) return found('iamInstanceProfile', 'instance-profile', InstanceProfileName);
  if (RoleName !== undefined) return found('iamRole', 'role', RoleName);
  if (UserName !== undefined) return found('iamUser', 'user', UserName);
  if (PolicyArn !== undefined) return { arn: PolicyArn, tags: findPolicy(state, call, PolicyArn)?.tags ?? {} };
  if (OpenIDConnectProviderArn !== undefined) {
    const provider = listOidcProviders(state, call).find(({ arn }) => arn === OpenIDConnectProviderArn);
    return { arn: OpenIDConnectProviderArn, tags: provider?.tags ?? {} };
  }
  return { arn: ofUsers.test(operation) && !ofAccounts.test(operation) ? call.principalArn : '*' };
}
