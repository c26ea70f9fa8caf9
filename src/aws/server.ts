// The API's HTTP server: hosts, limits and time limits, the page, the server's own paths, and the AWS protocols.

import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { collectHeaders } from '../sigv4/index.ts';
import type { WireRequest } from './codec.ts';
import { createDispatcher, type Call, type DispatchDeps, type Dispatcher, type DispatchOptions } from './dispatch.ts';
import { readBody, refuse, respond } from './exchange.ts';
import { checkHost } from './host-check.ts';
import type { Obstacle } from './obstacle.ts';
import { ServiceError } from './service-error.ts';

/** The limits of the API's connections, by their names in the configuration. Times in milliseconds. */
export interface ServerLimits {
  /** Until the last header has arrived. */
  readonly apiHeaderTimeout: number;
  /** From the last header until the last byte of the body. */
  readonly apiBodyTimeout: number;
  /** How long an idle connection is kept. */
  readonly apiIdleTimeout: number;
  /** Bytes of a body. */
  readonly apiBodySize: number;
}

/** The limits unless configured otherwise. */
export const defaultServerLimits: ServerLimits = {
  apiHeaderTimeout: 10_000,
  apiBodyTimeout: 30_000,
  apiIdleTimeout: 60_000,
  apiBodySize: 1_048_576,
};

/** Where a connection came from that a VPC has handed on. */
export interface VpcOrigin {
  readonly vpcId: string;
  /** The client's address. */
  readonly from: string;
  /** The address that it asked. */
  readonly at: string;
}

/** How the server is to behave. */
export interface ServerOptions extends DispatchOptions {
  /** Hosts that it answers to beside its own address and `localhost`. */
  readonly hostNames: readonly string[];
  readonly limits: ServerLimits;
}

