// A request whose head is whole, with what came behind it.

import type { ProxyLimits } from '../limits.ts';
import { ChunkedBody, emptyBody, LengthBody, LimitedBody, type BodyReader } from './body.ts';
import { parseRequestHead, type RequestHead } from './request-head.ts';
import { refusals, type Refusal } from './rules.ts';

/** A request whose head is whole. `early` is what came of its body with the head, `rest` what came after it. */
export interface OpenRequest {
  readonly head: RequestHead;
  readonly body: BodyReader;
  readonly headBytes: number;
  readonly early: Buffer;
  readonly rest: Buffer | undefined;
}

/** A request that is refused; `head` is there when only its body is wrong. */
export interface RefusedRequest {
  readonly refusal: Refusal;
  readonly head?: RequestHead;
}

/** Opens the request whose head is `text` (without its empty line); what follows it in `bytes` begins at `bodyStart`. */
export function openRequest(
  text: string,
  bytes: Buffer,
  bodyStart: number,
  limits: Pick<ProxyLimits, 'maxRequestHeaders' | 'maxRequestBody'>,
): OpenRequest | RefusedRequest {
  const head = parseRequestHead(text, limits.maxRequestHeaders);
  if ('reason' in head) return { refusal: head };
  const body = head.chunked
    ? limitChunks(new ChunkedBody(), limits.maxRequestBody)
    : head.contentLength > 0
      ? new LengthBody(head.contentLength)
      : emptyBody;
  const bodyEnd = body.done ? bodyStart : body.consume(bytes, bodyStart);
  if (bodyEnd < 0) return { refusal: body.fault ?? refusals.chunkSize, head };
  return {
    head,
    body,
    headBytes: bodyStart,
    early: bytes.subarray(bodyStart, bodyEnd),
    rest: bodyEnd < bytes.length ? bytes.subarray(bodyEnd) : undefined,
  };
}

/** A length is judged before its first byte; what comes in chunks is counted, if there is a limit at all. */
function limitChunks(body: BodyReader, most: number): BodyReader {
  return most === Number.MAX_SAFE_INTEGER ? body : new LimitedBody(body, most);
}
