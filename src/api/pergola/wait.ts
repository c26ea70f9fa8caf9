// `GET /-/wait?revision=N&timeout=S`: returns when every attached data-plane node obeys revision N, or time is up.

import type { ServerResponse } from 'node:http';
import { ServiceError } from '../../aws/index.ts';
import { waitFor } from '../../base/watch.ts';
import { answerJson, type InternalPath } from './answer.ts';
import type { PergolaDeps } from './deps.ts';

/** Seconds, when the request names none; and the most that one can ask for. */
const usualTimeout = 30;
const longestTimeout = 3600;

/** The path. */
export const wait: InternalPath = {
  method: 'GET',
  segments: ['wait'],
  action: 'Wait',
  async answer({ request, response }, deps) {
    const revision = readNumber(request.query, 'revision', /^\d{1,15}$/);
    if (revision === undefined) throw invalid('revision', 'it is missing');
    const timeout = readNumber(request.query, 'timeout', /^\d{1,4}(\.\d{1,3})?$/) ?? usualTimeout;
    if (timeout > longestTimeout) throw invalid('timeout', `it is more than ${longestTimeout} seconds`);
    await answerWhenObeyed(response, revision, timeout * 1000, deps);
  },
};

/** Answers 200 once `revision` is obeyed everywhere, 504 after `timeout` milliseconds; nothing when the client leaves. */
export async function answerWhenObeyed(
  response: ServerResponse,
  revision: number,
  timeout: number,
  { obeyed, clock }: Pick<PergolaDeps, 'obeyed' | 'clock'>,
): Promise<void> {
  const aborter = new AbortController();
  const cancel = clock.after(timeout, () => aborter.abort('timeout'));
  response.once('close', () => aborter.abort('closed'));
  try {
    await waitFor(obeyed, (value) => value >= revision, aborter.signal);
    answerJson(response, 200, { revision, obeyed: obeyed.value });
  } catch (error) {
    if (error === 'closed') return;
    if (error !== 'timeout') throw error;
    const message = `Revision ${revision} is not obeyed everywhere after ${timeout / 1000} seconds; revision ${obeyed.value} is.`;
    answerJson(response, 504, { message, revision, obeyed: obeyed.value });
  } finally {
    cancel();
  }
}

function readNumber(query: URLSearchParams, name: string, form: RegExp): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!form.test(text)) throw invalid(name, `'${text.slice(0, 64)}' is not a number in its range`);
  return Number(text);
}

function invalid(name: string, message: string): ServiceError {
  return new ServiceError('ValidationException', `Invalid value for ${name}: ${message}`, { status: 400 });
}
