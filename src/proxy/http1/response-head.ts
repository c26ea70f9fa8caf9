// Reads the head of a target's HTTP/1.1 response and prepares its header lines for the client.

import { hasTabBehind, headerValue, isSpoilt, parseLength, readTokens, withoutHeaders } from './header-lines.ts';
import { responseRefusals, type Refusal } from './rules.ts';

/** A head that was accepted. */
export interface ResponseHead {
  readonly status: number;
  readonly minor: number;
  /** Status code and reason phrase, as received. */
  readonly statusText: string;
  /** -1 when the head has no Content-Length. */
  readonly contentLength: number;
  readonly chunked: boolean;
  /** Whether the target keeps the connection open afterwards. */
  readonly keepAlive: boolean;
  /** Seconds for which the target says that it keeps an unused connection (RFC 2068 19.7.1.1: Keep-Alive); -1 when it does not say. */
  readonly keepAliveSeconds: number;
  /** Whether Upgrade names WebSocket. */
  readonly webSocket: boolean;
  /** Header lines for the client, each with its CRLF: without hop-by-hop lines (Transfer-Encoding stays) and x-amzn-requestid. */
  readonly forward: string;
}

const statusLine = /HTTP\/1\.([01]) (\d{3})(?: ([\t\x20-\x7e\x80-\xff]*))?\r\n/y;
const headerBlock = /(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/y;
const keepAliveTimeout = /[:,\s]timeout="?(\d{1,9})(?!\d)/i;
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'te',
  'x-amzn-requestid',
]);

/** Parses `text`, a whole head without its final empty line; or says what is wrong with it. */
export function parseResponseHead(text: string): ResponseHead | Refusal {
  statusLine.lastIndex = 0;
  const first = statusLine.exec(text);
  if (first === null) return isSpoilt(text, true) ? responseRefusals.headBytes : responseRefusals.statusLine;
  const minor = first[1] === '0' ? 0 : 1;
  const status = Number(first[2]);
  if (status < 100) return responseRefusals.statusLine;
  const start = first[0].length;
  headerBlock.lastIndex = start;
  if (!headerBlock.test(text)) return isSpoilt(text, true) ? responseRefusals.headBytes : responseRefusals.headerLine;
  let contentLength = -1;
  let transferEncoding: string | undefined;
  let connection = '';
  let upgrade = '';
  let keepAliveSeconds = -1;
  let forward = '';
  let keepFrom = start;
  for (let pos = start; pos < text.length;) {
    const colon = text.indexOf(':', pos);
    const end = text.indexOf('\r\n', colon);
    const next = end + 2;
    const length = colon - pos;
    // Lengths of the names that matter: anything else is passed on unread.
    if (length === 10 || length === 14 || length === 17 || length === 16 || length === 7 || length === 2) {
      const name = text.slice(pos, colon).toLowerCase();
      if (name === 'content-length') {
        const value = parseLength(headerValue(text, colon + 1, end));
        if (value < 0 || (contentLength >= 0 && contentLength !== value)) return responseRefusals.length;
        if (contentLength >= 0) {
          forward += text.slice(keepFrom, pos);
          keepFrom = next;
        }
        contentLength = value;
      } else if (name === 'transfer-encoding') {
        if (transferEncoding !== undefined) return responseRefusals.codingTwice;
        transferEncoding = headerValue(text, colon + 1, end).toLowerCase();
        if (hasTabBehind(text, colon + 1, end)) return responseRefusals.coding;
      } else if (hopByHop.has(name)) {
        if (name === 'connection') connection = `${connection},${text.slice(colon + 1, end)}`;
        else if (name === 'keep-alive') {
          const seconds = keepAliveTimeout.exec(text.slice(colon, end))?.[1];
          if (seconds !== undefined) keepAliveSeconds = Number(seconds);
        } else if (name === 'upgrade') upgrade = `${upgrade},${text.slice(colon + 1, end)}`;
        if (keepFrom < pos) forward += text.slice(keepFrom, pos);
        keepFrom = next;
      }
    }
    pos = next;
  }
  if (keepFrom < text.length) forward += text.slice(keepFrom);
  if (transferEncoding !== undefined) {
    if (transferEncoding !== 'chunked') return responseRefusals.coding;
    if (contentLength >= 0) return responseRefusals.codingAndLength;
    if (minor === 0) return responseRefusals.codingOld;
  }
  let keepAlive = minor === 1;
  if (connection !== '') {
    const tokens = readTokens(connection);
    if (tokens.includes('close')) keepAlive = false;
    else if (tokens.includes('keep-alive')) keepAlive = true;
    const named = tokens.filter(
      (token) =>
        token !== '' &&
        token !== 'close' &&
        token !== 'keep-alive' &&
        token !== 'content-length' &&
        token !== 'transfer-encoding',
    );
    if (named.length > 0) forward = withoutHeaders(forward, new Set(named));
  }
  // RFC 9110 8.6, RFC 9112 6.1: these have no framing; a client that believed it would wait for a body.
  if ((status === 204 || status < 200) && (contentLength >= 0 || transferEncoding !== undefined))
    forward = withoutHeaders(forward, new Set(['content-length', 'transfer-encoding']));
  return {
    status,
    minor,
    statusText: `${first[2]} ${first[3] ?? ''}`,
    contentLength,
    chunked: transferEncoding !== undefined,
    keepAlive,
    keepAliveSeconds,
    webSocket: upgrade !== '' && readTokens(upgrade).includes('websocket'),
    forward,
  };
}
