// Who an access key or a role stands for, and the policies of its own side: the documents, by the names that people know them by.

import { createHash } from 'node:crypto';
import { base32Letters } from '../../base/base32.ts';
import type { CallerPrincipal } from '../../policy/index.ts';
import { documentOf, findPolicy } from '../iam-policy/read.ts';
import type { Credential, IamEntity, IamRole, IamUser } from '../records/iam.ts';
import { recordsBy, type State } from '../state.ts';
import { findNamed, globalKey, type Account } from './entity.ts';

/** A policy document (JSON text) and its name: an ARN, or `inline policy NAME`. */
export interface NamedDocument {
  readonly name: string;
  readonly document: string;
}

/** What decides what somebody may do, as far as it is their own. */
export interface IdentityDocuments {
  readonly identity: readonly NamedDocument[];
  /** The permissions boundary. One that does not exist any more bounds everything. */
  readonly boundary?: NamedDocument;
}

/** Who, and what their own side says. */
export interface Identity extends IdentityDocuments {
  readonly principal: CallerPrincipal;
}

/** Whom `credential` stands for; undefined when its user is gone. */
export function identityOf(state: State, credential: Credential): Identity | undefined {
  if (credential.userId === undefined) {
    const identity = credential.policies.map((policy, i) => ({
      name: `policy ${i + 1} of ${credential.principalArn}`,
      document: JSON.stringify(policy),
    }));
    return { principal: principalOf(credential.principalArn), identity };
  }
  const user = state.tables.iamUser.get(globalKey(credential, credential.userId));
  return user && userIdentity(state, user);
}

/** The user, or the principal of pergola.yaml, with the ARN `arn`; undefined when there is none. */
export function findIdentity(state: State, arn: string): Identity | undefined {
  const [, account = '', name = ''] = /^arn:[^:]+:iam::(\d{12}):user\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  const user = findNamed(state, { account }, 'iamUser', name);
  if (user?.arn === arn) return userIdentity(state, user);
  const own = recordsBy(state, 'credential', 'credentialsByPrincipal', arn).find(({ userId }) => userId === undefined);
  return own && identityOf(state, own);
}

function userIdentity(state: State, user: IamUser): Identity {
  const { arn, account, id: userId, tags } = user;
  const principal = { kind: 'user', arn, issuerArn: arn, account, userId, tags } as const;
  return { principal, ...documentsOf(state, user) };
}

/** The role with the ARN `arn`, and its documents; undefined when there is none. */
export function findRole(
  state: State,
  arn: string,
): { readonly role: IamRole; readonly documents: IdentityDocuments } | undefined {
  const [, account = '', name = ''] = /^arn:[^:]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  const role = findNamed(state, { account }, 'iamRole', name);
  return role?.arn === arn ? { role, documents: documentsOf(state, role) } : undefined;
}

/** What an entity's own policies say, inline ones first. */
function documentsOf(state: State, entity: IamEntity): IdentityDocuments {
  const inline = Object.entries(entity.inlinePolicies).map(([name, document]) => ({
    name: `inline policy ${name} of ${entity.arn}`,
    document,
  }));
  const attached = entity.attachedPolicies.flatMap((arn) => findManagedDocument(state, entity, arn) ?? []);
  const { permissionsBoundary } = entity;
  if (permissionsBoundary === undefined) return { identity: [...inline, ...attached] };
  const boundary = findManagedDocument(state, entity, permissionsBoundary) ?? {
    name: permissionsBoundary,
    document: NOTHING,
  };
  return { identity: [...inline, ...attached], boundary };
}

/** A boundary that is gone: nothing passes it. */
const NOTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';

/** What is in force of the managed policy with `arn`, of the account or AWS's; undefined when there is none. */
export function findManagedDocument(state: State, owner: Account, arn: string): NamedDocument | undefined {
  const policy = findPolicy(state, owner, arn);
  return policy === undefined ? undefined : { name: arn, document: documentOf(policy) };
}

/** What an ARN says of its principal (IAM User Guide: Principal elements, unique identifiers); an id that IAM did not make follows from the ARN. */
export function principalOf(arn: string): CallerPrincipal {
  const [, partition = 'aws', service = '', , account = '', ...rest] = arn.split(':');
  const resource = rest.join(':');
  const [type = '', ...path] = resource.split('/');
  const facts = { arn, issuerArn: arn, account, tags: {} };
  if (resource === 'root') return { kind: 'root', ...facts, userId: account };
  if (service === 'sts' && type === 'federated-user')
    return { kind: 'federated', ...facts, userId: `${account}:${path.join('/')}` };
  if (service === 'sts' && type === 'assumed-role') {
    const issuerArn = `arn:${partition}:iam::${account}:role/${path.slice(0, -1).join('/')}`;
    return { kind: 'role', ...facts, issuerArn, userId: `${idOf('AROA', issuerArn)}:${path.at(-1) ?? ''}` };
  }
  if (type === 'role') return { kind: 'role', ...facts, userId: idOf('AROA', arn) };
  return { kind: 'user', ...facts, userId: idOf('AIDA', arn) };
}

function idOf(prefix: string, arn: string): string {
  const digest = createHash('sha256').update(arn).digest();
  return `${prefix}${[...digest.subarray(0, 17)].map((byte) => base32Letters[byte & 31]).join('')}`;
}
