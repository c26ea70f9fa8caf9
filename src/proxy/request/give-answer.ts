// Gives an answer of our own to a client: writes it, counts it and logs it.

import type { RequestHead } from '../http1/request-head.ts';
import type { Decision } from './decide.ts';
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
  readonly decision?: Extract<Decision, { kind: 'answer' }>;
}

/** Gives `answer` to the client of a connection that runs no exchange. */
export function giveAnswer(
  client: Pick<ExchangeClient, 'socket' | 'context' | 'clientAddress' | 'clientIpPort'>,
  answer: OwnAnswer,
): void {
  const { context } = client;
  const { status, requestId, head, decision, revision, bytesReceived, failureReason } = answer;
  const text = formatAnswer(status, answer.reason, requestId, answer.keepAlive, head?.method === 'HEAD');
  client.socket.write(text, 'latin1');
  context.countBytes(bytesReceived, text.length);
  if (decision?.listener !== undefined && decision.door !== undefined) {
    const zone = context.zoneOf(decision.door.vpc, client.clientAddress);
    context.metrics.service(decision.listener.service.id, zone).requests.count(status, 0);
  }
  const way = prepareRouteText(decision?.door, decision?.listener, decision?.rule, undefined, decision?.denied);
  context.log(
    answerRecord(head, {
      context: way.record,
      startTime: context.clock.now(),
      requestId,
      status,
      bytesReceived,
      bytesSent: text.length,
      sourceIpPort: client.clientIpPort,
      failureReason,
      revision,
    }),
    way.subscriptions,
  );
}
