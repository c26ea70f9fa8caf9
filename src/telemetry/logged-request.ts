// One record of the access log, read back.

/** What a record knows of a request. Members are absent where the record has `-`. */
export interface LoggedRequest {
  readonly requestId: string;
  /** `2026-01-31T12:00:00Z`: when it came, without parts of the second. */
  readonly startTime: string;
  /** Absent: the request could not be read. */
  readonly method?: string;
  /** With its query. */
  readonly path?: string;
  readonly host?: string;
  readonly userAgent?: string;
  readonly protocol: string;
  readonly status: number;
  /** Milliseconds until the response had ended. */
  readonly duration: number;
  /** `ADDRESS:PORT` of the client. */
  readonly client?: string;
  readonly target?: string;
  readonly failureReason?: string;
  readonly authDeniedReason?: string;
  /** Of the snapshot that decided the request. */
  readonly revision: number;
  readonly resolvedUser?: string;
  /** The caller's ARN. */
  readonly caller?: string;
  /** `key=value;` for each tag, with `\;` for a semicolon. */
  readonly callerTags?: string;
  readonly vpc?: string;
  readonly vpcArn?: string;
  readonly serviceNetworkArn?: string;
  readonly serviceArn?: string;
  readonly listener?: string;
  readonly rule?: string;
  readonly targetGroupArn?: string;
}

/** Reads a line of the access log; undefined when it is no whole record, as after a torn write. */
export function parseLoggedRequest(line: string): LoggedRequest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const members = new Map<string, unknown>(Object.entries(value));
  const text = (name: string): string | undefined => {
    const member = members.get(name);
    return typeof member === 'string' && member !== '-' ? member : undefined;
  };
  const number = (name: string): number => {
    const member = members.get(name);
    return typeof member === 'number' ? member : 0;
  };
  const [requestId, startTime] = [text('requestId'), text('startTime')];
  if (requestId === undefined || startTime === undefined || Number.isNaN(Date.parse(startTime))) return undefined;
  const texts = {
    ...{ method: text('requestMethod'), path: text('requestPath'), host: text('hostHeader') },
    ...{ userAgent: text('userAgent'), client: text('sourceIpPort'), target: text('targetIpPort') },
    ...{ failureReason: text('failureReason'), authDeniedReason: text('authDeniedReason') },
    ...{ resolvedUser: text('resolvedUser'), caller: text('callerPrincipal') },
    ...{ callerTags: text('callerPrincipalTags'), vpc: text('sourceVpcId'), vpcArn: text('sourceVpcArn') },
    ...{ serviceNetworkArn: text('serviceNetworkArn'), serviceArn: text('serviceArn'), listener: text('listenerId') },
    ...{ rule: text('ruleId'), targetGroupArn: text('targetGroupArn') },
  };
  const known = Object.fromEntries(Object.entries(texts).filter(([, member]) => member !== undefined));
  return {
    ...{ requestId, startTime, protocol: text('protocol') ?? '', status: number('responseCode') },
    ...{ duration: number('duration'), revision: number('revision') },
    ...known,
  };
}
