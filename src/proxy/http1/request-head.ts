// Reads the head of an HTTP/1.1 request, strictly (RFC 9112), and prepares its header lines for the target in the same walk.

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
import { isSignature } from '../../sigv4/head/index.ts';
import { refusals, type Refusal } from './rules.ts';

/** A head that was accepted. Texts are latin1: one character per byte. */
export interface RequestHead {
  readonly method: string;
  /** Origin-form, as it goes to the target: path and query. */
  readonly target: string;
  readonly path: string;
  /** 0 or 1: HTTP/1.x. */
  readonly minor: number;
  /** Host header or authority of an absolute-form target, as sent. */
  readonly host: string;
  /** -1 when the head has no Content-Length. */
  readonly contentLength: number;
  readonly chunked: boolean;
  readonly keepAlive: boolean;
  readonly expectContinue: boolean;
  /** Whether the client asks for WebSocket, and the target is asked for it. */
  readonly upgrade: boolean;
  /** The client's x-amzn-requestid, cut at 512 bytes; empty when it sent none. */
  readonly requestId: string;
  readonly forwardedFor: string;
  readonly userAgent: string;
  /** The Authorization header if it is a signature of AWS's, else empty. Several such headers are joined, and so are no signature that could be good. */
  readonly signature: string;
  /** Lower-case names of headers that Connection keeps from the target. */
  readonly hopByHop: readonly string[];
  /** Header lines for the target, each with its CRLF: hop-by-hop lines and those that the proxy writes itself are left out. */
  readonly forward: string;
  /** All header lines as received, each with its CRLF; Host is the one that counts. */
  readonly lines: string;
}

/** AWS's limit: more than 60 KB of headers is 400 (User Guide: Quotas). */
export const MAX_HEAD_BYTES = 60 * 1024;

/** AWS's limit: more than 100 headers is 400 (User Guide: Quotas). */
export const MAX_HEADERS = 100;

