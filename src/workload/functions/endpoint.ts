// A function that another server runs, behind Lambda's Invoke API.

import { MAX_FUNCTION_PAYLOAD } from '../../snapshot/index.ts';
import { failure, type EndpointFunction, type InvocationResult } from './function-spec.ts';
import type { Invocable } from './function-pool.ts';

/** Makes it invocable. Answers of the server other than a result are failures of the function. */
export function createEndpoint({ url, timeout }: EndpointFunction): Invocable {
  const ends = new AbortController();
  return {
    async invoke({ payload, requestId }) {
      try {
        const answer = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId },
          body: new Uint8Array(payload),
          signal: AbortSignal.any([ends.signal, AbortSignal.timeout(timeout)]),
          redirect: 'error',
        });
        const body = await readLimited(answer);
        if (body === undefined)
          return failure(
            'Function.ResponseSizeTooLarge',
            'Response payload size exceeded maximum allowed payload size',
          );
        if (answer.status === 429) return { kind: 'throttled' };
        if (answer.status !== 200) return failure('Endpoint.Refused', `${url} answered ${answer.status}`);
        const errorType = answer.headers.get('x-amz-function-error');
        return errorType === null ? { kind: 'response', payload: body } : { kind: 'failure', errorType, payload: body };
      } catch (error) {
        return describe(error, url, timeout);
      }
    },
    close: () => ends.abort(),
  };
}

function describe(error: unknown, url: string, timeout: number): InvocationResult {
  if (error instanceof Error && error.name === 'TimeoutError')
    return failure('Sandbox.Timedout', `Task timed out after ${(timeout / 1000).toFixed(2)} seconds`);
  const cause =
    error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
  return failure('Endpoint.Unreachable', `${url} cannot be reached: ${cause}`);
}

/** The body, or undefined when it is larger than a payload may be. */
async function readLimited(answer: Response): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += (chunk as Uint8Array).length;
    if (size > MAX_FUNCTION_PAYLOAD) return undefined;
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}
