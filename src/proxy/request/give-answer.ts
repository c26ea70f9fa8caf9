// Gives an answer of our own to a client: writes it, counts it and logs it.

import type { RequestHead } from '../http1/request-head.ts';
import { loggedCaller, type Decision } from './decide.ts';
import { formatAnswer } from './answer.ts';
import { answerRecord, type FailureReason } from './exchange-record.ts';
import { prepareRouteText } from './route-text.ts';
import type { ExchangeClient } from './running-exchange.ts';

/** An answer of our own. Parts that are absent were not known yet when it was decided. */
export interface OwnAnswer {
  readonly status: number;
  /** One sentence; empty for fixed responses. */
  readonly reason: string;
  readonly requestId: string;
  readonly keepAlive: boolean;
  readonly revision: number;
  readonly bytesReceived: number;
  readonly failureReason: FailureReason;
  readonly head?: RequestHead | undefined;
  /** As much of the way as was found. */
  readonly way: Pick<
    Extract<Decision, { kind: 'answer' }>,
    'door' | 'listener' | 'rule' | 'caller' | 'denied' | 'told'
  >;
}

/** Gives `answer` to the client of a connection that runs no exchange. */
export function giveAnswer(
  client: Pick<ExchangeClient, 'socket' | 'context' | 'clientAddress' | 'clientIpPort'>,
  answer: OwnAnswer,
): void {
  const { context } = client;
  const { status, requestId, head, way, revision, bytesReceived, failureReason } = answer;
  const bytes = formatAnswer(status, answer.reason, requestId, answer.keepAlive, head?.method === 'HEAD', way.told);
  client.socket.write(bytes, 'latin1');
  context.countBytes(bytesReceived, bytes.length);
  if (way.listener !== undefined && way.door !== undefined) {
    const zone = context.zoneOf(way.door.vpc, client.clientAddress);
    context.metrics.service(way.listener.service.id, zone).requests.count(status, 0);
  }
  const text = prepareRouteText(way.door, way.listener, way.rule, undefined);
  context.log(
    answerRecord(head, {
      context: text.record,
      caller: loggedCaller(way),
      authDeniedReason: way.denied ?? '',
      startTime: context.clock.now(),
      requestId,
      status,
      bytesReceived,
      bytesSent: bytes.length,
      sourceIpPort: client.clientIpPort,
      failureReason,
      revision,
    }),
    text.subscriptions,
  );
}
