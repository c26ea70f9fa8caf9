// Audit events in the form of CloudTrail's records (CloudTrail User Guide, "CloudTrail record contents").

import type { AuditedCall } from '../base/audited-call.ts';

/** A resource that a call is about. */
export interface AuditedResource {
  /** The name of its CloudFormation type. */
  readonly type: string;
  /** Its ARN, or its id where it has none. */
  readonly name: string;
}

/** The sizes that the record contents page gives: characters of JSON of parameters and of elements, characters of a text. */
const MOST_JSON = 100 * 1024;
const MOST_TEXT = 1024;

/** Whether an operation only reads; names tell, as in the service authorization reference's access levels. */
export function isReadOnly(operation: string): boolean {
  return /^(?:Get|List|Describe|Lookup|Search)/.test(operation);
}

/** The host of the service that was called, by which CloudTrail names it. */
export function eventSourceOf({ service }: Pick<AuditedCall, 'service'>): string {
  return `${service}.amazonaws.com`;
}

/** The name by which CloudTrail lists who called: that of the user or of the role's session; `root`; empty when it is not known. */
export function userNameOf(principalArn: string | undefined): string {
  if (principalArn === undefined) return '';
  return principalArn.slice(Math.max(principalArn.lastIndexOf('/'), principalArn.lastIndexOf(':')) + 1);
}

/** The record as JSON. Parameters and elements that are too large are left out with a mark, long texts are cut. */
export function formatCloudTrailRecord(call: AuditedCall, resources: readonly AuditedResource[]): string {
  const { end } = call;
  const readOnly = isReadOnly(call.operation);
  const head = JSON.stringify({
    eventVersion: '1.11',
    userIdentity: userIdentityOf(call),
    eventTime: `${new Date(call.time).toISOString().slice(0, 19)}Z`,
    eventSource: eventSourceOf(call),
    eventName: call.operation,
    awsRegion: call.region,
    sourceIPAddress: call.sourceIp,
    userAgent: call.userAgent.slice(0, MOST_TEXT),
    // There is no endpoint that `vpcEndpointId` could name.
    ...(call.sourceVpc === undefined ? {} : { additionalEventData: { sourceVpc: call.sourceVpc } }),
    ...(end.kind === 'answered' ? {} : { errorCode: end.code, errorMessage: end.message.slice(0, MOST_TEXT) }),
  });
  const tail = JSON.stringify({
    requestID: call.requestId,
    eventID: call.eventId,
    readOnly,
    ...(resources.length === 0
      ? {}
      : {
          resources: resources.map(({ type, name }) => ({
            accountId: call.account,
            type,
            ...(name.startsWith('arn:') ? { ARN: name } : { resourceName: name }),
          })),
        }),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: call.account,
    eventCategory: 'Management',
  });
  const parameters = bounded('requestParameters', call.parameters);
  const elements = bounded('responseElements', end.kind === 'answered' && !readOnly ? end.elements : undefined);
  // The two largest members are made into text once, to be measured and written.
  return `${head.slice(0, -1)},"requestParameters":${parameters},"responseElements":${elements},${tail.slice(1)}`;
}

function bounded(member: string, value: unknown): string {
  const text = value === undefined ? 'null' : JSON.stringify(value);
  if (text === '{}') return 'null';
  if (text.length <= MOST_JSON) return text;
  return JSON.stringify({ omitted: true, originalSize: text.length, reason: `${member} too large` });
}

function userIdentityOf({ principalArn, account, accessKeyId }: AuditedCall): unknown {
  const key = accessKeyId === undefined ? {} : { accessKeyId: accessKeyId.slice(0, 128) };
  if (principalArn === undefined) return { type: 'Unknown', principalId: '', ...key };
  const userName = userNameOf(principalArn);
  const who = { arn: principalArn, accountId: account, ...key };
  const resource = principalArn.split(':').slice(5).join(':');
  if (resource.startsWith('user/')) return { type: 'IAMUser', principalId: userName, ...who, userName };
  if (!resource.startsWith('assumed-role/')) return { type: 'Root', principalId: account, ...who };
  const role = resource.split('/')[1] ?? '';
  const arn = `${principalArn.split(':').slice(0, 2).join(':')}:iam::${account}:role/${role}`;
  const sessionIssuer = { type: 'Role', principalId: role, arn, accountId: account, userName: role };
  return { type: 'AssumedRole', principalId: `${role}:${userName}`, ...who, sessionContext: { sessionIssuer } };
}