/** A request to one of the server's own paths, `/-/…`. */
export interface InternalRequest {
  readonly method: string;
  /** Raw, starting with `/-/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The header of that name, on paths without a signature too. */
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

/** What the server calls. */
export interface ServerDeps extends DispatchDeps {
  readonly clock: Pick<Clock, 'now' | 'after'>;
  readonly random: Pick<Random, 'uuid'>;
  /** Answers `/-/…` on `response`; `call` is there unless the path needs no signature. A `ServiceError` thrown is the answer. */
  readonly internal: (request: InternalRequest, response: ServerResponse, call: Call | undefined) => Promise<void>;
  /** Of a connection that came from inside a VPC; undefined: it came to the server's own address. */
  readonly originOf?: (socket: Duplex) => VpcOrigin | undefined;
  /** The host name for clients inside VPCs. */
  readonly nameInVpcs?: string;
  /** Answers an unsigned GET of `/` that accepts text/html. */
  readonly page: (request: IncomingMessage, response: ServerResponse) => void;
}

const unsignedPaths: ReadonlySet<string> = new Set(['/-/ready', '/-/metrics', '/-/credentials']);

/** What precedes an IPv4 address on a socket of both families: ranges of policies, denials too, mean the address itself. */
const mapped = /^::ffff:(?=\d+\.)/i;

/** Makes the server; the caller lets it listen (on an address, or on a handle that is bound already) and closes it. */
export function createAwsServer(options: ServerOptions, deps: ServerDeps): Server {
  const { limits } = options;
  const dispatcher = createDispatcher(options, deps);
  const server = createServer({
    headersTimeout: limits.apiHeaderTimeout,
    requestTimeout: limits.apiHeaderTimeout + limits.apiBodyTimeout,
    keepAliveTimeout: limits.apiIdleTimeout,
    // Node looks for exceeded times only this often.
    connectionsCheckingInterval: Math.max(20, Math.min(1000, limits.apiHeaderTimeout / 4, limits.apiBodyTimeout / 4)),
    // An absent Host is refused below, with a request id like every other answer.
    requireHostHeader: false,
  });
  // Connections whose request has been read: an error on them must not be written into the answer's place.
  const answering = new WeakSet<Duplex>();
  // Whose body is being read: when that takes too long, the answer has the form of the service that the headers mean.
  const reading = new WeakMap<Duplex, IncomingMessage>();
  server.on('request', (request, response) => {
    reading.set(request.socket, request);
    response.once('close', () => answering.delete(request.socket));
    const onRead = (): void => {
      answering.add(request.socket);
      reading.delete(request.socket);
    };
    serve(request, response, options, deps, dispatcher, onRead).catch((error: unknown) => {
      deps.log.error('a request could not be answered', { url: request.url, error });
      response.destroy();
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable || answering.has(socket)) socket.destroy();
    else answerBrokenRequest(error, socket, reading.get(socket), dispatcher, deps.random.uuid());
  });
  return server;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
  deps: ServerDeps,
  dispatcher: Dispatcher,
  onRead: () => void,
): Promise<void> {
  const requestId = deps.random.uuid();
  response.setHeader('x-amzn-requestid', requestId);
  // A client that goes away while it is answered is its own affair.
  response.on('error', () => undefined);
  const wire = wireOf(request);
  const turnAway = (reason: Obstacle, message: string): void => {
    onRead();
    refuse(request, response, dispatcher.turnAway(reason, message, wire, requestId), deps.clock);
  };

  const { localAddress = '', localPort = 0, remoteAddress = '' } = request.socket;
  const origin = deps.originOf?.(request.socket);
  const problem = checkHost(
    request.headers.host,
    request.headers.origin,
    { address: localAddress, port: localPort },
    // Not the operator's names: another service may have one of them in the VPC.
    origin === undefined ? options.hostNames : [origin.at, deps.nameInVpcs ?? origin.at],
  );
  if (problem !== undefined) return turnAway('foreignHost', problem);

  const { path, query } = wire;
  const page = isPage(request, path, wire.headers);
  if (page && origin === undefined) return deps.page(request, response);

  const body = await readBody(request, options.limits.apiBodySize);
  onRead();
  if (body === 'aborted') return undefined;
  if (body === 'too-large')
    return turnAway('bodyTooLarge', `The body of a request may have ${options.limits.apiBodySize} bytes at most.`);

  const whole: WireRequest = { ...wire, body };
  const source =
    origin === undefined
      ? { requestId, sourceIp: remoteAddress.replace(mapped, '') }
      : { requestId, sourceIp: origin.from, sourceVpc: origin.vpcId };
  // What is shown to whoever reaches the server's own address is the operator's, not every workload's.
  if (origin !== undefined && (page || unsignedPaths.has(path))) {
    const nothing = new ServiceError('ResourceNotFoundException', `There is nothing at ${path}.`, { status: 404 });
    respond(response, dispatcher.encodeError(nothing, requestId));
    return undefined;
  }
  if (!path.startsWith('/-/')) {
    respond(response, await dispatcher.dispatch(whole, source));
    return undefined;
  }
  try {
    const call = unsignedPaths.has(path) ? undefined : dispatcher.identify(whole, source);
    const { authorization } = request.headers;
    const internal = { method: wire.method, path, query: new URLSearchParams(query), authorization, body };
    await deps.internal(internal, response, call);
  } catch (error) {
    const known =
      error instanceof ServiceError
        ? error
        : new ServiceError('InternalServerException', 'An internal error occurred.', { status: 500 });
    if (known !== error) deps.log.error('an internal path failed', { requestId, path, error });
    if (response.headersSent) response.destroy();
    else respond(response, dispatcher.encodeError(known, requestId));
  }
  return undefined;
}

function isPage(request: IncomingMessage, path: string, headers: ReadonlyMap<string, string>): boolean {
  const unsigned = !headers.has('authorization') && !/[?&]X-Amz-Signature=/.test(request.url ?? '');
  return (
    (request.method === 'GET' || request.method === 'HEAD') &&
    path === '/' &&
    unsigned &&
    headers.get('accept')?.includes('text/html') === true
  );
}

/** A request as far as it is known from its headers. */
function wireOf(request: IncomingMessage): WireRequest {
  const { method = '', url = '', rawHeaders } = request;
  const at = url.indexOf('?');
  const [path, query] = at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
  return { method, path, query, headers: collectHeaders(rawHeaders), body: Buffer.alloc(0) };
}

/** Answers what is no HTTP at all, has too many headers, or took too long; there is no response object to do it with. */
function answerBrokenRequest(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  request: IncomingMessage | undefined,
  dispatcher: Dispatcher,
  requestId: string,
): void {
  const [reason, message] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? (['tooSlow', 'The request took too long to arrive.'] as const)
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? (['headersTooLarge', 'The headers are too large.'] as const)
        : (['brokenHttp', 'The request is not well-formed HTTP.'] as const);
  const known = request === undefined ? undefined : wireOf(request);
  const { status, headers, body } = dispatcher.turnAway(reason, message, known, requestId);
  const lines = Object.entries({
    ...headers,
    'x-amzn-requestid': requestId,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`, () =>
    socket.destroy(),
  );
}
