// The operations of OpenID Connect providers.

import type {
  AddClientIDToOpenIDConnectProviderRequest,
  CreateOpenIDConnectProviderRequest,
  CreateOpenIDConnectProviderResponse,
  DeleteOpenIDConnectProviderRequest,
  GetOpenIDConnectProviderRequest,
  GetOpenIDConnectProviderResponse,
  ListOpenIDConnectProvidersResponse,
  RemoveClientIDFromOpenIDConnectProviderRequest,
  UpdateOpenIDConnectProviderThumbprintRequest,
} from '@aws-sdk/client-iam';
import {
  addClientId as decideAdd,
  createOidcProvider as decideCreate,
  deleteOidcProvider as decideDelete,
  getOidcProvider as get,
  listOidcProviders as list,
  removeClientId as decideRemove,
  updateThumbprints as decideUpdate,
} from '../../domain/oidc-provider/index.ts';
import { change, read, type Valid, type Wire } from '../operation.ts';
import { describeOwnTags, readTags } from './describe-iam.ts';

const createOpenIDConnectProvider = change(
  'CreateOpenIDConnectProvider',
  decideCreate,
  ({ Url, ClientIDList, ThumbprintList, Tags }: Valid<CreateOpenIDConnectProviderRequest>) => ({
    url: Url,
    ...(ClientIDList === undefined ? {} : { clientIds: ClientIDList }),
    ...(ThumbprintList === undefined ? {} : { thumbprints: ThumbprintList }),
    ...readTags(Tags, { caseless: false }),
  }),
  (provider): Wire<CreateOpenIDConnectProviderResponse> => ({
    OpenIDConnectProviderArn: provider.arn,
    ...describeOwnTags(provider),
  }),
);

const getOpenIDConnectProvider = read(
  'GetOpenIDConnectProvider',
  (state, request: Valid<GetOpenIDConnectProviderRequest>, call): Wire<GetOpenIDConnectProviderResponse> => {
    const provider = get(state, call, request.OpenIDConnectProviderArn);
    return {
      Url: provider.url,
      ClientIDList: provider.clientIds,
      ThumbprintList: provider.thumbprints,
      CreateDate: new Date(provider.createdAt),
      ...describeOwnTags(provider),
    };
  },
);

const listOpenIDConnectProviders = read(
  'ListOpenIDConnectProviders',
  (state, _request, call): Wire<ListOpenIDConnectProvidersResponse> => ({
    OpenIDConnectProviderList: list(state, call).map(({ arn }) => ({ Arn: arn })),
  }),
);

const deleteOpenIDConnectProvider = change(
  'DeleteOpenIDConnectProvider',
  decideDelete,
  (request: Valid<DeleteOpenIDConnectProviderRequest>) => ({ arn: request.OpenIDConnectProviderArn }),
  () => ({}),
);

const clientOf = (
  request: Valid<AddClientIDToOpenIDConnectProviderRequest & RemoveClientIDFromOpenIDConnectProviderRequest>,
) => ({ arn: request.OpenIDConnectProviderArn, clientId: request.ClientID });

const addClientId = change('AddClientIDToOpenIDConnectProvider', decideAdd, clientOf, () => ({}));

const removeClientId = change('RemoveClientIDFromOpenIDConnectProvider', decideRemove, clientOf, () => ({}));

const updateThumbprint = change(
  'UpdateOpenIDConnectProviderThumbprint',
  decideUpdate,
  (request: Valid<UpdateOpenIDConnectProviderThumbprintRequest>) => ({
    arn: request.OpenIDConnectProviderArn,
    thumbprints: request.ThumbprintList,
  }),
  () => ({}),
);

/** The operations of OpenID Connect providers. */
export const oidcProviderOperations = [
  createOpenIDConnectProvider,
  getOpenIDConnectProvider,
  listOpenIDConnectProviders,
  deleteOpenIDConnectProvider,
  addClientId,
  removeClientId,
  updateThumbprint,
];
