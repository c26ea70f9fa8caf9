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
  /** What is wrong with the body already; its end is then not known. */
  readonly broken?: Refusal;
}

/** Opens the request whose head is `text` (without its empty line); what follows it in `bytes` begins at `bodyStart`. */
export function openRequest(
  text: string,
  bytes: Buffer,
  bodyStart: number,
  limits: Pick<ProxyLimits, 'maxRequestHeaders' | 'maxRequestBody'>,
): OpenRequest | Refusal {
  const head = parseRequestHead(text, limits.maxRequestHeaders);
  if ('reason' in head) return head;
  const body = head.chunked
    ? limitChunks(new ChunkedBody(), limits.maxRequestBody)
    : head.contentLength > 0
      ? new LengthBody(head.contentLength)
      : emptyBody;
  const bodyEnd = body.done ? bodyStart : body.consume(bytes, bodyStart);
  const headBytes = bodyStart;
  if (bodyEnd < 0) {
    const broken = body.fault ?? refusals.chunkSize;
    return { head, body, headBytes, early: bytes.subarray(bodyStart), rest: undefined, broken };
  }
  return {
    head,
    body,
    headBytes,
    // Most requests have no body, and a view of nothing costs as much as one of something.
    early: bodyEnd === bodyStart ? nothing : bytes.subarray(bodyStart, bodyEnd),
    rest: bodyEnd < bytes.length ? bytes.subarray(bodyEnd) : undefined,
  };
}

const nothing = Buffer.alloc(0);

/** A length is judged before its first byte; what comes in chunks is counted, if there is a limit at all. */
function limitChunks(body: BodyReader, most: number): BodyReader {
  return most === Number.MAX_SAFE_INTEGER ? body : new LimitedBody(body, most);
}
