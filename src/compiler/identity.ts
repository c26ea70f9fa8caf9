// Access keys and principals of the snapshot: derived keys in place of secrets, and what each principal's own side allows.

import type { State } from '../domain/index.ts';
import { findIdentity, findRole, type IdentityDocuments } from '../domain/iam/index.ts';
import type { Credential, Key } from '../domain/records/index.ts';
import type { SessionKey } from '../identity/index.ts';
import { derivePublicPoint, deriveSigningKey, formatDay } from '../sigv4/index.ts';
import type { AccessKeyRecord, DatedSigningKey, PrincipalRecord, SessionKeyRecord } from '../snapshot/index.ts';

/** What access keys are compiled with, besides the state. */
export interface KeySource {
  /** Today's UTC day (YYYYMMDD). */
  readonly day: string;
  /** Regions of which services may be. */
  readonly regions: readonly string[];
  /** The secret of an access key; undefined when it cannot be had, and the key then not be used. */
  secretOf(credential: Credential): string | undefined;
  /** What opens the session tokens that are good on that day. */
  sessionKeys(): readonly SessionKey[];
}

/** The service name in the scope of requests to services (User Guide: SigV4 authenticated requests). */
const service = 'vpc-lattice-svcs';

const DAY = 86_400_000;

/** Yesterday, today and tomorrow: signer, control and worker may see midnight at different times. */
function daysAround(day: string): readonly string[] {
  const today = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6)));
  return [today - DAY, today, today + DAY].map(formatDay);
}

/** The access key under `key`; what `old` (compiled from the same credential) has of it already is not derived again. */
export function compileAccessKey(
  state: State,
  key: Key,
  revision: number,
  source: KeySource,
  old: AccessKeyRecord | undefined,
): AccessKeyRecord | undefined {
  const credential = state.tables.credential.get(key);
  const secret = credential?.status === 'Active' ? source.secretOf(credential) : undefined;
  if (credential === undefined || secret === undefined) return undefined;
  const known = new Map(old?.signingKeys.map((one) => [`${one.date}/${one.region}`, one]));
  const derive = (date: string, region: string): DatedSigningKey => ({
    date,
    region,
    key: deriveSigningKey(secret, { date, region, service }).toString('base64'),
  });
  return {
    id: credential.id,
    revision,
    principalId: credential.principalArn,
    signingKeys: daysAround(source.day).flatMap((date) =>
      source.regions.map((region) => known.get(`${date}/${region}`) ?? derive(date, region)),
    ),
    publicKey: old?.publicKey ?? derivePublicPoint(credential.id, secret).toString('base64'),
  };
}

/** The user, role or configured principal with `arn`; undefined when there is none. */
export function compilePrincipal(state: State, arn: string, revision: number): PrincipalRecord | undefined {
  const found = findRole(state, arn);
  if (found !== undefined) {
    const { account, id: userId, tags } = found.role;
    const role = { kind: 'role', arn, issuerArn: arn, account, userId, tags } as const;
    return { id: arn, revision, ...role, ...policiesOf(found.documents) };
  }
  const identity = findIdentity(state, arn);
  return identity && { id: arn, revision, ...identity.principal, ...policiesOf(identity) };
}

function policiesOf({ identity, boundary }: IdentityDocuments): Pick<PrincipalRecord, 'policies' | 'boundary'> {
  return boundary === undefined ? { policies: identity } : { policies: identity, boundary };
}

/** The keys that open session tokens on the source's day, by their own days. */
export function compileSessionKeys(source: KeySource, revision: number): ReadonlyMap<string, SessionKeyRecord> {
  return new Map(source.sessionKeys().map(({ day, key }) => [day, { id: day, revision, key: key.toString('base64') }]));
}
