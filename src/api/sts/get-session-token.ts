// GetSessionToken.

import type { GetSessionTokenRequest, GetSessionTokenResponse } from '@aws-sdk/client-sts';
import { read, type Valid, type Wire } from '../operation.ts';
import type { StsDeps } from './deps.ts';
import { denied } from './role-session.ts';
import { makeCredentials } from './session-credentials.ts';

/** Seconds when the caller does not say, and the most for root (STS API: GetSessionToken). */
const USUAL = 43_200;
const MOST_OF_ROOT = 3600;

/** Temporary credentials of the caller, who may what its own side may. */
export const getSessionToken = read(
  'GetSessionToken',
  (_state, request: Valid<GetSessionTokenRequest>, call, deps: StsDeps): Wire<GetSessionTokenResponse> => {
    if (request.SerialNumber !== undefined || request.TokenCode !== undefined)
      throw denied(
        'MultiFactorAuthentication failed with invalid MFA one time pass code. There are no MFA devices here.',
      );
    const caller = deps.callers.identify(call);
    if (caller === undefined || caller.session !== undefined || caller.principal.kind === 'role')
      throw denied('Cannot call GetSessionToken with session credentials');
    const { principal } = caller;
    const { DurationSeconds: asked = USUAL } = request;
    const seconds = principal.kind === 'root' ? Math.min(asked, MOST_OF_ROOT) : asked;
    return { Credentials: makeCredentials({ principal }, seconds, { ...deps, now: call.now }) };
  },
);
