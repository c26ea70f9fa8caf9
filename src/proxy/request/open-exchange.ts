// Chooses who answers a request that is forwarded: targets that speak HTTP, or a function.

import { FunctionExchange } from '../function/function-exchange.ts';
import { Exchange } from './exchange.ts';
import type { ExchangeStart } from './exchange-record.ts';
import type { ExchangeClient, RunningExchange } from './running-exchange.ts';

/** The exchange for `start`, not begun yet. A function that drains is none: the group is then without targets. */
export function openExchange(client: ExchangeClient, start: ExchangeStart): RunningExchange {
  const { record } = start.group;
  const target = record.type === 'LAMBDA' ? record.targets.find(({ draining }) => !draining) : undefined;
  return target === undefined ? new Exchange(client, start) : new FunctionExchange(client, start, target.id);
}
