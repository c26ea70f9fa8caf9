// Says who signed a request, or why that cannot be believed.

import {
  sha256,
  signatureFailure,
  verifySignature,
  type Authorization,
  type SignatureFailure,
  type SigningKeys,
} from '../sigv4/index.ts';
import type { WireRequest } from './codec.ts';

/** A key pair that may call, and who it stands for. */
export interface Credential {
  readonly secret: string;
  readonly principalArn: string;
  /** Twelve digits. */
  readonly account: string;
  /** The key is known, and refused as one that is not. */
  readonly inactive?: boolean;
  /** Set on temporary credentials: the request must carry the same. */
  readonly sessionToken?: string;
  /** When temporary credentials end, in milliseconds since 1970. */
  readonly expires?: number;
}

/** Who calls. */
export interface Caller {
  readonly account: string;
  readonly principalArn: string;
  readonly accessKeyId: string;
  /** Of temporary credentials; a secret: it goes into no log. */
  readonly sessionToken?: string;
  /** In test mode: nobody has the key, and nothing was verified. */
  readonly unknown?: true;
}

/** What authentication needs to know. */
export interface AuthenticateOptions {
  /** Accept every key: 12 digits are the account, another unknown one means `defaultAccount`; known ones are still verified. */
  readonly open: boolean;
  readonly defaultAccount: string;
  readonly regions: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly findCredential: (accessKeyId: string, sessionToken: string | undefined) => Credential | undefined;
  readonly signingKeys: SigningKeys;
}

/** Verifies `authorization` for `request`. A region that is not served is refused, known key or not. */
export function authenticate(
  request: WireRequest,
  authorization: Authorization,
  options: AuthenticateOptions,
): { readonly ok: true; readonly caller: Caller } | SignatureFailure {
  const { accessKeyId, scope } = authorization;
  if (!options.regions.includes(scope.region))
    return signatureFailure(
      'SignatureDoesNotMatch',
      `Credential should be scoped to a valid region, not '${scope.region}': this server has ${options.regions.join(', ')}.`,
    );
  const credential = options.findCredential(accessKeyId, authorization.sessionToken);
  if (credential === undefined) {
    if (!options.open)
      return signatureFailure('UnrecognizedClient', 'The security token included in the request is invalid.');
    const account = /^\d{12}$/.test(accessKeyId) ? accessKeyId : options.defaultAccount;
    const principalArn = `arn:aws:iam::${account}:root`;
    return { ok: true, caller: { account, principalArn, accessKeyId, unknown: true } };
  }
  if (credential.inactive === true || credential.sessionToken !== authorization.sessionToken)
    return signatureFailure('UnrecognizedClient', 'The security token included in the request is invalid.');
  const verified = verifySignature(request, authorization, {
    signingKey: options.signingKeys.derive(credential.secret, scope),
    services: [scope.service],
    now: options.now,
    bodyHash: sha256(request.body),
    pathForms: ['double'],
  });
  if (!verified.ok) return verified;
  const { account, principalArn, sessionToken, expires } = credential;
  // Only who has the secret is told so.
  if (expires !== undefined && expires <= options.now)
    return signatureFailure('ExpiredToken', 'The security token included in the request is expired');
  return {
    ok: true,
    caller: { account, principalArn, accessKeyId, ...(sessionToken === undefined ? {} : { sessionToken }) },
  };
}
