// Access-log subscriptions of services and service networks: create, change the destination, delete.

import type { Context, Decided } from '../decision.ts';
import type { Judge } from '../draft.ts';
import { formatArn, getResource, newId, parseArn, type Caller } from '../identifiers.ts';
import { plainCycle, updatedStatus } from '../life-cycle.ts';
import { listBy, listOf, type RecordList } from '../page.ts';
import { findNetworkOrService, getNetworkOrService, kindOfOwner } from '../network-or-service.ts';
import { keyOfRecord, type Key, type Tags } from '../records/base.ts';
import type { AccessLogSubscription } from '../records/lattice.ts';
import { checkFields, conflict, type InvalidField } from '../refusal.ts';
import { put, recordsBy, remove, type Change, type State } from '../state.ts';
import { checkTags, wrongTags } from '../tag/check-tags.ts';

export interface CreateAccessLogSubscriptionInput {
  readonly resourceIdentifier: string;
  readonly destinationArn: string;
  readonly serviceNetworkLogType?: 'SERVICE' | 'RESOURCE';
  readonly tags?: Tags;
}

const logTypeOfService: InvalidField = {
  name: 'serviceNetworkLogType',
  message: 'only subscriptions of a service network have one',
};

/** What is wrong with the input of CreateAccessLogSubscription. */
export const judgeNewAccessLogSubscription: Judge<CreateAccessLogSubscriptionInput> = (_state, input) => [
  ...(kindOfOwner(input.resourceIdentifier ?? '') === 'service' && input.serviceNetworkLogType !== undefined
    ? [logTypeOfService]
    : []),
  ...wrongDestination(input.destinationArn),
  ...wrongTags(input.tags),
];

/** CreateAccessLogSubscription: one for each owner, log type and kind of destination. */
export function createAccessLogSubscription(
  state: State,
  input: CreateAccessLogSubscriptionInput,
  context: Context,
): Decided<AccessLogSubscription> {
  const owner = getNetworkOrService(state, context, input.resourceIdentifier);
  if (owner.kind === 'service') updatedStatus(plainCycle, owner.record, 'SERVICE');
  checkFields(judgeNewAccessLogSubscription(state, input, context));
  const logType = owner.kind === 'service' ? undefined : (input.serviceNetworkLogType ?? 'SERVICE');
  const id = newId('als', context.random);
  const subscription: AccessLogSubscription = {
    account: context.account,
    region: context.region,
    id,
    arn: formatArn('vpc-lattice', context, `accesslogsubscription/${id}`),
    resourceId: owner.record.id,
    resourceArn: owner.record.arn,
    resourceKey: keyOfRecord(owner.record),
    destinationArn: normaliseDestination(input.destinationArn),
    ...(logType === undefined ? {} : { serviceNetworkLogType: logType }),
    createdAt: context.now,
    lastUpdatedAt: context.now,
    tags: checkTags(input.tags),
  };
  checkOnlyOne(state, subscription);
  return { changes: [put('accessLogSubscription', subscription)], result: subscription };
}

interface UpdateAccessLogSubscriptionInput {
  readonly accessLogSubscriptionIdentifier: string;
  readonly destinationArn: string;
}

/** What is wrong with the input of UpdateAccessLogSubscription. */
export const judgeAccessLogSubscriptionUpdate: Judge<UpdateAccessLogSubscriptionInput> = (_state, input) =>
  wrongDestination(input.destinationArn);

/** UpdateAccessLogSubscription: only the destination can change. */
export function updateAccessLogSubscription(
  state: State,
  input: UpdateAccessLogSubscriptionInput,
  context: Context,
): Decided<AccessLogSubscription> {
  const before = getResource(state, context, 'accessLogSubscription', input.accessLogSubscriptionIdentifier);
  const destinationArn = normaliseDestination(input.destinationArn);
  if (destinationArn === before.destinationArn) return { changes: [], result: before };
  const subscription: AccessLogSubscription = { ...before, destinationArn, lastUpdatedAt: context.now };
  checkOnlyOne(state, subscription);
  return { changes: [put('accessLogSubscription', subscription)], result: subscription };
}

/** DeleteAccessLogSubscription. */
export function deleteAccessLogSubscription(
  state: State,
  input: { readonly accessLogSubscriptionIdentifier: string },
  context: Context,
): Decided<null> {
  const subscription = getResource(state, context, 'accessLogSubscription', input.accessLogSubscriptionIdentifier);
  return { changes: [remove('accessLogSubscription', subscription)], result: null };
}

/** The subscription that an id or ARN names; refused with `ResourceNotFound` when absent. */
export function getAccessLogSubscription(state: State, caller: Caller, identifier: string): AccessLogSubscription {
  return getResource(state, caller, 'accessLogSubscription', identifier);
}

/** The changes that take an owner's subscriptions along when it is deleted. */
export function removeAccessLogs(state: State, owner: Key): readonly Change[] {
  return accessLogsOf(state, owner).map((one) => remove('accessLogSubscription', one));
}

/** The subscriptions of the service or service network that an id or ARN names; what does not exist has none. */
export function listAccessLogs(state: State, caller: Caller, identifier: string): RecordList<AccessLogSubscription> {
  const owner = findNetworkOrService(state, caller, identifier);
  if (owner === undefined) return listOf('nothing', []);
  return listBy(state, 'accessLogSubscription', 'accessLogsByResource', keyOfRecord(owner));
}

/** The subscriptions of a service or service network. */
export function accessLogsOf(state: State, owner: Key): AccessLogSubscription[] {
  return recordsBy(state, 'accessLogSubscription', 'accessLogsByResource', owner);
}

/** What AWS delivers access logs to, by the service of the destination's ARN. */
const destinations: Readonly<Record<string, (resource: string) => boolean>> = {
  logs: (resource) => resource.startsWith('log-group:'),
  s3: () => true,
  firehose: (resource) => resource.startsWith('deliverystream/'),
};

/** The kind of a destination, or undefined when AWS delivers to none such. */
function destinationKind(arn: string): string | undefined {
  // An S3 ARN has neither region nor account.
  const parts = parseArn(arn);
  if (parts === undefined || !Object.hasOwn(destinations, parts.service)) return undefined;
  return destinations[parts.service]?.(parts.resource) === true ? parts.service : undefined;
}

function wrongDestination(arn: string | undefined): readonly InvalidField[] {
  if (arn === undefined || destinationKind(arn) !== undefined) return [];
  const message = `${arn} is not the ARN of a log group, a bucket or a delivery stream`;
  return [{ name: 'destinationArn', message }];
}

/** A log group comes back with `:*` (api reference: AccessLogSubscriptionSummary). */
function normaliseDestination(arn: string): string {
  checkFields(wrongDestination(arn));
  const kind = destinationKind(arn);
  return kind === 'logs' && !arn.endsWith(':*') ? `${arn}:*` : arn;
}

function checkOnlyOne(state: State, subscription: AccessLogSubscription): void {
  const twin = accessLogsOf(state, subscription.resourceKey).find(
    (other) =>
      other.id !== subscription.id &&
      other.serviceNetworkLogType === subscription.serviceNetworkLogType &&
      destinationKind(other.destinationArn) === destinationKind(subscription.destinationArn),
  );
  if (twin !== undefined)
    throw conflict(
      'ACCESS_LOG_SUBSCRIPTION',
      twin.id,
      `The resource ${subscription.resourceId} already has an access log subscription of this destination type.`,
    );
}
