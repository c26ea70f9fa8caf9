// Ids and ARNs: made here, and looked up by whichever of the two a caller gives.

import type { Random } from '../base/random.ts';
import { keyOf } from './records/base.ts';
import { notFound, Refusal, type ResourceType } from './refusal.ts';
import type { RecordTypes, State } from './state.ts';

/** From where a resource is looked up. */
export interface Caller {
  readonly account: string;
  readonly region: string;
}

/** A new id: `prefix-0` and 16 hex digits, as AWS makes them. */
export function newId(prefix: string, random: Pick<Random, 'hex'>): string {
  return `${prefix}-0${random.hex(8)}`;
}

/** The ARN of `resource` (`service/svc-…`); the partition follows from the region. */
export function formatArn(service: 'vpc-lattice' | 'ec2', caller: Caller, resource: string): string {
  const partition = caller.region.startsWith('cn-')
    ? 'aws-cn'
    : caller.region.startsWith('us-gov-')
      ? 'aws-us-gov'
      : 'aws';
  return `arn:${partition}:${service}:${caller.region}:${caller.account}:${resource}`;
}

/** The parts of an ARN, or undefined when `text` is none. */
export function parseArn(text: string): (Caller & { readonly service: string; readonly resource: string }) | undefined {
  const match = /^arn:[^:]+:([^:]+):([^:]*):([^:]*):(.+)$/.exec(text);
  if (match === null) return undefined;
  const [, service = '', region = '', account = '', resource = ''] = match;
  return { service, region, account, resource };
}

const typeOfKind = {
  serviceNetwork: 'SERVICE_NETWORK',
  service: 'SERVICE',
  listener: 'LISTENER',
  rule: 'RULE',
  targetGroup: 'TARGET_GROUP',
  serviceAssociation: 'SERVICE_NETWORK_SERVICE_ASSOCIATION',
  vpcAssociation: 'SERVICE_NETWORK_VPC_ASSOCIATION',
  accessLogSubscription: 'ACCESS_LOG_SUBSCRIPTION',
  resourceGateway: 'RESOURCE_GATEWAY',
  resourceConfiguration: 'RESOURCE_CONFIGURATION',
  resourceAssociation: 'SERVICE_NETWORK_RESOURCE_ASSOCIATION',
  resourceEndpointAssociation: 'RESOURCE_ENDPOINT_ASSOCIATION',
  domainVerification: 'DOMAIN_VERIFICATION',
} as const satisfies Partial<Record<keyof RecordTypes, ResourceType>>;

/** The kinds that have a VPC Lattice ARN. */
export type ArnKind = keyof typeof typeOfKind;

/** Every kind that has a VPC Lattice ARN. */
export const arnKinds = Object.keys(typeOfKind) as ArnKind[];

/** The kind of resource that a VPC Lattice ARN names (by what precedes its id), or undefined. */
export function kindOfArn(arn: string): ArnKind | undefined {
  const { service, resource = '' } = parseArn(arn) ?? {};
  const segment = service === 'vpc-lattice' ? resource.split('/').at(-2) : undefined;
  return arnKinds.find((kind) => segmentOf(kind) === segment);
}

/**
 * The resource that `identifier` (id or ARN) names for `caller`, or undefined. An ARN of another account is refused with
 * `AccessDenied`: nothing is shared between accounts yet.
 */
export function findResource<K extends ArnKind>(
  state: State,
  caller: Caller,
  kind: K,
  identifier: string,
): RecordTypes[K] | undefined {
  if (!isOwn(caller, identifier))
    throw new Refusal(
      { kind: 'AccessDenied' },
      `Account ${caller.account} is not authorized to access the resource ${identifier}: no resource-based policy allows it.`,
    );
  return lookUp(state, caller, kind, identifier);
}

/** As `findResource`, but what is of another account is undefined too, and so is what nothing names. */
export function lookUp<K extends ArnKind>(
  state: State,
  caller: Caller,
  kind: K,
  identifier: string | undefined,
): RecordTypes[K] | undefined {
  if (identifier === undefined || !isOwn(caller, identifier)) return undefined;
  const isArn = identifier.startsWith('arn:');
  const id = isArn ? identifier.slice(identifier.lastIndexOf('/') + 1) : identifier;
  const found = state.tables[kind].get(keyOf(caller.account, caller.region, id)) as RecordTypes[K] | undefined;
  return isArn && found?.arn !== identifier ? undefined : found;
}

/** Whether `identifier` is an id or an ARN of the caller's account. */
function isOwn({ account }: Caller, identifier: string): boolean {
  const arn = identifier.startsWith('arn:') ? parseArn(identifier) : undefined;
  return arn === undefined || arn.account === account;
}

/** As `findResource`, but an absent resource is refused with `ResourceNotFound`. */
export function getResource<K extends ArnKind>(
  state: State,
  caller: Caller,
  kind: K,
  identifier: string,
): RecordTypes[K] {
  const found = findResource(state, caller, kind, identifier);
  if (found === undefined) throw notFound(typeOfKind[kind], identifier);
  return found;
}

/**
 * What an id or ARN names, as policies see it: the ARN, also of what is not there, and the record where the caller's account has it. Without
 * `kind` an id must be that of a service or service network.
 */
export function findNamed(
  state: State,
  caller: Caller,
  identifier: string,
  kind?: ArnKind,
): { readonly arn: string; readonly record?: RecordTypes[ArnKind] } {
  const isArn = identifier.startsWith('arn:');
  const id = identifier.slice(identifier.lastIndexOf('/') + 1);
  const meant = isArn ? kindOfArn(identifier) : (kind ?? (id.startsWith('sn-') ? 'serviceNetwork' : 'service'));
  const found = meant && state.tables[meant].get(keyOf(caller.account, caller.region, id));
  if (found !== undefined && (!isArn || found.arn === identifier)) return { arn: found.arn, record: found };
  return {
    arn: isArn || meant === undefined ? identifier : formatArn('vpc-lattice', caller, `${segmentOf(meant)}/${id}`),
  };
}

/** What precedes the id of `kind` in its ARN. */
export function segmentOf(kind: ArnKind): string {
  return typeOfKind[kind].toLowerCase().replaceAll('_', '');
}
