// The operations of users.

import type {
  CreateUserRequest,
  CreateUserResponse,
  DeleteUserRequest,
  GetUserRequest,
  GetUserResponse,
  ListUsersRequest,
  ListUsersResponse,
  UpdateUserRequest,
} from '@aws-sdk/client-iam';
import {
  createUser as decideCreate,
  deleteUser as decideDelete,
  findCredential,
  callingUser,
  getUser as get,
  listUsers as list,
  principalOf,
  updateUser as decideUpdate,
} from '../../domain/iam/index.ts';
import type { State } from '../../domain/index.ts';
import type { Call } from '../../aws/index.ts';
import { change, read, type Valid, type Wire } from '../operation.ts';
import { describeUser, describeWholeUser, readTags } from './describe-iam.ts';
import { pageOfRecords } from './page-iam.ts';

const createUser = change(
  'CreateUser',
  decideCreate,
  ({ UserName, Path, PermissionsBoundary, Tags }: Valid<CreateUserRequest>) => ({
    name: UserName,
    ...(Path === undefined ? {} : { path: Path }),
    ...(PermissionsBoundary === undefined ? {} : { permissionsBoundary: PermissionsBoundary }),
    ...readTags(Tags, { caseless: true }),
  }),
  (user): Wire<CreateUserResponse> => ({ User: describeWholeUser(user) }),
);

const getUser = read('GetUser', (state, { UserName }: Valid<GetUserRequest>, call): Wire<GetUserResponse> => {
  if (UserName !== undefined) return { User: describeWholeUser(get(state, call, UserName)) };
  return { User: describeCaller(state, call) };
});

/** Who calls: also the root user, and users that the server or its configuration made. */
function describeCaller(state: State, call: Call): Wire<GetUserResponse>['User'] {
  const { principalArn, account, accessKeyId } = call;
  const credential = findCredential(state, accessKeyId);
  if (principalArn.endsWith(':root'))
    return { Path: '/', UserName: account, UserId: account, Arn: principalArn, CreateDate: new Date(0) };
  const [, path, name] = /:user(\/(?:.*\/)?)([^/]+)$/.exec(principalArn) ?? [];
  if (credential === undefined || credential.role === 'user' || path === undefined || name === undefined)
    return describeWholeUser(callingUser(state, call));
  const CreateDate = new Date(credential.createdAt);
  return { Path: path, UserName: name, UserId: principalOf(principalArn).userId, Arn: principalArn, CreateDate };
}

const updateUser = change(
  'UpdateUser',
  decideUpdate,
  ({ UserName, NewUserName, NewPath }: Valid<UpdateUserRequest>) => ({
    userName: UserName,
    ...(NewUserName === undefined ? {} : { newName: NewUserName }),
    ...(NewPath === undefined ? {} : { newPath: NewPath }),
  }),
  () => ({}),
);

const deleteUser = change(
  'DeleteUser',
  decideDelete,
  ({ UserName }: Valid<DeleteUserRequest>) => ({ userName: UserName }),
  () => ({}),
);

const listUsers = read('ListUsers', (state, request: Valid<ListUsersRequest>, call): Wire<ListUsersResponse> => {
  const { items, page } = pageOfRecords(list(state, call, request.PathPrefix), request);
  return { Users: items.map(describeUser), ...page };
});

/** The operations of users. */
export const userOperations = [createUser, getUser, updateUser, deleteUser, listUsers];
