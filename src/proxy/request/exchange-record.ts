// What an exchange starts with, and the access-log record that it ends with.

import type { AccessRecord } from '../../telemetry/index.ts';
import type { BodyReader } from '../http1/body.ts';
import type { RequestHead } from '../http1/request-head.ts';
import type { GroupState, TargetState } from '../upstream/target-state.ts';
import type { World } from '../world.ts';
import { loggedCaller, type Decision } from './decide.ts';
import type { RouteText } from './route-text.ts';

/** AWS's failure reasons (User Guide: Access logs). */
export type FailureReason =
  | ''
  | 'TargetConnectionError'
  | 'TargetProtocolError'
  | 'TargetDataTimeout'
  | 'TargetConnectionClosed'
  | 'ClientConnectionClosed'
  | 'ClientAccessDenied'
  | 'ClientRateLimited'
  | 'ClientProtocolError'
  | 'ConnectionDurationExceeded'
  | 'InternalError';

/** What an exchange starts with. `headBytes` is the size of the request's head as received. */
export interface ExchangeStart {
  readonly world: World;
  readonly decision: Extract<Decision, { kind: 'forward' }>;
  readonly head: RequestHead;
  readonly requestId: string;
  readonly body: BodyReader;
  readonly text: RouteText;
  readonly upstreamHead: string;
  readonly group: GroupState;
  readonly headBytes: number;
  /** What came of the body with the head. */
  readonly early: Buffer;
}

/** What was measured of an exchange; marks are monotonic milliseconds, -1 when the moment never came. */
export interface ExchangeMarks {
  readonly startTime: number;
  readonly startMark: number;
  readonly sentMark: number;
  readonly responseMark: number;
  readonly endMark: number;
  readonly received: number;
  readonly sent: number;
  readonly status: number;
  readonly reason: FailureReason;
  readonly clientIpPort: string;
}

/** The record of an answer that Pergola itself gave; without `head` the request could not be read. */
export function answerRecord(
  head: RequestHead | undefined,
  answer: Pick<
    AccessRecord,
    | 'context'
    | 'caller'
    | 'authDeniedReason'
    | 'startTime'
    | 'requestId'
    | 'status'
    | 'bytesReceived'
    | 'bytesSent'
    | 'sourceIpPort'
    | 'failureReason'
    | 'revision'
  >,
): AccessRecord {
  return {
    ...answer,
    method: head?.method ?? '',
    path: head?.target ?? '',
    host: head?.host ?? '',
    userAgent: head?.userAgent ?? '',
    protocol: head?.minor === 0 ? 'HTTP/1.0' : 'HTTP/1.1',
    duration: 0,
    requestToTargetDuration: -1,
    responseFromTargetDuration: -1,
    targetIpPort: '',
  };
}

/** The record of a finished exchange. */
export function exchangeRecord(
  start: ExchangeStart,
  target: TargetState | undefined,
  marks: ExchangeMarks,
): AccessRecord {
  const { head } = start;
  return {
    context: start.text.record,
    caller: loggedCaller(start.decision),
    authDeniedReason: '',
    startTime: marks.startTime,
    method: head.method,
    path: head.target,
    host: head.host,
    userAgent: head.userAgent,
    protocol: head.minor === 1 ? 'HTTP/1.1' : 'HTTP/1.0',
    requestId: start.requestId,
    status: marks.status,
    bytesReceived: marks.received,
    bytesSent: marks.sent,
    duration: marks.endMark - marks.startMark,
    requestToTargetDuration: marks.sentMark < 0 ? -1 : marks.sentMark - marks.startMark,
    responseFromTargetDuration: marks.responseMark < 0 ? -1 : marks.endMark - marks.responseMark,
    sourceIpPort: marks.clientIpPort,
    targetIpPort: target?.ipPort ?? '',
    failureReason: marks.reason,
    revision: start.world.revision,
  };
}
