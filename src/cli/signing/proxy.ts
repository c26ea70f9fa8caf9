// A signing proxy: takes requests of clients that cannot sign, and sends them on, signed, to the service that they name.

import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { LookupFunction } from 'node:net';
import { pipeline } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { NoCredentials, type FindCredentials } from './credentials.ts';
import { signServiceRequest } from './service-request.ts';

export interface SigningProxyDeps {
  readonly credentials: FindCredentials;
  readonly region: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly lookup: LookupFunction;
  /** Where to connect from; absent: the system's choice. */
  readonly localAddress?: string;
}

/** Of a connection, not of a request (RFC 9110 7.6.1), with what proxies of old times have. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Connections to services at once, and milliseconds for which an unused one is kept: less than the shortest idle timeout of a service. */
const MOST_CONNECTIONS = 512;
const KEPT = 20_000;

/** Where a request is to go. */
interface Destination {
  readonly host: string;
  readonly port: number;
  /** As its Host header has it. */
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
}

/** Makes the proxy. A request's destination is its absolute form (clients that use a proxy), or else its Host header. */
export function createSigningProxy(deps: SigningProxyDeps): Server {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS, timeout: KEPT });
  const server = createServer((incoming, response) => {
    forward(incoming, response, agent, deps).catch((error: unknown) => {
      deps.log.error('a request could not be sent on', { error });
      refuse(incoming, response, 502, 'the request could not be sent on');
    });
  });
  server.on('connect', (_incoming, socket) => {
    socket.on('error', () => {});
    socket.end('HTTP/1.1 501 Not Implemented\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  });
  server.on('close', () => agent.destroy());
  return server;
}

async function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  agent: Agent,
  deps: SigningProxyDeps,
): Promise<void> {
  const destination = destinationOf(incoming);
  if (typeof destination === 'string') {
    refuse(incoming, response, 400, destination);
    return;
  }
  const given = incoming.headers.authorization;
  if (given !== undefined && !given.startsWith('AWS4-')) {
    refuse(incoming, response, 400, 'the request has an Authorization of its own, where the signature belongs');
    return;
  }
  let credentials;
  try {
    credentials = await deps.credentials();
  } catch (error) {
    if (!(error instanceof NoCredentials)) throw error;
    deps.log.warn('a request was refused: there are no credentials', { reason: error.message });
    refuse(incoming, response, 502, error.message);
    return;
  }
  const { authority, target, host, port } = destination;
  const signed = signServiceRequest(
    { method: incoming.method ?? 'GET', target, host: authority, headers: endToEnd(incoming.rawHeaders) },
    credentials,
    deps.region,
    deps.clock.now(),
  );
  const chunked = incoming.headers['transfer-encoding'] !== undefined;
  const hasBody = chunked || Number(incoming.headers['content-length'] ?? '0') > 0;
  const send = (again: boolean): void => {
    const outgoing = request({
      ...{ host, port, path: target, method: incoming.method, agent, lookup: deps.lookup },
      ...(deps.localAddress === undefined ? {} : { localAddress: deps.localAddress }),
      headers: [...signed, ...(chunked ? [['transfer-encoding', 'chunked'] as const] : [])].flat(),
    });
    outgoing.on('response', (answer) => {
      response.writeHead(
        answer.statusCode ?? 502,
        answer.statusMessage,
        endToEnd(answer.rawHeaders).flat() as OutgoingHttpHeader[],
      );
      pipeline(answer, response, () => {});
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // A kept connection may have been closed while the request was on its way.
      if (again && outgoing.reusedSocket && error.code === 'ECONNRESET') send(false);
      else if (response.headersSent) response.destroy();
      else refuse(incoming, response, 502, `${authority} cannot be reached: ${error.message}`);
    });
    response.on('close', () => {
      if (!response.writableFinished) outgoing.destroy();
    });
    if (hasBody) pipeline(incoming, outgoing, () => {});
    else outgoing.end();
  };
  send(!hasBody);
}

/** Where a request is to go, or why it cannot be told. */
function destinationOf({ url = '', headers, socket }: IncomingMessage): Destination | string {
  const absolute = /^http:\/\/([^/?#]+)([^#]*)$/i.exec(url);
  if (absolute === null && !url.startsWith('/')) return `${url} is neither a path nor an http:// URL`;
  const authority = absolute?.[1] ?? headers.host ?? '';
  const parsed = URL.parse(`http://${authority}`);
  if (parsed === null || authority === '' || parsed.pathname !== '/' || parsed.username !== '')
    return 'the request names no service in its Host header';
  const port = parsed.port === '' ? 80 : Number(parsed.port);
  if (port === socket.localPort && (parsed.hostname === 'localhost' || parsed.hostname === socket.localAddress))
    return 'the request names this proxy itself: its Host header must be that of a service';
  const rest = absolute === null ? url : (absolute[2] ?? '');
  return { host: parsed.hostname, port, authority, target: rest.startsWith('/') ? rest : `/${rest}` };
}

/** Headers in their order, names in small letters, without those of the connection. */
function endToEnd(raw: readonly string[]): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([(raw[i] ?? '').toLowerCase(), raw[i + 1] ?? '']);
  const named = new Set(
    pairs
      .filter(([name]) => name === 'connection')
      .flatMap(([, value]) => value.split(',').map((one) => one.trim().toLowerCase())),
  );
  return pairs.filter(([name]) => !hopByHop.has(name) && !named.has(name));
}

function refuse(incoming: IncomingMessage, response: ServerResponse, status: number, reason: string): void {
  incoming.resume();
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = `${JSON.stringify({ message: reason })}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.end(body);
}
