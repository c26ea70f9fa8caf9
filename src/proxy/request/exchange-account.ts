// What an exchange comes to, whoever answers it: an answer of our own where there is none, the metrics, and the line of the access log.

import type { TargetGroupMetrics } from '../metrics.ts';
import type { TargetState } from '../upstream/target-state.ts';
import { formatAnswer } from './answer.ts';
import { countExchange } from './count-exchange.ts';
import { exchangeRecord, type ExchangeStart, type FailureReason } from './exchange-record.ts';
import type { ExchangeClient } from './running-exchange.ts';

/** How an exchange ended. Marks are monotonic milliseconds, -1 when the moment never came; bytes are the client's. */
export interface ExchangeOutcome {
  readonly status: number;
  readonly reason: FailureReason;
  readonly received: number;
  readonly sent: number;
  readonly sentMark: number;
  readonly responseMark: number;
  /** When the request's time was over, if that was before the exchange was. */
  readonly timeMark?: number;
  readonly target?: TargetState | undefined;
}

/** The account of one exchange; it begins when it is made. */
export class ExchangeAccount {
  readonly #client: ExchangeClient;
  readonly #start: ExchangeStart;
  readonly startTime: number;
  readonly #startMark: number;

  constructor(client: ExchangeClient, start: ExchangeStart) {
    this.#client = client;
    this.#start = start;
    this.startTime = client.context.clock.now();
    this.#startMark = client.lastActive;
  }

  /** Answers in the place of whoever should have; tells the bytes, and whether another request may follow. */
  answer(status: number, sentence: string, whole: boolean): { readonly sent: number; readonly keepAlive: boolean } {
    const { head, requestId } = this.#start;
    const keepAlive = head.keepAlive && whole && !this.#client.closing;
    const text = formatAnswer(status, sentence, requestId, keepAlive, head.method === 'HEAD');
    this.#client.socket.write(text, 'latin1');
    return { sent: text.length, keepAlive };
  }

  /** Counts and logs it, once. */
  close(group: TargetGroupMetrics, outcome: ExchangeOutcome): void {
    const { status, reason, received, sent, sentMark, responseMark, timeMark = -1, target } = outcome;
    const { context, clientIpPort } = this.#client;
    const endMark = context.clock.monotonic();
    const time = (timeMark < 0 ? endMark : timeMark) - this.#startMark;
    countExchange(this.#client, this.#start, group, { status, reason, time, received, sent });
    context.log(
      exchangeRecord(this.#start, target, {
        startTime: this.startTime,
        startMark: this.#startMark,
        sentMark,
        responseMark,
        endMark,
        received,
        sent,
        status,
        reason,
        clientIpPort,
      }),
      this.#start.text.subscriptions,
    );
  }
}
