// `POST /-/workloads` makes a workload; `GET /-/workloads/ID/lease` holds it: when that closes, it is removed.

import { ServiceError, type Call } from '../../aws/index.ts';
import { findRoleOf } from '../../domain/iam-role/index.ts';
import { recordsBy, Refusal, type State } from '../../domain/index.ts';
import { findAssociatedProfile, profileOf } from '../../domain/instance/index.ts';
import { keyOfRecord } from '../../domain/records/index.ts';
import { passedToEc2 } from '../authorization/passed-role.ts';
import { answerJson, type InternalPath } from './answer.ts';
import type { PergolaDeps, WorkloadRequest } from './deps.ts';
import { getVpc, invalid, readObject, readText } from './wish.ts';

const statusOf = { invalid: 400, conflict: 409, unavailable: 503 } as const;
const codeOf = {
  invalid: 'ValidationException',
  conflict: 'ConflictException',
  unavailable: 'ServiceUnavailableException',
} as const;

/**
 * Makes a workload. Body: `{ vpc, address?, instance?, securityGroups?, role?, namespace? }`, `vpc` an id or a name. With
 * `namespace: { pid | path, inode? }` an existing network namespace of the machine becomes the workload.
 */
export const createWorkload: InternalPath = {
  method: 'POST',
  segments: ['workloads'],
  action: 'RunWorkload',
  async answer({ request, response, call }, deps) {
    if (call === undefined) throw new Error('workloads were reached without a signature');
    const wish = readRequest(request.body, deps.store.state.value, call);
    const roles = wish.role === undefined ? findInstanceRoles(wish, deps.store.state.value) : [wish.role];
    for (const role of roles) allowRole(role, call, deps);
    if (wish.namespace !== undefined) allowNamespace(call, deps);
    const made = await deps.workloads.create(wish);
    if ('failure' in made)
      throw new ServiceError(codeOf[made.failure], made.message, { status: statusOf[made.failure] });
    answerJson(response, 201, made.workload);
  },
};

/** Holds a workload. The answer's head comes at once, its end when the workload is gone. */
export const leaseWorkload: InternalPath = {
  method: 'GET',
  segments: ['workloads', undefined, 'lease'],
  action: 'RunWorkload',
  async answer({ response, parts: [id = ''] }, deps) {
    const aborter = new AbortController();
    response.once('close', () => aborter.abort());
    const gone = deps.workloads.lease(id, aborter.signal);
    if (gone === undefined)
      throw new ServiceError('ResourceNotFoundException', `There is no workload ${id}.`, { status: 404 });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    await gone;
    response.end('{}\n');
  },
};

/** Who gives a role to a workload gets what the role may: it must be allowed to (IAM User Guide: "Grant a user permissions to pass a role"). */
function allowRole(role: string, call: Call, deps: PergolaDeps): void {
  allow(passedToEc2(role), call, deps);
}

/** The ARNs of the roles that a workload can get with the profile of the instance that it stands for: several may have the name that is given. */
function findInstanceRoles({ vpcKey, instance, address }: WorkloadRequest, state: State): readonly string[] {
  return recordsBy(state, 'instance', 'instancesByVpc', vpcKey)
    .filter((one) => (instance === undefined ? one.address === address : one.id === instance || one.name === instance))
    .flatMap((one) => {
      const given = profileOf(one);
      const profile = given && findAssociatedProfile(state, one, given);
      const role = profile && findRoleOf(state, profile);
      return role === undefined ? [] : [role.arn];
    });
}

/** Programs of the machine that know nothing of it get a network more: another right than that to make a workload of one's own. */
function allowNamespace(call: Call, deps: PergolaDeps): void {
  allow({ action: 'pergola:JoinNamespace', resource: '*' }, call, deps);
}

function allow(
  question: Parameters<PergolaDeps['authorize']>[0][number],
  call: Call,
  { authorize }: PergolaDeps,
): void {
  try {
    authorize([question], call);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ServiceError('AccessDeniedException', error.message, { status: 403 });
  }
}

function readRequest(body: Buffer, state: State, call: Call): WorkloadRequest {
  const wish = readObject(body);
  const text = (name: string): string | undefined => readText(wish, name);
  const vpc = text('vpc');
  if (vpc === undefined) throw invalid('vpc is missing');
  const groups = wish['securityGroups'] ?? [];
  if (!Array.isArray(groups) || !groups.every((one): one is string => typeof one === 'string'))
    throw invalid('securityGroups must be a list of texts');
  const [address, instance, role] = [text('address'), text('instance'), text('role')];
  const namespace = readNamespace(wish['namespace']);
  return {
    vpcKey: keyOfRecord(getVpc(state, call, vpc)),
    ...(address === undefined ? {} : { address }),
    ...(instance === undefined ? {} : { instance }),
    ...(role === undefined ? {} : { role }),
    ...(namespace === undefined ? {} : { namespace }),
    securityGroups: groups,
  };
}

/** The longest path of a namespace, in characters. */
const LONGEST_PATH = 4096;

function readNamespace(value: unknown): WorkloadRequest['namespace'] {
  if (value === undefined || value === null) return undefined;
  const { pid, path, inode } = (typeof value === 'object' ? value : {}) as Readonly<Record<string, unknown>>;
  const isNumber = (one: unknown): one is number => typeof one === 'number' && Number.isSafeInteger(one) && one > 0;
  const isPath = (one: unknown): one is string =>
    typeof one === 'string' && one.startsWith('/') && one.length <= LONGEST_PATH && !one.includes('\0');
  if (inode !== undefined && !isNumber(inode)) throw invalid('namespace.inode must be a number');
  const seen = inode === undefined ? {} : { inode };
  if (isNumber(pid) && path === undefined) return { by: { pid }, ...seen };
  if (isPath(path) && pid === undefined) return { by: { path }, ...seen };
  throw invalid('namespace must have the pid of a process, or an absolute path');
}
