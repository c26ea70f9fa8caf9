// Signed calls of commands to the server's own paths, and to AWS services that speak awsJson.

import { request, type IncomingMessage } from 'node:http';
import { sha256, signHeaders } from '../sigv4/index.ts';
import type { Server } from './server-file.ts';

/** A whole answer. `body` is parsed JSON, or the text when it is none. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** Sends one signed request; resolves with the head of the answer, whose body the caller reads or destroys. */
export function openApiCall(
  server: Server,
  call: {
    readonly method: 'GET' | 'POST';
    readonly path: string;
    readonly query?: string;
    readonly body?: unknown;
    /** For an AWS service: its signing name and the operation, as in X-Amz-Target. */
    readonly target?: { readonly service: string; readonly operation: string };
  },
  now: number,
): Promise<IncomingMessage> {
  const { method, path, query = '' } = call;
  const text = call.body === undefined ? '' : JSON.stringify(call.body);
  const headers = new Map([
    ['host', new URL(server.api).host],
    ['content-type', call.target === undefined ? 'application/json' : 'application/x-amz-json-1.1'],
  ]);
  if (call.target !== undefined) headers.set('x-amz-target', call.target.operation);
  const { accessKeyId, secretAccessKey: secret, sessionToken, region } = server;
  const token = sessionToken === undefined ? {} : { sessionToken };
  const signed = signHeaders(
    { method, path, query, headers },
    { accessKeyId, secret, ...token, region, service: call.target?.service ?? 'vpc-lattice' },
    { now, bodyHash: sha256(text) },
  );
  return new Promise((resolve, reject) => {
    const url = `${server.api}${path}${query === '' ? '' : `?${query}`}`;
    // Each on a connection of its own: one that is kept may be closed while the next call is on its way.
    const options = { method, headers: { ...Object.fromEntries(headers), ...signed }, agent: false } as const;
    const outgoing = request(url, options, resolve);
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

/** Sends one signed request and reads the answer. Rejects when the server cannot be reached. */
export async function callApi(...parameters: Parameters<typeof openApiCall>): Promise<ApiAnswer> {
  const answer = await openApiCall(...parameters);
  let text = '';
  answer.setEncoding('utf8');
  for await (const part of answer) text += part as string;
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: parseBody(text) };
}

/** The message of an error's body, or the whole body. */
export function formatApiError({ status, body }: ApiAnswer): string {
  const members: Readonly<Record<string, unknown>> = typeof body === 'object' && body !== null ? { ...body } : {};
  // The models of some services write it with a capital.
  const message = members['message'] ?? members['Message'] ?? body;
  return `${typeof message === 'string' ? message : JSON.stringify(message)} (HTTP ${status})`;
}

/** The JSON value of an answer's text, or the text when it is none. */
export function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
