// OpenID Connect providers: whose tokens stand for somebody.

import type { Context, Decided } from '../decision.ts';
import { globalKey, iamArn, type Account } from '../iam/entity.ts';
import { checkQuota } from '../quotas.ts';
import { GLOBAL_REGION, type Tags } from '../records/base.ts';
import type { OidcProvider } from '../records/iam.ts';
import { iamRefusal } from '../refusal.ts';
import { ownedIndexValue } from '../state-indexes.ts';
import { countBy, put, recordsBy, remove, type State } from '../state.ts';
import { checkTags } from '../tag/check-tags.ts';

/** AWS's, which it does not raise (API Reference: CreateOpenIDConnectProvider). */
const CLIENTS_OF_A_PROVIDER = 100;
const THUMBPRINTS_OF_A_PROVIDER = 5;

/** CreateOpenIDConnectProvider: the URL is the issuer of the tokens; one provider of an account for each. */
export function createOidcProvider(
  state: State,
  input: {
    readonly url: string;
    readonly clientIds?: readonly string[];
    readonly thumbprints?: readonly string[];
    readonly tags?: Tags;
  },
  context: Context,
): Decided<OidcProvider> {
  const { account, now } = context;
  const tags = checkTags(input.tags);
  const url = readIssuer(input.url);
  const clientIds = [...new Set(input.clientIds)];
  checkClients(clientIds);
  if (state.tables.oidcProvider.has(globalKey(context, url)))
    throw iamRefusal('EntityAlreadyExists', `Provider with url https://${url} already exists.`);
  const owner = { account, region: GLOBAL_REGION };
  checkQuota(context, 'oidcProviders', () => countBy(state, 'owned', ownedIndexValue('oidcProvider', owner)) + 1);
  const provider: OidcProvider = {
    ...owner,
    id: url,
    arn: iamArn(context, `oidc-provider/${url}`),
    url,
    clientIds,
    thumbprints: readThumbprints(input.thumbprints ?? []),
    createdAt: now,
    lastUpdatedAt: now,
    tags,
  };
  return { changes: [put('oidcProvider', provider)], result: provider };
}

/** DeleteOpenIDConnectProvider. Roles that trust it stay. */
export function deleteOidcProvider(state: State, input: { readonly arn: string }, context: Context): Decided<null> {
  return { changes: [remove('oidcProvider', getOidcProvider(state, context, input.arn))], result: null };
}

/** AddClientIDToOpenIDConnectProvider. Does nothing when it is there. */
export function addClientId(
  state: State,
  input: { readonly arn: string; readonly clientId: string },
  context: Context,
): Decided<null> {
  const before = getOidcProvider(state, context, input.arn);
  if (before.clientIds.includes(input.clientId)) return { changes: [], result: null };
  const clientIds = [...before.clientIds, input.clientId];
  checkClients(clientIds);
  return { changes: [put('oidcProvider', { ...before, clientIds, lastUpdatedAt: context.now })], result: null };
}

/** RemoveClientIDFromOpenIDConnectProvider. Does nothing when it is not there (API Reference). */
export function removeClientId(
  state: State,
  input: { readonly arn: string; readonly clientId: string },
  context: Context,
): Decided<null> {
  const before = getOidcProvider(state, context, input.arn);
  const clientIds = before.clientIds.filter((one) => one !== input.clientId);
  if (clientIds.length === before.clientIds.length) return { changes: [], result: null };
  return { changes: [put('oidcProvider', { ...before, clientIds, lastUpdatedAt: context.now })], result: null };
}

/** UpdateOpenIDConnectProviderThumbprint: replaces the whole list. */
export function updateThumbprints(
  state: State,
  input: { readonly arn: string; readonly thumbprints: readonly string[] },
  context: Context,
): Decided<null> {
  const before = getOidcProvider(state, context, input.arn);
  const thumbprints = readThumbprints(input.thumbprints);
  return { changes: [put('oidcProvider', { ...before, thumbprints, lastUpdatedAt: context.now })], result: null };
}

/** The provider with `arn`; refused with NoSuchEntity, or InvalidInput when it is no provider's. */
export function getOidcProvider(state: State, caller: Account, arn: string): OidcProvider {
  const [, url] = /^arn:[^:]+:iam::\d{12}:oidc-provider\/(.+)$/.exec(arn) ?? [];
  if (url === undefined) throw iamRefusal('InvalidInput', `Invalid ARN: ${arn.slice(0, 255)}`);
  const found = state.tables.oidcProvider.get(globalKey(caller, url));
  if (found?.arn !== arn) throw iamRefusal('NoSuchEntity', `OpenIDConnect Provider not found for arn ${arn}`);
  return found;
}

/** The providers of the account. */
export function listOidcProviders(state: State, { account }: Account): readonly OidcProvider[] {
  const value = ownedIndexValue('oidcProvider', { account, region: GLOBAL_REGION });
  return recordsBy(state, 'oidcProvider', 'owned', value);
}

/** The issuer without its scheme and the slash at its end. */
function readIssuer(text: string): string {
  const url = text.startsWith('https://') ? URL.parse(text) : null;
  const isPlain = url !== null && url.username === '' && url.search === '' && url.hash === '';
  if (!isPlain) throw iamRefusal('ValidationError', 'Invalid Open ID Connect Provider URL');
  return text.slice('https://'.length).replace(/\/$/, '');
}

function readThumbprints(texts: readonly string[]): readonly string[] {
  if (texts.length > THUMBPRINTS_OF_A_PROVIDER)
    throw iamRefusal('InvalidInput', 'Thumbprint list must contain fewer than 5 entries.');
  for (const text of texts)
    if (!/^[\da-fA-F]{40}$/.test(text)) throw iamRefusal('InvalidInput', 'A thumbprint has 40 hexadecimal digits.');
  return texts.map((text) => text.toLowerCase());
}

function checkClients(clientIds: readonly string[]): void {
  if (clientIds.length > CLIENTS_OF_A_PROVIDER)
    throw iamRefusal(
      'LimitExceeded',
      `Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${CLIENTS_OF_A_PROVIDER}`,
    );
}
