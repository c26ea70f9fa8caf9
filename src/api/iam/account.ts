// What clients ask IAM about an account and its users that nothing here has (groups, devices, certificates, passwords), how much of everything there is, and when a key was used.

import type {
  GetAccessKeyLastUsedRequest,
  GetAccessKeyLastUsedResponse,
  GetAccountSummaryResponse,
  GetLoginProfileRequest,
  ListAccountAliasesResponse,
  ListGroupsForUserRequest,
} from '@aws-sdk/client-iam';
import { countAccount, getAccessKey, getUser } from '../../domain/iam/index.ts';
import { awsQuotas, iamRefusal, type QuotaLimits } from '../../domain/index.ts';
import type { Call } from '../../aws/index.ts';
import type { AuditEvent } from '../../store/index.ts';
import { read, type Operation, type Valid, type Wire } from '../operation.ts';
import { IAM_REGION } from './definition.ts';
import type { IamDeps } from './deps.ts';

/** A list of a user's that is always empty; without a name the caller is meant. */
const emptyList = (name: string, member: string): Operation<IamDeps> =>
  read(name, (state, { UserName }: { readonly UserName?: string }, call) => {
    if (UserName !== undefined) getUser(state, call, UserName);
    return { [member]: [], IsTruncated: false };
  });

/** Nobody has a password here. */
const noLoginProfile = (operation: string) =>
  read(operation, (state, { UserName }: Valid<GetLoginProfileRequest>, call): never => {
    const name = UserName ?? call.principalArn.slice(call.principalArn.lastIndexOf('/') + 1);
    if (UserName !== undefined) getUser(state, call, UserName);
    throw iamRefusal('NoSuchEntity', `Login Profile for User ${name} cannot be found.`);
  });

const listAccountAliases = read('ListAccountAliases', (): Wire<ListAccountAliasesResponse> => ({
  AccountAliases: [],
  IsTruncated: false,
}));

const getAccountSummary = read(
  'GetAccountSummary',
  (state, _request, call, { quotas }: IamDeps): Wire<GetAccountSummaryResponse> => {
    const limits: QuotaLimits = typeof quotas === 'string' ? awsQuotas : quotas;
    const { users, roles, policies, profiles, providers, versions } = countAccount(state, call);
    return {
      SummaryMap: {
        ...{ Users: users, UsersQuota: limits.users, Groups: 0, GroupsQuota: 0, GroupsPerUserQuota: 0 },
        ...{ Roles: roles, RolesQuota: limits.roles },
        ...{ InstanceProfiles: profiles, InstanceProfilesQuota: limits.instanceProfiles },
        ...{ Policies: policies, PoliciesQuota: limits.managedPolicies, PolicySizeQuota: 6144 },
        ...{ PolicyVersionsInUse: versions, VersionsPerPolicyQuota: 5, Providers: providers },
        ...{ AccessKeysPerUserQuota: 2, AssumeRolePolicySizeQuota: 2048, UserPolicySizeQuota: 2048 },
        ...{ RolePolicySizeQuota: 10_240, AttachedPoliciesPerUserQuota: limits.policiesPerUser },
        ...{ AttachedPoliciesPerRoleQuota: limits.policiesPerRole, AccountAccessKeysPresent: 0 },
        ...{ AccountMFAEnabled: 0, MFADevices: 0, MFADevicesInUse: 0, ServerCertificates: 0 },
      },
    };
  },
);

/** The most slices of the audit events of a region that are looked through for a call. */
const MOST_SLICES = 20;

/** The newest call that was signed with the key, of those that audit events tell of. */
async function findLastUse({ store, regions }: IamDeps, call: Call, key: string): Promise<AuditEvent | undefined> {
  let newest: AuditEvent | undefined;
  for (const region of new Set([...regions, IAM_REGION])) {
    const query = { account: call.account, region, from: newest?.time ?? 0, until: call.now + 1, now: call.now };
    const attribute = { kind: 'accessKeyId', value: key } as const;
    let page = await store.findEvents({ ...query, attribute, limit: 50 });
    for (let slice = 1; ; slice++) {
      // Of a call whose signature was not believed nobody is known.
      const found = page.events.find(({ user }) => user !== '');
      if (found !== undefined) newest = found;
      if (found !== undefined || page.next === undefined || slice === MOST_SLICES) break;
      page = await store.findEvents({ ...query, attribute, limit: 50, before: page.next });
    }
  }
  return newest;
}

const getAccessKeyLastUsed: Operation<IamDeps> = {
  name: 'GetAccessKeyLastUsed',
  kind: 'read',
  bind: (deps) => async (input, call) => {
    const { AccessKeyId } = input as Valid<GetAccessKeyLastUsedRequest>;
    const { user } = getAccessKey(deps.store.state.value, call, AccessKeyId);
    const last = await findLastUse(deps, call, AccessKeyId);
    const output: Wire<GetAccessKeyLastUsedResponse> = {
      UserName: user.name,
      AccessKeyLastUsed:
        last === undefined
          ? { ServiceName: 'N/A', Region: 'N/A' }
          : {
              LastUsedDate: new Date(last.time),
              ServiceName: last.source.replace(/\.amazonaws\.com$/, ''),
              Region: last.region,
            },
    };
    return { output };
  },
};

const listGroupsForUser = read('ListGroupsForUser', (state, request: Valid<ListGroupsForUserRequest>, call) => {
  getUser(state, call, request.UserName);
  return { Groups: [], IsTruncated: false };
});

/** The operations. */
export const accountOperations: readonly Operation<IamDeps>[] = [
  getAccessKeyLastUsed,
  getAccountSummary,
  noLoginProfile('DeleteLoginProfile'),
  noLoginProfile('GetLoginProfile'),
  noLoginProfile('UpdateLoginProfile'),
  listAccountAliases,
  listGroupsForUser,
  emptyList('ListMFADevices', 'MFADevices'),
  read('ListVirtualMFADevices', () => ({ VirtualMFADevices: [], IsTruncated: false })),
  emptyList('ListSSHPublicKeys', 'SSHPublicKeys'),
  emptyList('ListServiceSpecificCredentials', 'ServiceSpecificCredentials'),
  emptyList('ListSigningCertificates', 'Certificates'),
];
