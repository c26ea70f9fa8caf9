// `POST /-/reset`: empties everything but the configuration, audit events too, and returns when the data plane has followed; test mode only.

import { ServiceError } from '../../aws/index.ts';
import { reset as decide } from '../../domain/upkeep/index.ts';
import { contextOf } from '../operation.ts';
import type { InternalPath } from './answer.ts';
import { answerWhenObeyed } from './wait.ts';

/** How long the data plane may take, in milliseconds. */
const timeout = 30_000;

/** The path. */
export const reset: InternalPath = {
  method: 'POST',
  segments: ['reset'],
  action: 'Reset',
  async answer({ response, call }, deps) {
    if (!deps.open)
      throw new ServiceError('AccessDeniedException', 'Only a server started with --open can be reset.', {
        status: 403,
      });
    if (call === undefined) throw new Error('reset was reached without a signature');
    const { revision } = await deps.store.commit(decide, null, contextOf('Reset', call, deps));
    // CloudTrail never forgets at a customer's wish; a test that resets wants to find its own events alone.
    await deps.store.clearEvents();
    response.setHeader('x-pergola-revision', String(revision));
    await answerWhenObeyed(response, revision, timeout, deps);
  },
};
