// The ways in which a target may read a path.

/** What makes a path one that is read in more than one way: escapes of what needs none or of a slash, dot segments, empty ones. */
const ambiguous = /%|\/\/|\/\.|\\/;

/**
 * What ends a segment, and what stands for a slash in what comes of it. Readers differ: to a URL parser (WHATWG) a backslash is a slash and
 * an escaped one is text, to others it is the other way round, and some take both.
 */
const separators = [/[/\\]|%2f|%5c/i, /\/|%2f/i, /[/\\]/, /\//] as const;

/**
 * `path` as it stands and, where that differs, as a target may read it: with the escapes of visible characters taken away (RFC 3986 6.2.2.2),
 * without dot segments (5.2.4), with and without empty ones, and with an escaped slash or a backslash as a slash or as text. The target gets
 * the first; a policy must allow each.
 */
export function readingsOf(path: string): readonly string[] {
  if (!ambiguous.test(path)) return [path];
  const readings = new Set([path]);
  for (const separator of separators) {
    const segments = path.split(separator).slice(1).map(unescapeVisible);
    readings.add(resolveDots(segments.filter((one, i) => one !== '' || i === segments.length - 1)));
    readings.add(resolveDots(segments));
  }
  return [...readings];
}

/** Without the escapes of visible characters of ASCII; that of `%` stays, for what follows it would be read as one. */
function unescapeVisible(segment: string): string {
  return segment.replace(/%([2-7][0-9a-f])/gi, (escape, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return /[!-$&-~]/.test(character) ? character : escape;
  });
}

/** The path of `segments` without those of dots. What stands behind a `;` in one is a parameter to some (RFC 3986 3.3), and it is dots all the same. */
function resolveDots(segments: readonly string[]): string {
  const kept: string[] = [];
  for (const [i, segment] of segments.entries()) {
    const [, dots] = /^(\.{1,2})(?:;|$)/.exec(segment) ?? [];
    if (dots === '..') kept.pop();
    if (dots === undefined) kept.push(segment);
    else if (i === segments.length - 1) kept.push('');
  }
  return `/${kept.join('/')}`;
}
