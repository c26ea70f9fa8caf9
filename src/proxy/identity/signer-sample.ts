// A principal that a plane knows, and the requests that it signs, for tests.

import { derivePublicPoint, deriveSigningKey, formatDay, signHeaders, type Signer } from '../../sigv4/index.ts';
import { HOST } from '../snapshot-sample.ts';
import type { AccessKeyRecord, PrincipalRecord, Snapshot } from '../../snapshot/index.ts';

/** What the principal signs with. */
export const signer: Signer = {
  accessKeyId: 'AKIATESTER',
  secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 'vpc-lattice-svcs',
};

/** Its ARN. */
export const signerArn = 'arn:aws:sts::123456789012:assumed-role/orders/one';

const DAY = 86_400_000;

/** `snapshot` with the principal and its access key, good around `now`. */
export function withSigner(snapshot: Snapshot, now = Date.now(), principal: Partial<PrincipalRecord> = {}): Snapshot {
  const { revision } = snapshot;
  const { accessKeyId, secret, region, service } = signer;
  const key: AccessKeyRecord = {
    id: accessKeyId,
    revision,
    principalId: signerArn,
    signingKeys: [now - DAY, now, now + DAY].map(formatDay).map((date) => ({
      date,
      region,
      key: deriveSigningKey(secret, { date, region, service }).toString('base64'),
    })),
    publicKey: derivePublicPoint(accessKeyId, secret).toString('base64'),
  };
  const record: PrincipalRecord = {
    id: signerArn,
    revision,
    kind: 'role',
    arn: signerArn,
    issuerArn: 'arn:aws:iam::123456789012:role/orders',
    account: '123456789012',
    userId: 'AROATESTER:one',
    tags: {},
    policies: [],
    ...principal,
  };
  return {
    ...snapshot,
    accessKeys: new Map([[key.id, key]]),
    principals: new Map([[record.id, record]]),
  };
}

/** What a signed request is made of; `headers` are signed too. */
export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly now?: number;
  readonly by?: Partial<Signer>;
  readonly pathForm?: 'single' | 'double';
}

/** The header lines (CRLF after each) of a request that the principal signed, Host first. */
export function signLines(asked: Asked = {}): string {
  const { method = 'GET', path: target = '/', host = HOST, now = Date.now(), pathForm = 'double' } = asked;
  const [path = '', query = ''] = target.split('?');
  const given = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...asked.headers };
  const added = signHeaders(
    { method, path, query, headers: new Map(Object.entries({ host, ...given })) },
    { ...signer, ...asked.by },
    { now, bodyHash: 'UNSIGNED-PAYLOAD', pathForm },
  );
  return Object.entries({ host, ...given, ...added })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

/** The head of such a request, its empty line included. */
export function signRequest(asked: Asked = {}): string {
  return `${asked.method ?? 'GET'} ${asked.path ?? '/'} HTTP/1.1\r\n${signLines(asked)}\r\n`;
}
