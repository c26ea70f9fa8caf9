// Lambda's Invoke API for the workers of this server, on a Unix socket (Lambda API Reference: Invoke).

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { MAX_FUNCTION_PAYLOAD } from '../../snapshot/index.ts';
import type { Invocable } from './function-pool.ts';
import { parseFunctionArn, type InvocationResult } from './function-spec.ts';

/** Milliseconds that an idle connection is kept. */
const KEEP_ALIVE = 5000;

export interface InvokeServerDeps {
  /** By ARN without version or alias. */
  readonly functions: ReadonlyMap<string, Invocable>;
  readonly random: Pick<Random, 'uuid'>;
  readonly log: Log;
  /** Whether another process has this one's place: its answers are the last of their connections. */
  readonly retired: () => boolean;
}

/** Makes the server; the caller lets it listen. */
export function createInvokeServer({ functions, random, log, retired }: InvokeServerDeps): Server {
  const server = createServer((request, response) => {
    if (retired()) response.setHeader('connection', 'close');
    const arn = readArn(request.url ?? '');
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_FUNCTION_PAYLOAD) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('error', () => {});
    request.on('end', () => {
      const invocable = functions.get(parseFunctionArn(arn)?.unqualified ?? '');
      if (request.method !== 'POST' || invocable === undefined)
        refuse(response, 404, 'ResourceNotFoundException', `Function not found: ${arn}`);
      else if (size > MAX_FUNCTION_PAYLOAD)
        refuse(response, 413, 'RequestTooLargeException', `Request must be smaller than ${MAX_FUNCTION_PAYLOAD} bytes`);
      else {
        const requestId = random.uuid();
        const gone = new AbortController();
        response.on('close', () => gone.abort());
        const invocation = { requestId, arn, payload: Buffer.concat(chunks) };
        void invocable.invoke(invocation, gone.signal).then((result) => {
          if (result.kind === 'failure')
            log.warn('a function failed', {
              function: arn,
              requestId,
              type: result.errorType,
              error: excerpt(result.payload),
            });
          answer(response, result, requestId);
        });
      }
    });
  });
  server.requestTimeout = 0;
  // Workers let go of an idle connection before.
  server.keepAliveTimeout = KEEP_ALIVE;
  return server;
}

function readArn(url: string): string {
  const encoded = /^\/2015-03-31\/functions\/([^/?]+)\/invocations$/.exec(url)?.[1];
  try {
    return decodeURIComponent(encoded ?? '');
  } catch {
    return '';
  }
}

function answer(response: ServerResponse, result: InvocationResult, requestId: string): void {
  if (result.kind === 'throttled') {
    refuse(response, 429, 'TooManyRequestsException', 'Rate Exceeded.');
    return;
  }
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': result.payload.length,
    'x-amzn-requestid': requestId,
    'x-amz-executed-version': '$LATEST',
    ...(result.kind === 'failure' ? { 'x-amz-function-error': result.errorType.replaceAll(/[^\x20-\x7e]/g, '?') } : {}),
  });
  response.end(result.payload);
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
  response.end(JSON.stringify({ Type: 'User', Message: message }));
}

/** The beginning of what a function said of its failure, for the log. */
function excerpt(payload: Buffer): string {
  return payload.toString('utf8', 0, 1000);
}
