// The canonical forms of a path and a query that signers of requests to services are known to write.

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
  const pairs: [name: string, value: string][] = [];
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    pairs.push(equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)]);
  }
  const usual = join(pairs.map(([name, value]): [string, string] => [recode(name), recode(value)]));
  const given = join(pairs);
  return given === usual ? [usual] : [usual, given];
}

function join(pairs: [name: string, value: string][]): string {
  if (pairs.length > 1) pairs.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  let text = '';
  for (const [name, value] of pairs) text += `${text === '' ? '' : '&'}${name}=${value}`;
  return text;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function recode(part: string): string {
  if (plainPart.test(part)) return part;
  return part.replace(/%([0-9a-fA-F]{2})|[^\w\-.~]/g, (found, hex: string | undefined) => {
    if (hex === undefined) return found === '+' ? '%20' : escape(found);
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return plainPart.test(character) ? character : found.toUpperCase();
  });
}

/** One character below 256 as `%XX`. */
function escape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
