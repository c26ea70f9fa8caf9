// One line per request: the fields of VPC Lattice's access logs (User Guide: Access logs) and two of ours, `revision` and `ruleId`.

/** What is the same for every request to one rule through one door; prepared once as text by `prepareAccessRecord`. */
export interface AccessRecordContext {
  readonly serviceNetworkArn: string;
  readonly sourceVpcId: string;
  readonly sourceVpcArn: string;
  readonly serviceArn?: string;
  readonly listenerId?: string;
  readonly listenerType?: string;
  readonly ruleId?: string;
  readonly targetGroupArn?: string;
  readonly destinationVpcId?: string;
}

/** What is the same for every request of one caller; prepared once as text by `prepareCaller`. */
export interface CallerContext {
  readonly resolvedUser?: string;
  readonly callerPrincipal?: string;
  readonly callerPrincipalTags?: string;
  readonly callerPrincipalOrgID?: string;
}

/** What is known of one finished request. Durations are milliseconds with fractions; texts are latin1. */
export interface AccessRecord {
  /** `prepareAccessRecord`'s text. */
  readonly context: string;
  /** `prepareCaller`'s text. */
  readonly caller: string;
  /** `Network`, `Service`, `Identity`, or empty. */
  readonly authDeniedReason: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly host: string;
  readonly userAgent: string;
  readonly protocol: string;
  readonly requestId: string;
  readonly status: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly duration: number;
  /** -1 when nothing was sent to a target. */
  readonly requestToTargetDuration: number;
  readonly responseFromTargetDuration: number;
  readonly sourceIpPort: string;
  readonly targetIpPort: string;
  readonly failureReason: string;
  /** Of the snapshot that decided the request. */
  readonly revision: number;
}

const text = (value: string | undefined): string =>
  value === undefined || value === '' ? '"-"' : JSON.stringify(value);

/** The constant part of a record. Empty values are `-`, as in real records. */
export function prepareAccessRecord(context: AccessRecordContext): string {
  return (
    `"serviceNetworkArn":${text(context.serviceNetworkArn)},"sourceVpcId":${text(context.sourceVpcId)},"sourceVpcArn":${text(context.sourceVpcArn)}` +
    `,"serviceArn":${text(context.serviceArn)},"listenerId":${text(context.listenerId)},"listenerType":${text(context.listenerType)}` +
    `,"targetGroupArn":${text(context.targetGroupArn)},"destinationVpcId":${text(context.destinationVpcId)}` +
    `,"sslCipher":"-","tlsVersion":"-","serverNameIndication":"-"` +
    `,"grpcResponseCode":"-","ruleId":${text(context.ruleId)}`
  );
}

/** The part of a record that tells its caller. */
export function prepareCaller(caller: CallerContext): string {
  return (
    `"resolvedUser":${text(caller.resolvedUser)},"callerPrincipal":${text(caller.callerPrincipal)}` +
    `,"callerPrincipalTags":${text(caller.callerPrincipalTags)},"callerPrincipalOrgID":${text(caller.callerPrincipalOrgID)}` +
    `,"callerX509SubjectCN":"-","callerX509IssuerOU":"-","callerX509SANNameCN":"-","callerX509SANDNS":"-","callerX509SANURI":"-"`
  );
}

const needsEscape = /["\\\x00-\x1f\x7f-\uffff]/;
const quick = (value: string): string =>
  value === '' ? '"-"' : needsEscape.test(value) ? JSON.stringify(value) : `"${value}"`;
const round = (value: number): string => (value < 0 ? '"-"' : String(Math.round(value)));

const keys = /([?&]x-amz-(?:security-token|signature)=)[^&]*/gi;

/** A path without the values of a presigned query that let in who reads them: its session token and its signature. */
const withoutKeys = (path: string): string => (path.includes('?') ? path.replace(keys, '$1-') : path);

/** Makes what writes records as one JSON line each, with its newline. It keeps the last second's text, because formatting a date costs more than the rest of a record. */
export function createAccessFormat(): (record: AccessRecord) => string {
  let lastSecond = -1;
  let lastStamp = '';
  return (record) => {
    const second = Math.floor(record.startTime / 1000);
    if (second !== lastSecond) {
      lastSecond = second;
      lastStamp = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
    }
    return formatRecord(record, lastStamp);
  };
}

function formatRecord(record: AccessRecord, stamp: string): string {
  return (
    `{"startTime":"${stamp}","requestId":${quick(record.requestId)},"requestMethod":${quick(record.method)},"requestPath":${quick(withoutKeys(record.path))}` +
    `,"hostHeader":${quick(record.host)},"protocol":"${record.protocol}","responseCode":${record.status},"bytesReceived":${record.bytesReceived}` +
    `,"bytesSent":${record.bytesSent},"duration":${round(record.duration)},"requestToTargetDuration":${round(record.requestToTargetDuration)}` +
    `,"responseFromTargetDuration":${round(record.responseFromTargetDuration)},"sourceIpPort":${quick(record.sourceIpPort)},"targetIpPort":${quick(record.targetIpPort)}` +
    `,"userAgent":${quick(record.userAgent)},"failureReason":${quick(record.failureReason)},"authDeniedReason":${quick(record.authDeniedReason)},"revision":${record.revision},${record.caller},${record.context}}\n`
  );
}
