// The JSON events that functions get for requests, in both versions (User Guide: Lambda functions as targets).

import { isUtf8 } from 'node:buffer';
import type { EventIdentity } from '../identity/caller.ts';
import type { RequestHead } from '../http1/request-head.ts';

/** A request to a function. */
export interface FunctionRequest {
  readonly head: Pick<RequestHead, 'method' | 'target'>;
  /** Every header line for the target, each with its CRLF, as latin1 text. */
  readonly lines: string;
  readonly body: Buffer;
  readonly context: EventContext;
}

/** Where the request came from and went to. */
export interface EventContext {
  readonly serviceNetworkArn: string;
  readonly serviceArn: string;
  readonly targetGroupArn: string;
  readonly sourceVpcArn: string;
  /** Absent: the caller is anonymous. */
  readonly identity?: EventIdentity;
  readonly region: string;
  /** Milliseconds since 1970 at which the request came. */
  readonly time: number;
}

/** The event of `version` as JSON text. Header names are in small letters; texts that are no UTF-8 are taken as latin1. */
export function formatEvent(version: 'V1' | 'V2', { head, lines, body, context }: FunctionRequest): string {
  const headers = collect(parseLines(lines));
  const query = collect(parseQuery(head.target));
  const encoded = encodeBody(headers.get('content-type')?.at(-1), body);
  if (version === 'V1')
    return JSON.stringify({
      raw_path: head.target,
      method: head.method,
      headers: mapValues(headers, (values) => values.join(', ')),
      query_string_parameters: mapValues(query, (values) => values.at(-1)),
      body: encoded.body,
      is_base64_encoded: encoded.isBase64,
    });
  const { serviceNetworkArn, serviceArn, targetGroupArn, sourceVpcArn, identity, region, time } = context;
  return JSON.stringify({
    version: '2.0',
    path: head.target,
    method: head.method,
    headers: mapValues(headers, (values) => values),
    queryStringParameters: mapValues(query, (values) => values),
    body: encoded.body,
    isBase64Encoded: encoded.isBase64,
    requestContext: {
      ...{ serviceNetworkArn, serviceArn, targetGroupArn },
      identity: { sourceVpcArn, ...identity },
      region,
      // Microseconds, as a text.
      timeEpoch: `${Math.trunc(time)}000`,
    },
  });
}

const textTypes = /^(text\/|application\/(json|xml|javascript)$)/i;

/**
 * Bodies of text types are given as they are, all others as base64. A text type whose bytes are no UTF-8 (a compressed body, say) is given
 * as base64 too, so that nothing is lost.
 */
function encodeBody(
  contentType: string | undefined,
  body: Buffer,
): { readonly body: string; readonly isBase64: boolean } {
  if (body.length === 0) return { body: '', isBase64: false };
  const type = (contentType?.split(';')[0] ?? '').trim();
  if (textTypes.test(type) && isUtf8(body)) return { body: body.toString('utf8'), isBase64: false };
  return { body: body.toString('base64'), isBase64: true };
}

function* parseLines(lines: string): Generator<readonly [string, string]> {
  for (const line of lines.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) yield [line.slice(0, colon).toLowerCase(), decodeLatin1(line.slice(colon + 1).trim())];
  }
}

/** Names and values are percent-decoded, and `+` is a space, as for a form; what cannot be decoded is given as it is. */
function* parseQuery(target: string): Generator<readonly [string, string]> {
  const mark = target.indexOf('?');
  if (mark < 0) return;
  for (const pair of target.slice(mark + 1).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    yield equals < 0
      ? [decodeQuery(pair), '']
      : [decodeQuery(pair.slice(0, equals)), decodeQuery(pair.slice(equals + 1))];
  }
}

function decodeQuery(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Header values come as latin1, one character per byte; most that are not ASCII are UTF-8. */
function decodeLatin1(text: string): string {
  if (!/[\x80-\xff]/.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : text;
}

/** The values of each name in their order. */
function collect(pairs: Iterable<readonly [string, string]>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const values = found.get(name);
    if (values === undefined) found.set(name, [value]);
    else values.push(value);
  }
  return found;
}

/** A plain object; no name is special, not even `__proto__`. */
function mapValues<T>(map: ReadonlyMap<string, readonly string[]>, value: (values: readonly string[]) => T): object {
  return Object.fromEntries([...map].map(([name, values]) => [name, value(values)]));
}
