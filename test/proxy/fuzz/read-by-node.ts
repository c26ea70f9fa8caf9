// The same bytes as `node:http` reads them.

import { createServer, request, type IncomingMessage, type Server, type ServerOptions } from 'node:http';
import { Duplex } from 'node:stream';
import type { Message } from './read-by-us.ts';

/** What `node:http` read. */
export interface NodeReading {
  readonly messages: Message[];
  /** The code of the error that it ended with: `HPE_INVALID_EOF_STATE` when it waited for more. */
  error: string | undefined;
}

function collect(message: IncomingMessage, into: NodeReading, first: string): void {
  const one: Message = { first, target: message.url ?? '', body: '', whole: false, asksUpgrade: false };
  into.messages.push(one);
  message.setEncoding('latin1');
  message.on('data', (data: string) => (one.body += data));
  message.on('end', () => (one.whole = true));
  message.on('error', () => {});
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.message;
}

/** A stream that gives `bytes` and ends, and swallows what is written. */
function streamOf(bytes: string): Duplex {
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done(), emitClose: false });
  stream.on('error', () => {});
  if (bytes !== '') stream.push(Buffer.from(bytes, 'latin1'));
  stream.push(null);
  return stream;
}

/** As little of its own rules as it lets be switched off. */
const options: ServerOptions = { requireHostHeader: false, maxHeaderSize: 1 << 17, shouldUpgradeCallback: () => false };

/** Makes a reader of requests. A reading is finished some turns of the loop after it began. */
export function createNodeServer(): (bytes: string) => NodeReading {
  const readings = new Map<object, NodeReading>();
  const server: Server = createServer(options, (message, response) => {
    const reading = readings.get(message.socket);
    if (reading !== undefined) collect(message, reading, message.method ?? '');
    message.on('end', () => response.end());
  });
  server.maxHeadersCount = 0;
  server.maxRequestsPerSocket = 0;
  for (const event of ['checkContinue', 'checkExpectation'] as const)
    server.on(event, (message, response) => server.emit('request', message, response));
  server.on('clientError', (error, socket) => {
    const reading = readings.get(socket);
    if (reading !== undefined) reading.error ??= codeOf(error);
    socket.destroy();
  });
  return (bytes) => {
    const stream = streamOf(bytes);
    const reading: NodeReading = { messages: [], error: undefined };
    readings.set(stream, reading);
    server.emit('connection', stream);
    setTimeout(() => {
      readings.delete(stream);
      stream.destroy();
    }, 1000).unref();
    return reading;
  };
}

/** Begins to read a response to a GET. */
export function readResponseByNode(bytes: string): NodeReading {
  const reading: NodeReading = { messages: [], error: undefined };
  const sent = request({ createConnection: () => streamOf(bytes), maxHeaderSize: 1 << 17, headers: { host: 'a' } });
  sent.on('response', (message) => {
    collect(message, reading, String(message.statusCode));
    message.on('error', (error: Error) => (reading.error ??= codeOf(error)));
    message.on('aborted', () => (reading.error ??= 'aborted'));
  });
  sent.on('upgrade', (_message, socket) => {
    reading.error = 'upgrade';
    socket.destroy();
  });
  sent.on('error', (error) => (reading.error ??= codeOf(error)));
  sent.end();
  return reading;
}
