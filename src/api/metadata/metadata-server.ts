// The server behind the metadata addresses: workers hand connections on to it and say first where each came from; those for the AWS API it passes on.

import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { VpcOrigin } from '../../aws/index.ts';
import type { Clock } from '../../base/clock.ts';
import { answerContainerAddress, answerMetadata } from './answer-metadata.ts';
import type { Log } from '../../base/log.ts';
import type { WorkloadIdentity } from '../../base/workload-identity.ts';
import type { RoleCredentials } from './role-credentials.ts';

export interface MetadataServerDeps {
  readonly credentials: RoleCredentials;
  /** Who has this address in this VPC; undefined when nobody has. */
  find(vpcId: string, address: string): WorkloadIdentity | undefined;
  /** Takes a connection for the AWS API: whether this is one. */
  takeApi(socket: Socket, origin: VpcOrigin): boolean;
  /** Seals the tokens of IMDSv2. */
  readonly key: Buffer;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** The address of the container credentials; any other that is handed on is the metadata service's. */
const CONTAINER = '169.254.170.2';
/** Bytes of a first line, and of a request's headers. */
const LONGEST_LINE = 512;
const LONGEST_HEAD = 8192;
/** Milliseconds until a request must be there, and of a connection without one. */
const PATIENCE = 5000;

/** Makes the server, which answers connections that begin with the line of a `VpcOrigin`. Bodies of requests are not read. */
export function createMetadataServer(deps: MetadataServerDeps): Server {
  const origins = new WeakMap<object, VpcOrigin>();
  const http = createHttpServer(
    {
      maxHeaderSize: LONGEST_HEAD,
      headersTimeout: PATIENCE,
      requestTimeout: PATIENCE,
      keepAliveTimeout: PATIENCE,
      connectionsCheckingInterval: 1000,
    },
    (request, response) => {
      response.on('error', () => {});
      const origin = origins.get(request.socket);
      const subject = origin && deps.find(origin.vpcId, origin.from);
      const header = (name: string): string | undefined => {
        const value = request.headers[name];
        return Array.isArray(value) ? value[0] : value;
      };
      const asked = { method: request.method ?? '', url: request.url ?? '', header };
      const known = { credentials: deps.credentials, now: deps.clock.now(), key: deps.key };
      const { status, headers, body } =
        subject === undefined
          ? { status: 404, headers: {}, body: '' }
          : origin?.at === CONTAINER
            ? answerContainerAddress(asked, subject, known)
            : answerMetadata(asked, subject, known);
      // A body is nothing that is asked for: who sends one is not listened to any longer.
      const bodied = request.headers['content-length'] !== undefined && request.headers['content-length'] !== '0';
      const close = bodied || request.headers['transfer-encoding'] !== undefined;
      response.writeHead(status, {
        ...headers,
        'content-length': Buffer.byteLength(body),
        ...(close ? { connection: 'close' } : {}),
      });
      response.end(request.method === 'HEAD' ? '' : body);
    },
  );
  http.on('clientError', (_error, socket) => socket.destroy());
  // Who asks may say at once that nothing follows.
  return createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    void readOrigin(socket).then((origin) => {
      if (origin === undefined) {
        socket.destroy();
        return;
      }
      if (deps.takeApi(socket, origin)) return;
      origins.set(socket, origin);
      http.emit('connection', socket);
    });
  });
}

/** Reads the first line, which a worker writes as JSON, and leaves what follows it on the socket; undefined when there is none in time. */
function readOrigin(socket: Socket): Promise<VpcOrigin | undefined> {
  return new Promise((resolve) => {
    let read = Buffer.alloc(0);
    const end = (origin: VpcOrigin | undefined): void => {
      socket.off('readable', look).off('close', gone).off('timeout', gone);
      socket.setTimeout(0);
      resolve(origin);
    };
    const gone = (): void => end(undefined);
    const look = (): void => {
      for (let chunk = takeChunk(socket); chunk !== undefined; chunk = takeChunk(socket)) {
        read = Buffer.concat([read, chunk]);
        const at = read.indexOf(10);
        if (at >= 0) {
          socket.off('readable', look);
          if (at + 1 < read.length) socket.unshift(read.subarray(at + 1));
          end(parseOrigin(read.toString('utf8', 0, at)));
          return;
        }
        if (read.length > LONGEST_LINE) return gone();
      }
    };
    socket.setTimeout(PATIENCE);
    socket.on('readable', look).on('close', gone).on('timeout', gone);
  });
}

function takeChunk(socket: Socket): Buffer | undefined {
  const chunk: unknown = socket.read();
  return Buffer.isBuffer(chunk) ? chunk : undefined;
}

function parseOrigin(line: string): VpcOrigin | undefined {
  try {
    const value = JSON.parse(line) as Partial<Record<keyof VpcOrigin, unknown>> | null;
    const { vpcId, from, at } = value ?? {};
    if (typeof vpcId !== 'string' || typeof from !== 'string' || typeof at !== 'string') return undefined;
    return { vpcId, from, at };
  } catch {
    return undefined;
  }
}
