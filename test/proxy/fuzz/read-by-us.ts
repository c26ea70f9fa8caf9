// Bytes as the engine's parsers read them, without sockets.

import { ChunkedBody, closingBody, emptyBody, LengthBody, type BodyReader } from '../../../src/proxy/http1/body.ts';
import { HeadReader } from '../../../src/proxy/http1/head-reader.ts';
import { findHeader } from '../../../src/proxy/http1/header-lines.ts';
import { parseRequestHead } from '../../../src/proxy/http1/request-head.ts';
import { parseResponseHead } from '../../../src/proxy/http1/response-head.ts';

/** A message: for a request method and target, for a response its status and nothing. */
export interface Message {
  readonly first: string;
  readonly target: string;
  body: string;
  whole: boolean;
  /** Whether it has an Upgrade header. */
  readonly asksUpgrade: boolean;
}

/** What was read. */
export interface Reading {
  readonly messages: Message[];
  /** What goes on to the other side, without the lines that the proxy adds. */
  forwarded: string;
  refused: boolean;
}

/** Follows one body and keeps its data; returns where it ends in `bytes`, or -1. */
function follow(body: BodyReader, message: Message, reading: Reading, bytes: Buffer): number {
  const end = body.done ? 0 : body.consume(bytes, 0);
  if (end < 0) {
    reading.refused = true;
    return end;
  }
  const pieces = body instanceof ChunkedBody ? (body.pieces ?? []) : [[0, end] as const];
  for (const [from, to] of pieces) message.body += bytes.toString('latin1', from, to);
  reading.forwarded += bytes.toString('latin1', 0, end);
  message.whole = body.done;
  return end;
}

/** Reads requests that come in pieces which end at `cuts`, as a client's connection does. */
export function readRequests(bytes: Buffer, cuts: readonly number[]): Reading {
  const reading: Reading = { messages: [], forwarded: '', refused: false };
  const reader = new HeadReader();
  let open: { readonly body: BodyReader; readonly message: Message; readonly last: boolean } | undefined;
  let from = 0;
  for (const cut of cuts) {
    let chunk: Buffer | undefined = bytes.subarray(from, cut);
    from = cut;
    while (chunk !== undefined) {
      if (open === undefined) {
        const found = reader.look(chunk);
        chunk = undefined;
        if (found.kind === 'bad') reading.refused = true;
        if (found.kind !== 'whole') break;
        const head = parseRequestHead(found.text);
        if ('reason' in head) {
          reading.refused = true;
          break;
        }
        const body = head.chunked
          ? new ChunkedBody(true)
          : head.contentLength > 0
            ? new LengthBody(head.contentLength)
            : emptyBody;
        open = {
          body,
          message: {
            ...{ first: head.method, target: head.target, body: '', whole: false },
            asksUpgrade: findHeader(head.lines, 'upgrade') !== undefined,
          },
          last: !head.keepAlive,
        };
        reading.messages.push(open.message);
        reading.forwarded += `${head.method} ${head.target} HTTP/1.1\r\n${head.forward}\r\n`;
        chunk = found.bytes.subarray(found.bodyStart);
      }
      const end = follow(open.body, open.message, reading, chunk);
      if (end < 0) break;
      if (!open.body.done) break;
      if (open.last) return reading;
      open = undefined;
      chunk = end < chunk.length ? chunk.subarray(end) : undefined;
    }
    if (reading.refused) break;
  }
  return reading;
}

/** Reads the response to a GET whose connection ends after `bytes`; interim ones are left out. */
export function readResponse(bytes: Buffer): Reading {
  const reading: Reading = { messages: [], forwarded: '', refused: false };
  for (let from = 0; ;) {
    const end = bytes.indexOf('\r\n\r\n', from, 'latin1');
    if (end < 0) return reading;
    const head = parseResponseHead(bytes.toString('latin1', from, end + 2));
    from = end + 4;
    if ('reason' in head || head.status === 101) {
      reading.refused = true;
      return reading;
    }
    if (head.status < 200) continue;
    const message: Message = { first: String(head.status), target: '', body: '', whole: false, asksUpgrade: false };
    reading.messages.push(message);
    reading.forwarded = `HTTP/1.1 ${head.statusText}\r\n${head.forward}\r\n`;
    const body: BodyReader =
      head.status === 204 || head.status === 304 || head.contentLength === 0
        ? emptyBody
        : head.chunked
          ? new ChunkedBody(true)
          : head.contentLength > 0
            ? new LengthBody(head.contentLength)
            : closingBody;
    follow(body, message, reading, bytes.subarray(from));
    if (body === closingBody) message.whole = true;
    return reading;
  }
}
