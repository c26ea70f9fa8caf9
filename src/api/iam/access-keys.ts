// The operations of access keys.

import type {
  CreateAccessKeyRequest,
  CreateAccessKeyResponse,
  DeleteAccessKeyRequest,
  ListAccessKeysRequest,
  ListAccessKeysResponse,
  UpdateAccessKeyRequest,
} from '@aws-sdk/client-iam';
import {
  createAccessKey as decideCreate,
  deleteAccessKey as decideDelete,
  listAccessKeys as list,
  updateAccessKey as decideUpdate,
} from '../../domain/iam/index.ts';
import { iamRefusal } from '../../domain/index.ts';
import { change, read, type Valid, type Wire } from '../operation.ts';
import type { IamDeps } from './deps.ts';
import { describeAccessKey } from './describe-iam.ts';
import { pageOfRecords } from './page-iam.ts';

const ofUser = (UserName: string | undefined) => (UserName === undefined ? {} : { userName: UserName });

const createAccessKey = change(
  'CreateAccessKey',
  decideCreate,
  ({ UserName }: Valid<CreateAccessKeyRequest>, { secrets }: IamDeps) => ({ ...ofUser(UserName), secrets }),
  ({ user, credential, secretAccessKey }): Wire<CreateAccessKeyResponse> => ({
    AccessKey: {
      UserName: user.name,
      AccessKeyId: credential.id,
      Status: credential.status,
      SecretAccessKey: secretAccessKey,
      CreateDate: new Date(credential.createdAt),
    },
  }),
);

const updateAccessKey = change(
  'UpdateAccessKey',
  decideUpdate,
  ({ UserName, AccessKeyId, Status }: Valid<UpdateAccessKeyRequest>) => {
    if (Status === 'Expired') throw iamRefusal('InvalidInput', 'An access key is made Active or Inactive.');
    return { ...ofUser(UserName), accessKeyId: AccessKeyId, status: Status };
  },
  () => ({}),
);

const deleteAccessKey = change(
  'DeleteAccessKey',
  decideDelete,
  ({ UserName, AccessKeyId }: Valid<DeleteAccessKeyRequest>) => ({ ...ofUser(UserName), accessKeyId: AccessKeyId }),
  () => ({}),
);

const listAccessKeys = read(
  'ListAccessKeys',
  (state, request: Valid<ListAccessKeysRequest>, call): Wire<ListAccessKeysResponse> => {
    const { user, keys } = list(state, call, ofUser(request.UserName));
    const { items, page } = pageOfRecords(keys, request);
    return { AccessKeyMetadata: items.map((one) => describeAccessKey(user, one)), ...page };
  },
);

/** The operations of access keys. */
export const accessKeyOperations = [createAccessKey, updateAccessKey, deleteAccessKey, listAccessKeys];
