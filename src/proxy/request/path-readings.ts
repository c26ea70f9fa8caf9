// The ways in which a target may read a path.

/** What makes a path one that is read in more than one way: escapes of what needs none or of a slash, dot segments, empty ones. */
const ambiguous = /%|\/\/|\/\.|\\/;

/**
 * `path` as it stands and, where that differs, as a target may read it: with the escapes of unreserved characters and slashes taken away
 * (RFC 3986 6.2.2.2), without dot segments (5.2.4) and empty ones. The target gets the first; a policy must allow each.
 */
export function readingsOf(path: string): readonly string[] {
  if (!ambiguous.test(path)) return [path];
  const plain = path.replace(/%([0-9a-f]{2})/gi, (escape, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return /[\w.~\\/-]/.test(character) ? character : escape;
  });
  const segments: string[] = [];
  const parts = plain.replaceAll('\\', '/').split('/');
  for (const part of parts) {
    if (part === '..') segments.pop();
    else if (part !== '.' && part !== '') segments.push(part);
  }
  const open = /^\.{0,2}$/.test(parts.at(-1) ?? '') && segments.length > 0;
  const resolved = `/${segments.join('/')}${open ? '/' : ''}`;
  return resolved === path ? [path] : [path, resolved];
}
