// AssumeRoleWithWebIdentity: whom an identity provider vouches for, without a signature.

import type { AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse } from '@aws-sdk/client-sts';
import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import { ServiceError } from '../../aws/index.ts';
import { findRole } from '../../domain/iam/index.ts';
import type { OidcProvider } from '../../domain/records/index.ts';
import { keyOf } from '../../domain/records/index.ts';
import { evaluatePolicy, type KeyValue } from '../../policy/index.ts';
import { callRequest } from '../authorization/call-request.ts';
import type { Operation, Valid, Wire } from '../operation.ts';
import type { StsDeps } from './deps.ts';
import type { KeySets } from './key-sets.ts';
import { beginRoleSession, denied, trustPolicyOf } from './role-session.ts';

/** Seconds by which clocks may differ. */
const SKEW = 60;

/** The signatures that AWS takes (IAM User Guide: OIDC federation), and those of the same families that jose has. */
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

/** Begins a session of a role whose trust policy allows it to the holder of a token. */
export const assumeRoleWithWebIdentity: Operation<StsDeps> = {
  name: 'AssumeRoleWithWebIdentity',
  kind: 'read',
  bind: (deps) => async (input, call) => {
    const request = input as Valid<AssumeRoleWithWebIdentityRequest>;
    if (request.ProviderId !== undefined)
      throw new ServiceError('ValidationError', 'ProviderId is for OAuth 2.0 tokens, which are not taken here.', {
        status: 400,
      });
    const claimed = readClaims(request.WebIdentityToken);
    const [, account = ''] = /^arn:[^:]+:iam::(\d{12}):role\/./.exec(request.RoleArn) ?? [];
    const url = claimed.iss?.replace(/^https:\/\//, '') ?? '';
    const provider = deps.store.state.value.tables.oidcProvider.get(keyOf(account, 'global', url));
    if (provider === undefined)
      throw invalidToken(`No OpenIDConnect provider found in your account for ${claimed.iss}`);
    const claims = await verify(request.WebIdentityToken, provider, call.now, deps.keySets);
    // Only now: keys were fetched meanwhile.
    const state = deps.store.state.value;
    const role = findRole(state, request.RoleArn)?.role;
    const holder = { principal: { kind: 'web-identity', provider: provider.arn } } as const;
    const asked = callRequest(
      holder,
      { ...call, account },
      {
        ...{ action: 'sts:AssumeRoleWithWebIdentity', resource: request.RoleArn },
        ...(role === undefined ? {} : { resourceTags: role.tags }),
        key: (name) => keyOfToken(name, provider, claims, request.RoleSessionName),
      },
    );
    if (role === undefined || evaluatePolicy(trustPolicyOf(role).policy, asked).effect !== 'Allow')
      throw denied('Not authorized to perform sts:AssumeRoleWithWebIdentity');
    const session = beginRoleSession(role, request, { tags: {} }, state, call.now, deps);
    const output: Wire<AssumeRoleWithWebIdentityResponse> = {
      ...session,
      SubjectFromWebIdentityToken: claims.sub,
      Provider: claims.iss,
      Audience: audienceOf(claims, provider),
    };
    return { output };
  },
};

function invalidToken(message: string): ServiceError {
  return new ServiceError('InvalidIdentityToken', message, { status: 400 });
}

function readClaims(token: string): JWTPayload {
  try {
    const claims = decodeJwt(token);
    if (typeof claims.iss === 'string') return claims;
    throw new Error('the token has no issuer');
  } catch {
    throw invalidToken(
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    );
  }
}

/** The claims of a token that `provider` signed for one of its audiences, and that is good now. */
async function verify(token: string, provider: OidcProvider, now: number, keySets: KeySets): Promise<JWTPayload> {
  const check = async (fresh: boolean): Promise<JWTPayload> => {
    const keys = await keySets.find(provider, fresh).catch((error: unknown) => {
      throw new ServiceError(
        'IDPCommunicationError',
        `Couldn't retrieve verification key from your identity provider: ${error instanceof Error ? error.message : String(error)}`,
        { status: 400 },
      );
    });
    const options = {
      algorithms,
      clockTolerance: SKEW,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'iat', 'sub'],
    };
    return (await jwtVerify(token, keys, options)).payload;
  };
  try {
    const claims = await check(false).catch((error: unknown) => {
      // The provider may have new keys.
      if (error instanceof errors.JWKSNoMatchingKey) return check(true);
      throw error;
    });
    if (audienceOf(claims, provider) === undefined) throw invalidToken('Incorrect token audience');
    return claims;
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      throw new ServiceError('ExpiredTokenException', 'Token expired: the current time is after its exp claim.', {
        status: 400,
      });
    if (error instanceof errors.JOSEError) throw invalidToken(`The token is not good: ${error.message}`);
    throw error;
  }
}

/** The audience of a token: the party that it is authorized for, else who is among the provider's. */
function audienceOf({ azp, aud }: JWTPayload, { clientIds }: OidcProvider): string | undefined {
  const named = typeof azp === 'string' ? [azp] : [aud ?? []].flat();
  return named.find((one) => clientIds.includes(one));
}

/** Condition keys of a token: `ISSUER:aud`, `ISSUER:sub` and so on (IAM User Guide: Keys available for AWS OIDC federation). */
function keyOfToken(name: string, provider: OidcProvider, claims: JWTPayload, session: string): KeyValue {
  if (name === 'sts:rolesessionname') return session;
  const prefix = `${provider.url}:`.toLowerCase();
  if (!name.toLowerCase().startsWith(prefix)) return undefined;
  const claim = name.slice(prefix.length);
  if (claim === 'aud') return audienceOf(claims, provider);
  if (claim === 'oaud') return [claims.aud ?? []].flat();
  // Keys have no case, as far as they have no slash: names of claims may have capitals.
  const [, value] = Object.entries(claims).find(([one]) => one.toLowerCase() === claim.toLowerCase()) ?? [];
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined;
}
