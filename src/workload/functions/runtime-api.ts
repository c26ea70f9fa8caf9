// The Lambda Runtime API of one execution environment (Lambda Developer Guide: Using the Lambda runtime API).

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MAX_PAYLOAD } from './function-spec.ts';

/** An invocation as the runtime is given it. `deadline` is in milliseconds since 1970. */
export interface Invocation {
  readonly requestId: string;
  readonly arn: string;
  readonly payload: Buffer;
  readonly deadline: number;
}

/** What a runtime says. */
export interface RuntimeEvents {
  /** It asks for work: it is initialised, and done with what it had. */
  onNext(): void;
  onResponse(requestId: string, payload: Buffer): void;
  onError(requestId: string, errorType: string, payload: Buffer): void;
  /** It cannot initialise. */
  onInitError(errorType: string, payload: Buffer): void;
  /** The response is larger than `MAX_PAYLOAD`. */
  onTooLarge(requestId: string): void;
}

/** A listening Runtime API. */
export interface RuntimeApi {
  /** `HOST:PORT`, what AWS_LAMBDA_RUNTIME_API is set to. */
  readonly address: string;
  /** Gives the runtime work; it must have asked (`onNext`) and been given none since. */
  give(invocation: Invocation): void;
  close(): void;
}

/** Opens one on a free port of 127.0.0.1. */
export async function openRuntimeApi(events: RuntimeEvents): Promise<RuntimeApi> {
  let waiting: ServerResponse | undefined;
  let current = '';
  const next = (response: ServerResponse): void => {
    // A runtime has one loop; of two that ask, the first has been given up by its client.
    waiting?.destroy();
    waiting = response;
    response.on('close', () => {
      if (waiting === response) waiting = undefined;
    });
    events.onNext();
  };
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    const path = /^\/2018-06-01\/runtime\/(.*)$/.exec(url.split('?')[0] ?? '')?.[1];
    const [, id = '', verb = ''] = /^invocation\/([^/]+)\/(response|error)$/.exec(path ?? '') ?? [];
    if (method === 'GET' && path === 'invocation/next') next(response);
    else if (method === 'POST' && path === 'init/error')
      read(
        request,
        response,
        (payload) => events.onInitError(errorType(request, payload), payload),
        () => {},
      );
    else if (method === 'POST' && verb !== '' && id !== current) {
      request.resume();
      refuse(response, 400, 'InvalidRequestID', 'Invalid request ID');
    } else if (method === 'POST' && verb !== '') {
      const whole = (payload: Buffer): void => {
        // A second answer to one invocation is as unknown as a wrong one.
        if (id !== current) return;
        current = '';
        if (verb === 'response') events.onResponse(id, payload);
        else events.onError(id, errorType(request, payload), payload);
      };
      read(request, response, whole, () => events.onTooLarge(id));
    } else {
      request.resume();
      refuse(response, 404, 'InvalidPath', `there is no ${method} ${url} in the runtime API`);
    }
  });
  // A runtime waits for work as long as there is none.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  await listen(server);
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    give({ requestId, arn, payload, deadline }) {
      const response = waiting;
      if (response === undefined) throw new Error('the runtime has not asked for work');
      waiting = undefined;
      current = requestId;
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': payload.length,
        'lambda-runtime-aws-request-id': requestId,
        'lambda-runtime-deadline-ms': deadline,
        'lambda-runtime-invoked-function-arn': arn,
        'lambda-runtime-trace-id': `Root=1-${Math.trunc(deadline / 1000).toString(16)}-${requestId.replaceAll('-', '').slice(0, 24)};Sampled=0`,
      });
      response.end(payload);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

/** Reads a body of at most `MAX_PAYLOAD` and accepts it. One that breaks off is no answer: the end of the runtime tells the rest. */
function read(
  request: IncomingMessage,
  response: ServerResponse,
  whole: (payload: Buffer) => void,
  tooLarge: () => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_PAYLOAD) chunks.push(chunk);
    else chunks.length = 0;
  });
  request.on('end', () => {
    if (size > MAX_PAYLOAD) {
      tooLarge();
      refuse(response, 413, 'RequestEntityTooLarge', `Exceeded maximum allowed payload size (${MAX_PAYLOAD} bytes).`);
      return;
    }
    response.writeHead(202, { 'content-type': 'application/json' });
    response.end('{"status":"OK"}\n');
    whole(Buffer.concat(chunks));
  });
  request.on('error', () => {});
}

function refuse(response: ServerResponse, status: number, type: string, errorMessage: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errorMessage, errorType: type }));
}

/** What the runtime calls an error: its header, else the `errorType` of the document. */
function errorType(request: IncomingMessage, payload: Buffer): string {
  const header = request.headers['lambda-runtime-function-error-type'];
  if (typeof header === 'string' && header !== '') return header;
  try {
    const document: unknown = JSON.parse(payload.toString());
    if (typeof document === 'object' && document !== null && 'errorType' in document) return String(document.errorType);
  } catch {
    // The document is passed on as it is; only its name is missing.
  }
  return 'Unhandled';
}
