// Answers of the server's own paths.

import type { ServerResponse } from 'node:http';
import type { Call, InternalRequest } from '../../aws/index.ts';
import type { PergolaDeps } from './deps.ts';

/** One of the server's own paths. `parts` are the path's variable segments, decoded. */
export interface InternalPath {
  readonly method: 'GET' | 'POST';
  /** Literal segments after `/-/`; undefined where one varies. */
  readonly segments: readonly (string | undefined)[];
  /** What its caller must be allowed: an action of the prefix `pergola`. Absent where nobody signs. */
  readonly action?: string;
  readonly answer: (exchange: InternalExchange, deps: PergolaDeps) => Promise<void>;
}

/** A request to one of the server's own paths and its response. `call` is absent on paths without a signature. */
export interface InternalExchange {
  readonly request: InternalRequest;
  readonly response: ServerResponse;
  readonly call: Call | undefined;
  readonly parts: readonly string[];
}

/** Answers `value` as JSON. */
export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  const body = `${JSON.stringify(value)}\n`;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
