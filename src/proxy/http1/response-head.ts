// Reads the head of a target's HTTP/1.1 response and prepares its header lines for the client.

import {
  hasTabBehind,
  headerValue,
  isName,
  isPlain,
  isSpoilt,
  parseLength,
  readTokens,
  withoutHeaders,
} from './header-lines.ts';
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

const statusLine = /HTTP\/1\.[01] \d{3}(?: [\t\x20-\x7e\x80-\xff]*)?\r\n/y;
const BEFORE_STATUS = 'HTTP/1.1 '.length;
const STATUS_ALONE = 'HTTP/1.1 200\r\n'.length;
const headerBlock = /(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/y;
const keepAliveTimeout = /[:,\s]timeout="?(\d{1,9})(?!\d)/i;
/** Parses `text`, a whole head without its final empty line; or says what is wrong with it. */
export function parseResponseHead(text: string): ResponseHead | Refusal {
  statusLine.lastIndex = 0;
  if (!statusLine.test(text)) return isSpoilt(text, true) ? responseRefusals.headBytes : responseRefusals.statusLine;
  // The form is fixed, so that nothing has to be cut out: 48 is "0".
  const minor = text.charCodeAt(7) === 48 ? 0 : 1;
  const status = (text.charCodeAt(9) - 48) * 100 + (text.charCodeAt(10) - 48) * 10 + text.charCodeAt(11) - 48;
  if (status < 100) return responseRefusals.statusLine;
  const start = statusLine.lastIndex;
  headerBlock.lastIndex = start;
  if (!headerBlock.test(text)) return isSpoilt(text, true) ? responseRefusals.headBytes : responseRefusals.headerLine;
  let contentLength = -1;
  let transferEncoding: string | undefined;
  let staysOpen = false;
  let connection = '';
  let upgrade = '';
  let keepAliveSeconds = -1;
  let forward = '';
  let keepFrom = start;
  for (let pos = start; pos < text.length;) {
    const colon = text.indexOf(':', pos);
    const end = text.indexOf('\r\n', colon);
    const next = end + 2;
    let drop = false;
    // Lengths of the names that matter, compared in place: anything else is passed on unread.
    switch (colon - pos) {
      case 2:
        drop = isName(text, pos, colon, 'te');
        break;
      case 7:
        if (isName(text, pos, colon, 'upgrade')) {
          upgrade = `${upgrade},${text.slice(colon + 1, end)}`;
          drop = true;
        }
        break;
      case 10:
        if (isName(text, pos, colon, 'connection')) {
          drop = true;
          // Without a text of its own: all that most targets say.
          if (isPlain(text, colon, end, 'keep-alive')) staysOpen = true;
          else connection = `${connection},${text.slice(colon + 1, end)}`;
        } else if (isName(text, pos, colon, 'keep-alive')) {
          drop = true;
          const seconds = keepAliveTimeout.exec(text.slice(colon, end))?.[1];
          if (seconds !== undefined) keepAliveSeconds = Number(seconds);
        }
        break;
      case 14:
        if (isName(text, pos, colon, 'content-length')) {
          const value = parseLength(text, colon + 1, end);
          if (value < 0 || (contentLength >= 0 && contentLength !== value)) return responseRefusals.length;
          drop = contentLength >= 0;
          contentLength = value;
        }
        break;
      case 16:
        drop = isName(text, pos, colon, 'proxy-connection') || isName(text, pos, colon, 'x-amzn-requestid');
        break;
      case 17:
        if (isName(text, pos, colon, 'transfer-encoding')) {
          if (transferEncoding !== undefined) return responseRefusals.codingTwice;
          transferEncoding = headerValue(text, colon + 1, end).toLowerCase();
          if (hasTabBehind(text, colon + 1, end)) return responseRefusals.coding;
        }
        break;
      default:
    }
    if (drop) {
      if (keepFrom < pos) forward += text.slice(keepFrom, pos);
      keepFrom = next;
    }
    pos = next;
  }
  if (keepFrom < text.length) forward += text.slice(keepFrom);
  if (transferEncoding !== undefined) {
    if (transferEncoding !== 'chunked') return responseRefusals.coding;
    if (contentLength >= 0) return responseRefusals.codingAndLength;
    if (minor === 0) return responseRefusals.codingOld;
  }
  let keepAlive = minor === 1 || staysOpen;
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
    statusText: start > STATUS_ALONE ? text.slice(BEFORE_STATUS, start - 2) : `${status} `,
    contentLength,
    chunked: transferEncoding !== undefined,
    keepAlive,
    keepAliveSeconds,
    webSocket: upgrade !== '' && readTokens(upgrade).includes('websocket'),
    forward,
  };
}
