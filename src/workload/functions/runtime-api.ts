// The Lambda Runtime API of one execution environment (Lambda Developer Guide: Using the Lambda runtime API).

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MAX_FUNCTION_PAYLOAD } from '../../snapshot/index.ts';

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
  /** It has stopped asking, for its connection closed; it may ask again. */
  onNextLost(): void;
  onResponse(requestId: string, payload: Buffer): void;
  onError(requestId: string, errorType: string, payload: Buffer): void;
  /** It cannot initialise. */
  onInitError(errorType: string, payload: Buffer): void;
  /** The response is larger than `MAX_FUNCTION_PAYLOAD`. */
  onTooLarge(requestId: string): void;
}

/** Bytes of headers and trailers: clients of AWS send up to 1 MB of X-Ray's cause of an error in one, and the error of a stream in a trailer. */
const MAX_HEADERS = 4 * 1024 * 1024;

/** Connections of one runtime: one asks, one answers; whoever else finds the port is bounded. */
const MAX_CONNECTIONS = 32;

/** Characters of an error's type: it goes on in a header. */
const MAX_ERROR_TYPE = 256;

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
  let initialised = false;
  /** Whether an answer is being read. */
  let answering = false;
  const next = (response: ServerResponse): void => {
    // A runtime has one loop; of two that ask, the first has been given up by its client.
    waiting?.destroy();
    waiting = response;
    initialised = true;
    response.on('close', () => {
      if (waiting !== response) return;
      waiting = undefined;
      events.onNextLost();
    });
    events.onNext();
  };
  const answer = (request: IncomingMessage, response: ServerResponse, id: string, verb: string): void => {
    answering = true;
    request.on('close', () => (answering = false));
    // A second answer to one invocation is as unknown as a wrong one.
    const take = (): void => void (current = '');
    const whole = (payload: Buffer): void => {
      take();
      const failed = verb === 'response' ? failedStream(request) : { type: errorType(request, payload), payload };
      if (failed === undefined) events.onResponse(id, payload);
      else events.onError(id, failed.type, failed.payload);
    };
    read(request, response, whole, () => {
      take();
      events.onTooLarge(id);
    });
  };
  const server = createServer({ maxHeaderSize: MAX_HEADERS }, (request, response) => {
    const { method = '', url = '' } = request;
    const path = /^\/2018-06-01\/runtime\/(.*)$/.exec(url.split('?')[0] ?? '')?.[1];
    const [, id = '', verb = ''] = /^invocation\/([^/]+)\/(response|error)$/.exec(path ?? '') ?? [];
    const deny = (status: number, type: string, message: string): void => {
      request.resume();
      refuse(response, status, type, message);
    };
    if (method === 'GET' && path === 'invocation/next') next(response);
    else if (method === 'POST' && path === 'init/error') {
      if (initialised) deny(403, 'InvalidStateTransition', 'the runtime is initialised');
      else
        read(
          request,
          response,
          (payload) => events.onInitError(errorType(request, payload), payload),
          () => events.onInitError('Runtime.Unknown', Buffer.from('{"errorMessage":"the error is too large"}')),
        );
    } else if (method === 'POST' && verb !== '' && id !== current) deny(400, 'InvalidRequestID', 'Invalid request ID');
    else if (method === 'POST' && verb !== '') {
      if (answering) deny(403, 'InvalidStateTransition', 'the invocation is being answered');
      else answer(request, response, id, verb);
    } else deny(404, 'InvalidPath', `there is no ${method} ${url.slice(0, 200)} in the runtime API`);
  });
  server.maxConnections = MAX_CONNECTIONS;
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

/** Reads a body of at most `MAX_FUNCTION_PAYLOAD` and accepts it. One that breaks off is no answer: the end of the runtime tells the rest. */
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
    if (size <= MAX_FUNCTION_PAYLOAD) chunks.push(chunk);
    else chunks.length = 0;
  });
  request.on('end', () => {
    if (size > MAX_FUNCTION_PAYLOAD) {
      tooLarge();
      refuse(
        response,
        413,
        'RequestEntityTooLarge',
        `Exceeded maximum allowed payload size (${MAX_FUNCTION_PAYLOAD} bytes).`,
      );
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

/** The error of a streamed response that failed after its beginning: trailers tell (Lambda Developer Guide: Building a custom runtime). */
function failedStream({ trailers }: IncomingMessage): { readonly type: string; readonly payload: Buffer } | undefined {
  const type = trailers['lambda-runtime-function-error-type'];
  if (type === undefined) return undefined;
  const body = trailers['lambda-runtime-function-error-body'] ?? '';
  const payload = Buffer.from(body, 'base64');
  return {
    type: type.slice(0, MAX_ERROR_TYPE),
    payload: payload.length > 0 ? payload : Buffer.from(JSON.stringify({ errorType: type, errorMessage: '' })),
  };
}

/** What the runtime calls an error: its header, else the `errorType` of the document. */
function errorType(request: IncomingMessage, payload: Buffer): string {
  const header = request.headers['lambda-runtime-function-error-type'];
  if (typeof header === 'string' && header !== '') return header.slice(0, MAX_ERROR_TYPE);
  try {
    const document: unknown = JSON.parse(payload.toString());
    if (typeof document === 'object' && document !== null && 'errorType' in document)
      return String(document.errorType).slice(0, MAX_ERROR_TYPE);
  } catch {
    // The document is passed on as it is; only its name is missing.
  }
  return 'Unhandled';
}
