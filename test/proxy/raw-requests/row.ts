// What a row of the table of raw requests is, and short ways to write one.

import { HOST } from '../../../src/proxy/snapshot-sample.ts';
import type { normalisations, refusals } from '../../../src/proxy/http1/rules.ts';

/** A request that is refused. */
export interface RefusedRow {
  readonly kind: 'refused';
  readonly name: string;
  readonly send: string;
  readonly rule: keyof typeof refusals;
  /** What may have reached the target, at most, when the request came in pieces: head (without the proxy's lines) and body. */
  readonly most: Message | undefined;
}

/** A request that reaches the target. */
export interface ForwardedRow extends Arrival {
  readonly kind: 'forwarded';
  readonly name: string;
  readonly send: string;
  readonly message: Message;
}

/** A message at the target: request line and header lines without those that the proxy adds, and the body, byte for byte. */
interface Message {
  readonly head: string;
  readonly body: string;
}

interface Arrival {
  /** Rules that the row shows. */
  readonly rules?: readonly (keyof typeof normalisations)[];
  /** What the client's x-forwarded-for adds before its address. */
  readonly forwardedFor?: string;
  readonly requestId?: string;
  /** Whether the connection ends after the response. */
  readonly ends?: true;
}

export type Row = RefusedRow | ForwardedRow;

/** A whole head: `line` without version, Host, then `lines`. */
export function head(line: string, ...lines: readonly string[]): string {
  return [`${line} HTTP/1.1`, `host: ${HOST}`, ...lines, '', ''].join('\r\n');
}

/** A chunked POST with `body` as it stands. */
export function chunked(body: string, ...lines: readonly string[]): string {
  return head('POST /', 'transfer-encoding: chunked', ...lines) + body;
}

function split(text: string): Message {
  const end = text.indexOf('\r\n\r\n') + 2;
  return { head: text.slice(0, end), body: text.slice(end + 2) };
}

/** A row whose request reaches the target as `as`, or as it was sent. */
export function pass(name: string, send: string, as: string = send, arrival: Arrival = {}): Row {
  return { kind: 'forwarded', name, send, message: split(as), ...arrival };
}

/** A row whose request is refused by `rule`; `most` is as much of it as may reach the target before. */
export function refuse(name: string, send: string, rule: keyof typeof refusals, most?: string): Row {
  return { kind: 'refused', name, send, rule, most: most === undefined ? undefined : split(most) };
}
