// What the instance metadata service answers (IMDSv2; EC2 User Guide: "Instance metadata categories"), and the container credentials beside it. Pure.

import { answerContainer, jsonAnswer } from './container-credentials.ts';
import type { WorkloadIdentity } from '../../base/workload-identity.ts';
import { isGoodToken, makeToken, readTokenLife } from './metadata-tokens.ts';
import type { HeldRole, RoleCredentials } from './role-credentials.ts';

/** What is asked. */
export interface MetadataRequest {
  readonly method: string;
  /** As it came; what follows a `?` is not looked at. */
  readonly url: string;
  /** By name in small letters. */
  header(name: string): string | undefined;
}

/** What is answered. */
export interface MetadataAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface MetadataDeps {
  readonly credentials: RoleCredentials;
  readonly now: number;
  /** Seals tokens. */
  readonly key: Buffer;
}

const TOKEN = 'x-aws-ec2-metadata-token';
const TOKEN_LIFE = 'x-aws-ec2-metadata-token-ttl-seconds';

/** Answers a request of `subject` that came to 169.254.169.254. */
export function answerMetadata(
  request: MetadataRequest,
  subject: WorkloadIdentity,
  deps: MetadataDeps,
): MetadataAnswer {
  const [path = ''] = request.url.split('?');
  // A client that others can make ask on their behalf gives itself away by this header.
  const forwarded = request.header('x-forwarded-for') !== undefined;
  if (path === '/latest/api/token') {
    if (request.method !== 'PUT') return refuse(405, { allow: 'OPTIONS, PUT' });
    if (forwarded) return refuse(403);
    const seconds = readTokenLife(request.header(TOKEN_LIFE));
    if (seconds === undefined) return refuse(400);
    const token = makeToken(subject, deps.now + seconds * 1000, deps.key);
    return text(token, { [TOKEN_LIFE]: String(seconds) });
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, { allow: 'OPTIONS, GET, HEAD' });
  const token = request.header(TOKEN);
  if (forwarded || token === undefined || !isGoodToken(token, subject, deps.now, deps.key)) return refuse(401);
  return answerCategory(path, subject, deps) ?? refuse(404);
}

/** Answers a request of `subject` that came to 169.254.170.2. */
export function answerContainerAddress(
  { method, url }: MetadataRequest,
  subject: WorkloadIdentity,
  { credentials }: Pick<MetadataDeps, 'credentials'>,
): MetadataAnswer {
  const [path = ''] = url.split('?');
  if (method !== 'GET') return jsonAnswer(405, { code: 'MethodNotAllowed', message: `${method} is not answered.` });
  if (path !== containerPath(subject.id)) return jsonAnswer(404, { code: 'NotFound', message: 'There is nothing.' });
  return answerContainer(subject, credentials);
}

/** The path at which a workload finds its credentials at 169.254.170.2. */
export function containerPath(id: string): string {
  return `/v2/credentials/${id}`;
}

/** What is below each folder; folders end with a slash. */
const folders: Readonly<Record<string, readonly string[]>> = {
  '/': ['latest'],
  '/latest': ['dynamic', 'meta-data'],
  '/latest/dynamic': ['instance-identity/'],
  '/latest/dynamic/instance-identity': ['document'],
  '/latest/meta-data/placement': ['availability-zone', 'region'],
};

function answerCategory(path: string, subject: WorkloadIdentity, deps: MetadataDeps): MetadataAnswer | undefined {
  const plain = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  const listed = Object.hasOwn(folders, plain) ? folders[plain] : undefined;
  if (listed !== undefined) return text(listed.join('\n'));
  const held = deps.credentials.held(subject);
  switch (plain) {
    case '/latest/meta-data':
      return text([...(held === undefined ? [] : ['iam/']), 'instance-id', 'local-ipv4', 'placement/'].join('\n'));
    case '/latest/meta-data/instance-id':
      return text(subject.id);
    case '/latest/meta-data/local-ipv4':
      return text(subject.address);
    case '/latest/meta-data/placement/region':
      return text(subject.region);
    case '/latest/meta-data/placement/availability-zone':
      return text(subject.zone);
    case '/latest/dynamic/instance-identity/document':
      return jsonText({
        accountId: subject.account,
        availabilityZone: subject.zone,
        instanceId: subject.id,
        privateIp: subject.address,
        region: subject.region,
        version: '2017-09-30',
      });
    default:
      return held === undefined ? undefined : answerIam(plain, subject, held, deps);
  }
}

function answerIam(
  path: string,
  subject: WorkloadIdentity,
  { role, profile }: HeldRole,
  { credentials, now }: MetadataDeps,
): MetadataAnswer | undefined {
  const folder = '/latest/meta-data/iam';
  if (path === folder) return text('info\nsecurity-credentials/');
  const updated = `${new Date(now).toISOString().slice(0, 19)}Z`;
  const name = role?.slice(role.lastIndexOf('/') + 1) ?? '';
  // Without a profile between a workload and its role: what one that has the role's name would be called.
  const arn = profile?.arn ?? `arn:aws:iam::${subject.account}:instance-profile/${name}`;
  const known = {
    ...{ LastUpdated: updated, InstanceProfileArn: arn },
    ...(profile?.id === undefined ? {} : { InstanceProfileId: profile.id }),
  };
  // IAM User Guide: "Troubleshoot IAM and Amazon EC2".
  if (role === undefined)
    return path === `${folder}/info` ? jsonText({ Code: 'InstanceProfileNotFound', ...known }) : undefined;
  if (path === `${folder}/security-credentials`) return text(name);
  const made = credentials.make({ ...subject, role });
  if (path === `${folder}/info`)
    return jsonText({ Code: 'problem' in made ? 'AssumeRoleUnauthorizedAccess' : 'Success', ...known });
  if (path !== `${folder}/security-credentials/${name}`) return undefined;
  if ('problem' in made)
    return jsonText({ Code: 'AssumeRoleUnauthorizedAccess', Message: made.problem, LastUpdated: updated });
  return jsonText({
    Code: 'Success',
    LastUpdated: updated,
    Type: 'AWS-HMAC',
    AccessKeyId: made.accessKeyId,
    SecretAccessKey: made.secretAccessKey,
    Token: made.sessionToken,
    Expiration: `${made.expires.toISOString().slice(0, 19)}Z`,
  });
}

function text(body: string, headers: Readonly<Record<string, string>> = {}): MetadataAnswer {
  return { status: 200, headers: { 'content-type': 'text/plain', ...headers }, body };
}

function jsonText(value: object): MetadataAnswer {
  return text(JSON.stringify(value, undefined, 2));
}

function refuse(status: number, headers: Readonly<Record<string, string>> = {}): MetadataAnswer {
  return { status, headers: { 'content-type': 'text/plain', ...headers }, body: '' };
}
