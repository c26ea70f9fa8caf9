// The canonical forms of a path and a query that signers of requests to services are known to write.

import { hexByte } from '../../base/hex-byte.ts';

/** Segments that are neither empty nor dots, of characters that are never escaped: every signer writes such a path as it stands. */
const plainPath = /^(?:\/(?!\.\.?(?:\/|$))[\w\-.~]+)*\/?$/;

/**
 * The texts that may stand for `path` (raw, as in the request line) in a canonical request, the likeliest first: escaped once more, as it stands
 * (signers that do not escape twice), and escaped with slashes joined (botocore, the JavaScript SDK). A path with dot segments is not taken
 * without them, as those signers write it too: targets and rules see it with them, and it would be the signature of two requests. So it would be
 * if what is escaped twice were taken as it stands: most signers write it so for a path that is escaped once.
 */
export function canonicalPaths(path: string): readonly string[] {
  if (plainPath.test(path)) return [path];
  const escaped = path.replace(/[^\w\-.~/]/g, escape);
  const forms = [escaped];
  if (path !== escaped && !/%25[\dA-Fa-f]{2}/.test(path)) forms.push(path);
  if (path.includes('//') && !/\/\.\.?(?:\/|$)/.test(path)) forms.push(escaped.replace(/\/{2,}/g, '/'));
  return forms;
}

const plainPart = /^[\w\-.~]*$/;

/**
 * The texts that may stand for `query` (raw, without `?`), the likeliest first: escaped anew and sorted, where `+` is a space, and only sorted (botocore
 * on a URL as it was given). Escapes are compared as bytes, whatever they encode.
 */
export function canonicalQueries(query: string): readonly string[] {
  if (query === '') return [''];
  const given: string[] = [];
  const usual: string[] = [];
  const between = query.includes('&') ? BETWEEN : '=';
  let escaped = false;
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    const value = equals < 0 ? '' : part.slice(equals + 1);
    const [usualName, usualValue] = [recode(name), recode(value)];
    escaped ||= usualName !== name || usualValue !== value;
    given.push(name + between + value);
    usual.push(usualName + between + usualValue);
  }
  return escaped ? [join(usual), join(given)] : [join(usual)];
}

/** Before every character of a target, so that texts of name and value sort as pairs of them do: `a=1` before `a-b=1`. Sorting by a function takes twice as long. */
const BETWEEN = '\0';

function join(pairs: string[]): string {
  return pairs.length > 1 ? pairs.sort().join('&').replaceAll(BETWEEN, '=') : (pairs[0] ?? '').replace(BETWEEN, '=');
}

/** Escapes in one form. A loop, because a replacer called for every escape takes five times as long, and a query has room for 2,500. */
function recode(part: string): string {
  if (plainPart.test(part)) return part;
  let text = '';
  let kept = 0;
  for (let at = 0; at < part.length; at++) {
    const code = part.charCodeAt(at);
    if (isUnreserved(code)) continue;
    text += part.slice(kept, at);
    const byte = code === PERCENT ? hexByte(part, at + 1) : -1;
    if (byte >= 0) {
      text += isUnreserved(byte) ? String.fromCharCode(byte) : escapes[byte];
      at += 2;
    } else text += code === PLUS ? '%20' : escapes[code];
    kept = at + 1;
  }
  return text + part.slice(kept);
}

const PERCENT = 37;
const PLUS = 43;

/** Letters, digits and `-._~` (RFC 3986 2.3). */
function isUnreserved(code: number): boolean {
  const letter = code | 32;
  if ((letter >= 97 && letter <= 122) || (code >= 48 && code <= 57)) return true;
  return code === 45 || code === 46 || code === 95 || code === 126;
}

/** Every byte as `%XX`. */
const escapes: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
);

/** One character below 256 as `%XX`. */
function escape(character: string): string {
  return escapes[character.charCodeAt(0)] ?? '';
}
