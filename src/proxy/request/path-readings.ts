// The ways in which a target may read a path.

import { hexByte } from '../../base/hex-byte.ts';

/** What makes a path one that is read in more than one way: escapes of what needs none or of a slash, dot segments, empty ones. */
const ambiguous = /%|\/\/|\/\.|\\/;

/**
 * What stands for a slash, beside a slash. Readers differ: to a URL parser (WHATWG) a backslash is a slash and an escaped one is text, to others
 * it is the other way round, and some take both.
 */
const others = [/\\|%2f|%5c/gi, /%2f/gi, /\\/g] as const;

/** What the readings of a path cost, in the unit of `Matcher`'s effort: nothing where there is one alone, else something for each segment and each escape. */
export function effortOfReadings(path: string): number {
  if (!ambiguous.test(path)) return 0;
  let marks = 0;
  for (let at = 0; at < path.length; at++) {
    const code = path.charCodeAt(at);
    if (code === SLASH || code === PERCENT || code === BACKSLASH) marks++;
  }
  return marks * EFFORT_OF_MARK * (1 + others.filter((other) => path.search(other) >= 0).length);
}

const EFFORT_OF_MARK = 8;
const SLASH = 47;
const PERCENT = 37;
const BACKSLASH = 92;
const DOT = 46;

/**
 * `path` as it stands and, where that differs, as a target may read it: with the escapes of visible characters taken away (RFC 3986 6.2.2.2),
 * without dot segments (5.2.4), with and without empty ones, and with an escaped slash or a backslash as a slash or as text. The target gets
 * the first; a policy must allow each.
 */
export function readingsOf(path: string): readonly string[] {
  if (!ambiguous.test(path)) return [path];
  const readings = new Set([path]);
  const split = new Set([...others.map((other) => path.replace(other, '/')), path]);
  for (const one of split) {
    const segments = one.split('/').slice(1);
    const last = segments.length - 1;
    for (let i = 0; i <= last; i++) segments[i] = unescapeVisible(segments[i] ?? '');
    const empty = segments.indexOf('');
    if (empty >= 0 && empty < last) readings.add(resolveDots(segments.filter((text, i) => text !== '' || i === last)));
    readings.add(resolveDots(segments));
  }
  return [...readings];
}

/** Without the escapes of visible characters of ASCII; that of `%` stays, for what follows it would be read as one. */
function unescapeVisible(segment: string): string {
  let at = segment.indexOf('%');
  // A replacer called for every escape takes four times as long, and a path has room for 20,000.
  let text = '';
  let kept = 0;
  for (; at >= 0; at = segment.indexOf('%', at + 1)) {
    const code = hexByte(segment, at + 1);
    if (code <= 32 || code === PERCENT || code >= 127) continue;
    text += segment.slice(kept, at) + String.fromCharCode(code);
    kept = at + 3;
  }
  return text + segment.slice(kept);
}

/** The path of `segments` without those of dots. What stands behind a `;` in one is a parameter to some (RFC 3986 3.3), and it is dots all the same. */
function resolveDots(segments: readonly string[]): string {
  const kept: string[] = [];
  const last = segments.length - 1;
  for (let i = 0; i <= last; i++) {
    const segment = segments[i] ?? '';
    const dots = segment.charCodeAt(0) === DOT ? (/^(\.{1,2})(?:;|$)/.exec(segment)?.[1] ?? '') : '';
    if (dots === '') kept.push(segment);
    else {
      if (dots === '..') kept.pop();
      if (i === last) kept.push('');
    }
  }
  return `/${kept.join('/')}`;
}
