// The operations of instance profiles.

import type {
  AddRoleToInstanceProfileRequest,
  CreateInstanceProfileRequest,
  CreateInstanceProfileResponse,
  DeleteInstanceProfileRequest,
  GetInstanceProfileRequest,
  GetInstanceProfileResponse,
  ListInstanceProfilesForRoleRequest,
  ListInstanceProfilesForRoleResponse,
  ListInstanceProfilesRequest,
  ListInstanceProfilesResponse,
  RemoveRoleFromInstanceProfileRequest,
} from '@aws-sdk/client-iam';
import {
  addRoleToInstanceProfile as decideAdd,
  createInstanceProfile as decideCreate,
  deleteInstanceProfile as decideDelete,
  getInstanceProfile as get,
  getRole,
  listInstanceProfiles as list,
  listProfilesOfRole,
  removeRoleFromInstanceProfile as decideRemove,
} from '../../domain/iam-role/index.ts';
import { change, read, type Valid, type Wire } from '../operation.ts';
import { describeInstanceProfile, describeOwnTags, readTags } from './describe-iam.ts';
import { pageOfRecords } from './page-iam.ts';

const createInstanceProfile = change(
  'CreateInstanceProfile',
  decideCreate,
  ({ InstanceProfileName, Path, Tags }: Valid<CreateInstanceProfileRequest>) => ({
    name: InstanceProfileName,
    ...(Path === undefined ? {} : { path: Path }),
    ...readTags(Tags, { caseless: false }),
  }),
  (profile, state): Wire<CreateInstanceProfileResponse> => ({
    InstanceProfile: { ...describeInstanceProfile(state, profile), ...describeOwnTags(profile) },
  }),
);

const getInstanceProfile = read(
  'GetInstanceProfile',
  (state, request: Valid<GetInstanceProfileRequest>, call): Wire<GetInstanceProfileResponse> => {
    const profile = get(state, call, request.InstanceProfileName);
    return { InstanceProfile: { ...describeInstanceProfile(state, profile), ...describeOwnTags(profile) } };
  },
);

const deleteInstanceProfile = change(
  'DeleteInstanceProfile',
  decideDelete,
  ({ InstanceProfileName }: Valid<DeleteInstanceProfileRequest>) => ({ name: InstanceProfileName }),
  () => ({}),
);

const profileRole = (request: Valid<AddRoleToInstanceProfileRequest & RemoveRoleFromInstanceProfileRequest>) => ({
  name: request.InstanceProfileName,
  roleName: request.RoleName,
});

const addRoleToInstanceProfile = change('AddRoleToInstanceProfile', decideAdd, profileRole, () => ({}));

const removeRoleFromInstanceProfile = change('RemoveRoleFromInstanceProfile', decideRemove, profileRole, () => ({}));

const listInstanceProfiles = read(
  'ListInstanceProfiles',
  (state, request: Valid<ListInstanceProfilesRequest>, call): Wire<ListInstanceProfilesResponse> => {
    const { items, page } = pageOfRecords(list(state, call, request.PathPrefix), request);
    return { InstanceProfiles: items.map((one) => describeInstanceProfile(state, one)), ...page };
  },
);

const listInstanceProfilesForRole = read(
  'ListInstanceProfilesForRole',
  (state, request: Valid<ListInstanceProfilesForRoleRequest>, call): Wire<ListInstanceProfilesForRoleResponse> => {
    const role = getRole(state, call, request.RoleName);
    const { items, page } = pageOfRecords(listProfilesOfRole(state, role), request);
    return { InstanceProfiles: items.map((one) => describeInstanceProfile(state, one)), ...page };
  },
);

/** The operations of instance profiles. */
export const instanceProfileOperations = [
  createInstanceProfile,
  getInstanceProfile,
  deleteInstanceProfile,
  addRoleToInstanceProfile,
  removeRoleFromInstanceProfile,
  listInstanceProfiles,
  listInstanceProfilesForRole,
];
