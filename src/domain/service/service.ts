// Services: create, change, delete with everything below.

import { removeAccessLogs } from '../access-log/index.ts';
import type { Context, Decided } from '../decision.ts';
import { isDomainName } from '../domain-name.ts';
import { HOSTED_ZONE_ID, serviceDnsName } from '../generated-names.ts';
import type { Judge } from '../draft.ts';
import { formatArn, getResource, newId, parseArn, type Caller } from '../identifiers.ts';
import { deletedStatus, plainCycle, updatedStatus, withIntent } from '../life-cycle.ts';
import { removePolicies } from '../policy/index.ts';
import { checkQuota } from '../quotas.ts';
import { keyOfRecord, type Tags } from '../records/base.ts';
import type { AuthType, Service } from '../records/lattice.ts';
import { checkFields, conflict, type InvalidField } from '../refusal.ts';
import { nameIndexValue, ownedIndexValue } from '../state-indexes.ts';
import { countBy, put, recordsBy, remove, type State } from '../state.ts';
import { wrongTags } from '../tag/check-tags.ts';

/** AWS's default idle timeout in seconds (API Reference: CreateService). */
const DEFAULT_IDLE_TIMEOUT = 60;

export interface CreateServiceInput {
  readonly name: string;
  readonly authType?: AuthType;
  readonly customDomainName?: string;
  /** The empty text means none. */
  readonly certificateArn?: string;
  readonly idleTimeoutSeconds?: number;
  readonly tags?: Tags;
}

/** What is wrong with the input of CreateService. */
export const judgeNewService: Judge<CreateServiceInput> = (_state, input, caller) => [
  ...wrongDomain(input.customDomainName),
  ...wrongCertificate(input.certificateArn, caller),
  ...wrongTags(input.tags),
];

/** CreateService: ACTIVE at once, because no data plane has to do anything before an association. */
export function createService(state: State, input: CreateServiceInput, context: Context): Decided<Service> {
  const { account, region, now } = context;
  checkFields(judgeNewService(state, input, context));
  const [existing] = recordsBy(
    state,
    'service',
    'names',
    nameIndexValue('service', `${account}/${region}`, input.name),
  );
  if (existing !== undefined)
    throw conflict('SERVICE', existing.id, `A service with the name ${input.name} already exists.`);
  checkQuota(context, 'services', () => countBy(state, 'owned', ownedIndexValue('service', context)) + 1);
  const id = newId('svc', context.random);
  const service: Service = {
    account,
    region,
    id,
    arn: formatArn('vpc-lattice', context, `service/${id}`),
    name: input.name,
    status: 'ACTIVE',
    authType: input.authType ?? 'NONE',
    idleTimeoutSeconds: input.idleTimeoutSeconds ?? DEFAULT_IDLE_TIMEOUT,
    dnsName: serviceDnsName(input.name, id, region),
    hostedZoneId: HOSTED_ZONE_ID,
    ...(input.customDomainName === undefined ? {} : { customDomainName: input.customDomainName }),
    ...(input.certificateArn === undefined || input.certificateArn === ''
      ? {}
      : { certificateArn: input.certificateArn }),
    createdAt: now,
    lastUpdatedAt: now,
    tags: input.tags ?? {},
  };
  return { changes: [put('service', service)], result: service };
}

/** A custom domain is compared with the hosts of requests and given to DNS: what no host could be is refused. */
function wrongDomain(domain: string | undefined): readonly InvalidField[] {
  if (domain === undefined || isDomainName(domain)) return [];
  return [{ name: 'customDomainName', message: `${domain} is not a domain name` }];
}

/** Certificates are ACM's, of the region of their service (User Guide: Bring your own certificate). */
function wrongCertificate(arn: string | undefined, { region }: Pick<Caller, 'region'>): readonly InvalidField[] {
  if (arn === undefined || arn === '') return [];
  const named = parseArn(arn);
  if (named?.service === 'acm' && named.region === region) return [];
  return [{ name: 'certificateArn', message: `${arn} is not the ARN of an ACM certificate of ${region}` }];
}

export interface UpdateServiceInput {
  readonly serviceIdentifier: string;
  readonly authType?: AuthType;
  /** The empty text removes the certificate. */
  readonly certificateArn?: string;
  readonly idleTimeoutSeconds?: number;
}

/** What is wrong with the input of UpdateService. */
export const judgeServiceUpdate: Judge<UpdateServiceInput> = (_state, { certificateArn }, caller) =>
  wrongCertificate(certificateArn, caller);

/** UpdateService: certificate, auth type and idle timeout; what is absent stays. */
export function updateService(state: State, input: UpdateServiceInput, context: Context): Decided<Service> {
  const present = getResource(state, context, 'service', input.serviceIdentifier);
  const { certificateArn: before, ...rest } = { ...present, status: updatedStatus(plainCycle, present, 'SERVICE') };
  checkFields(judgeServiceUpdate(state, input, context));
  const certificateArn = input.certificateArn ?? before ?? '';
  const service: Service = {
    ...rest,
    authType: input.authType ?? rest.authType,
    idleTimeoutSeconds: input.idleTimeoutSeconds ?? rest.idleTimeoutSeconds,
    ...(certificateArn === '' ? {} : { certificateArn }),
    lastUpdatedAt: context.now,
  };
  return { changes: [put('service', service)], result: service };
}

/**
 * DeleteService: refused while any association exists; takes listeners, rules, policies and log subscriptions along. DELETE_IN_PROGRESS
 * until the data plane obeys: until then target groups may be dialled that its rules named. Changes nothing in DELETE_IN_PROGRESS.
 */
export function deleteService(
  state: State,
  input: { readonly serviceIdentifier: string },
  context: Context,
): Decided<Service> {
  const before = getResource(state, context, 'service', input.serviceIdentifier);
  const status = deletedStatus(plainCycle, before, 'SERVICE');
  if (status === before.status) return { changes: [], result: before };
  const key = keyOfRecord(before);
  if (state.indexes.serviceAssociationsByService.has(key))
    throw conflict(
      'SERVICE',
      before.id,
      `The service ${before.id} is associated with a service network. Delete its associations before the service.`,
    );
  const listeners = recordsBy(state, 'listener', 'listenersByService', key);
  const rules = listeners.flatMap((listener) => recordsBy(state, 'rule', 'rulesByListener', keyOfRecord(listener)));
  const service: Service = withIntent(before, 'DELETE_IN_PROGRESS', state, context);
  return {
    changes: [
      ...removeAccessLogs(state, key),
      ...removePolicies(state, before),
      ...rules.map((rule) => remove('rule', rule)),
      ...listeners.map((listener) => remove('listener', listener)),
      status === 'gone' ? remove('service', before) : put('service', service),
    ],
    result: service,
  };
}