const requestLine = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e]+) HTTP\/(\d)\.(\d)\r\n/y;
// One native pass proves every line well-formed: no bare CR or LF, no NUL, no folding, no space before the colon.
const headerBlock = /(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/y;
const absoluteForm = /^(https?):\/\/([^/?#]*)([^#]*)$/i;
const hostForm = /^[A-Za-z0-9\-._~%!$&'()*+,;=:[\]]*$/;

/** Headers that only the proxy may write: what a client sent under these names never reaches a target (behaviour of x-amzn-lattice-*: User Guide, HTTP targets). */
const ownHeaders: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-for-port',
  'x-forwarded-for-proto',
  'x-amzn-requestid',
  'x-amzn-source-vpc',
  'x-amzn-lattice-identity',
  'x-amzn-lattice-identity-tags',
  'x-amzn-lattice-network',
  'x-amzn-lattice-target',
]);

const lengths = [...ownHeaders].map((name) => name.length);
const shortest = Math.min(...lengths);
const longest = Math.max(...lengths);

/**
 * Whether `name` (lower case) is a header that only the proxy may write. With underscores it is one too: programs behind CGI and WSGI read
 * both as the same variable.
 */
export function isOwnHeader(name: string): boolean {
  return ownHeaders.has(name.includes('_') ? name.replaceAll('_', '-') : name);
}

/** The name between `from` and `to` in lower case if only the proxy may write it, else an empty text. */
function readOwnName(text: string, from: number, to: number): string {
  const length = to - from;
  const second = text.charCodeAt(from + 1);
  // 45 is "-", 95 is "_": lengths and one character tell most headers apart.
  if (length < shortest || length > longest || (second !== 45 && second !== 95)) return '';
  const name = text.slice(from, to).toLowerCase();
  return isOwnHeader(name) ? name : '';
}

/** Parses `text`, a whole head up to and without its final empty line (it ends with the CRLF of its last line). */
export function parseRequestHead(text: string, maxHeaders = MAX_HEADERS): RequestHead | Refusal {
  requestLine.lastIndex = 0;
  const first = requestLine.exec(text);
  if (first === null) return isSpoilt(text, true) ? refusals.headBytes : refusals.requestLine;
  const [line, method = '', rawTarget = '', major, minorText] = first;
  // Its answer would turn the connection into a tunnel.
  if (method === 'CONNECT') return refusals.connect;
  if (major !== '1') return refusals.version;
  const minor = minorText === '0' ? 0 : 1;
  const start = line.length;
  headerBlock.lastIndex = start;
  if (!headerBlock.test(text)) return isSpoilt(text, true) ? refusals.headBytes : refusals.headerLine;

  let count = 0;
  let host: string | undefined;
  let contentLength = -1;
  let transferEncoding: string | undefined;
  let connection = '';
  let te = '';
  let upgrade = '';
  let expectContinue = false;
  let requestId = '';
  let forwardedFor = '';
  let userAgent = '';
  let authorization = '';
  let hopByHop: readonly string[] = [];
  let forward = '';
  /** A framing line in plain writing, when the client's way to write it is one that not every target reads alike. */
  let framing = '';
  let keepFrom = start;
  for (let pos = start; pos < text.length;) {
    const colon = text.indexOf(':', pos);
    const end = text.indexOf('\r\n', colon);
    const next = end + 2;
    if (++count > maxHeaders) return refusals.headersMany;
    let drop = false;
    switch (colon - pos) {
      case 2:
        if (isName(text, pos, colon, 'te')) {
          te = `${te},${text.slice(colon + 1, end)}`;
          drop = true;
        }
        break;
      case 4:
        if (isName(text, pos, colon, 'host')) {
          if (host !== undefined) return refusals.hostTwice;
          host = headerValue(text, colon + 1, end);
        }
        break;
      case 6:
        if (isName(text, pos, colon, 'expect')) {
          const expectation = headerValue(text, colon + 1, end);
          if (expectation !== '' && expectation.toLowerCase() !== '100-continue') return refusals.expectation;
          // RFC 9110 10.1.1: in HTTP/1.0 the expectation is ignored.
          drop = minor === 0 || expectation === '';
          expectContinue ||= !drop;
        }
        break;
      case 7:
        if (isName(text, pos, colon, 'upgrade')) {
          upgrade = `${upgrade},${text.slice(colon + 1, end)}`;
          drop = true;
        }
        break;
      case 10:
        if (isName(text, pos, colon, 'connection')) {
          connection = connection === '' ? text.slice(colon + 1, end) : `${connection},${text.slice(colon + 1, end)}`;
          drop = true;
        } else if (isName(text, pos, colon, 'keep-alive')) drop = true;
        else if (isName(text, pos, colon, 'user-agent')) userAgent = headerValue(text, colon + 1, end);
        break;
      case 13:
        if (isName(text, pos, colon, 'authorization')) {
          const value = headerValue(text, colon + 1, end);
          // A signature in front, so that it is seen behind another scheme too.
          if (authorization === '') authorization = value;
          else authorization = isSignature(value) ? `${value}, ${authorization}` : `${authorization}, ${value}`;
        }
        break;
      case 14:
        if (isName(text, pos, colon, 'content-length')) {
          if (contentLength >= 0) return refusals.lengthTwice;
          contentLength = parseLength(text, colon + 1, end);
          if (contentLength < 0) return refusals.length;
          drop = !isPlain(text, colon, end, String(contentLength));
          if (drop) framing = `content-length: ${contentLength}\r\n`;
        }
        break;
      case 17:
        if (isName(text, pos, colon, 'transfer-encoding')) {
          if (transferEncoding !== undefined) return refusals.codingTwice;
          transferEncoding = headerValue(text, colon + 1, end).toLowerCase();
          if (hasTabBehind(text, colon + 1, end)) return refusals.coding;
          drop = !isPlain(text, colon, end, 'chunked');
          if (drop) framing = 'transfer-encoding: chunked\r\n';
          break;
        }
        drop = readOwnName(text, pos, colon) !== '';
        break;
      default: {
        const name = readOwnName(text, pos, colon);
        if (name === '') break;
        drop = true;
        if (name === 'x-amzn-requestid') requestId = headerValue(text, colon + 1, end).slice(0, 512);
        else if (name === 'x-forwarded-for') {
          const value = headerValue(text, colon + 1, end);
          forwardedFor = forwardedFor === '' ? value : `${forwardedFor}, ${value}`;
        }
      }
    }
    if (drop || (colon - pos === 16 && isName(text, pos, colon, 'proxy-connection'))) {
      if (keepFrom < pos) forward += text.slice(keepFrom, pos);
      keepFrom = next;
    }
    pos = next;
  }
  if (keepFrom < text.length) forward += keepFrom === start ? text.slice(start) : text.slice(keepFrom);
  forward += framing;

  if (host === undefined) return refusals.hostMissing;
  if (!hostForm.test(host)) return refusals.host;
  if (transferEncoding !== undefined) {
    if (contentLength >= 0) return refusals.codingAndLength;
    if (minor === 0) return refusals.codingOld;
    if (transferEncoding !== 'chunked') return refusals.coding;
  }
  let target = rawTarget;
  let lines = text.slice(start);
  if (target.charCodeAt(0) !== 47) {
    if (target === '*') {
      if (method !== 'OPTIONS') return refusals.targetAsterisk;
    } else {
      const [, scheme = '', authority = '', rest = ''] = absoluteForm.exec(target) ?? [];
      if (authority === '' || !hostForm.test(authority)) return refusals.target;
      if (scheme.length === 5) return refusals.targetSecure;
      // RFC 9112 3.2.2: the authority of the target replaces what Host says.
      host = authority;
      // RFC 9112 3.2.4: without a path, OPTIONS means the server itself.
      target = rest.startsWith('/') ? rest : rest === '' && method === 'OPTIONS' ? '*' : `/${rest}`;
      forward = `host: ${host}\r\n${withoutHeaders(forward, new Set(['host']))}`;
      lines = `host: ${host}\r\n${withoutHeaders(lines, new Set(['host']))}`;
    }
  } else if (target.includes('#')) return refusals.targetFragment;
  let keepAlive = minor === 1;
  let switches = false;
  if (connection !== '') {
    const tokens = readTokens(connection);
    if (tokens.includes('close')) keepAlive = false;
    else if (tokens.includes('keep-alive')) keepAlive = true;
    const named = tokens.filter((token) => token !== '' && !optionsOfItsOwn.has(token));
    // A client may not have the proxy drop what frames or addresses the message.
    if (named.some((token) => token === 'host' || token === 'content-length' || token === 'transfer-encoding'))
      return refusals.connectionOption;
    // Without the header its target would never say 100, for which the client waits.
    if (expectContinue && named.includes('expect')) return refusals.connectionOption;
    if (named.length > 0) {
      forward = withoutHeaders(forward, new Set(named));
      hopByHop = named;
    }
    // Any other protocol (h2c above all) would carry requests past the rules. With a body there would be two opinions on where it begins.
    switches =
      upgrade !== '' &&
      minor === 1 &&
      method === 'GET' &&
      contentLength <= 0 &&
      transferEncoding === undefined &&
      tokens.includes('upgrade') &&
      readTokens(upgrade).includes('websocket');
  }
  if (switches) forward += 'upgrade: websocket\r\nconnection: upgrade\r\n';
  if (te !== '' && readTokens(te).includes('trailers')) forward += 'te: trailers\r\nconnection: te\r\n';
  const query = target.indexOf('?');
  return {
    method,
    target,
    path: query < 0 ? target : target.slice(0, query),
    minor,
    host,
    contentLength,
    chunked: transferEncoding !== undefined,
    keepAlive,
    expectContinue,
    upgrade: switches,
    requestId,
    forwardedFor,
    userAgent,
    signature: isSignature(authorization) ? authorization : '',
    hopByHop,
    forward,
    lines,
  };
}

/** Connection options that do not name a header to be dropped. */
const optionsOfItsOwn: ReadonlySet<string> = new Set(['close', 'keep-alive', 'upgrade', 'te']);
