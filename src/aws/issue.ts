// What is wrong with an input: collected while it is decoded and validated, all at once.

/** One thing wrong with an input. `unreadable` = it has another type than the schema wants, or is no JSON at all. */
export interface Issue {
  readonly kind: 'unreadable' | 'invalid';
  /** The member as a client names it: `match.httpMatch.headerMatches[0].name`; empty for the whole input. */
  readonly path: string;
  readonly message: string;
}

/** The path of a member of `path`. */
export function memberPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
