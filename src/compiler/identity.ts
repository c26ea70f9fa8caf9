// Access keys and principals of the snapshot: derived keys in place of secrets, and what each principal's own side allows.

import { createHash } from 'node:crypto';
import { recordsBy, type State } from '../domain/index.ts';
import { GLOBAL_REGION, keyOf, type Credential, type Key } from '../domain/records/index.ts';
import { derivePublicPoint, deriveSigningKey, formatDay } from '../sigv4/index.ts';
import type { AccessKeyRecord, DatedSigningKey, NamedDocument, PrincipalRecord } from '../snapshot/index.ts';

/** What access keys are compiled with, besides the state. */
export interface KeySource {
  /** Today's UTC day (YYYYMMDD). */
  readonly day: string;
  /** Regions of which services may be. */
  readonly regions: readonly string[];
  /** The secret of an access key; undefined when it cannot be had, and the key then not be used. */
  secretOf(credential: Credential): string | undefined;
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

/** The principal with `arn`, for which some access key stands; undefined when none does any more. */
export function compilePrincipal(state: State, arn: string, revision: number): PrincipalRecord | undefined {
  const [credential] = recordsBy(state, 'credential', 'credentialsByPrincipal', arn);
  if (credential === undefined) return undefined;
  const { account, userId } = credential;
  const user = userId === undefined ? undefined : state.tables.iamUser.get(keyOf(account, GLOBAL_REGION, userId));
  if (user === undefined)
    return { id: arn, revision, ...describePrincipal(arn), tags: {}, policies: namePolicies(credential) };
  const { tags, inlinePolicies } = user;
  const policies = Object.entries(inlinePolicies).map(([name, document]) => ({
    name: `inline policy ${name}`,
    document,
  }));
  return { id: arn, revision, kind: 'user', arn, issuerArn: arn, account, userId: user.id, tags, policies };
}

type Facts = Pick<PrincipalRecord, 'kind' | 'arn' | 'issuerArn' | 'account' | 'userId'>;

/** What an ARN says of its principal (IAM User Guide: Principal elements, unique identifiers). The ids of those that IAM did not make follow from their ARNs. */
function describePrincipal(arn: string): Facts {
  const [, partition = 'aws', iamOrSts = '', , account = '', ...rest] = arn.split(':');
  const name = rest.join(':');
  const [type = '', ...path] = name.split('/');
  const base = { arn, issuerArn: arn, account };
  if (name === 'root') return { kind: 'root', ...base, userId: account };
  if (iamOrSts === 'sts' && type === 'federated-user')
    return { kind: 'federated', ...base, userId: `${account}:${path.join('/')}` };
  if (iamOrSts === 'sts' && type === 'assumed-role') {
    const issuerArn = `arn:${partition}:iam::${account}:role/${path.slice(0, -1).join('/')}`;
    return { kind: 'role', arn, issuerArn, account, userId: `${uniqueId('AROA', issuerArn)}:${path.at(-1) ?? ''}` };
  }
  if (type === 'role') return { kind: 'role', ...base, userId: uniqueId('AROA', arn) };
  return { kind: 'user', ...base, userId: uniqueId('AIDA', arn) };
}

function uniqueId(prefix: string, arn: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const digest = createHash('sha256').update(arn).digest();
  return `${prefix}${[...digest.subarray(0, 17)].map((byte) => letters[byte & 31]).join('')}`;
}

/** One without policies may do everything. */
function namePolicies({ policies }: Credential): readonly NamedDocument[] {
  if (policies.length === 0)
    return [
      {
        name: 'inline policy everything',
        document: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
      },
    ];
  return policies.map((policy, i) => ({ name: `inline policy ${i + 1}`, document: JSON.stringify(policy) }));
}
