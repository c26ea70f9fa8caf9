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

/** All of `issues` in one sentence: those that are unreadable, else in the wording of AWS's front ends ("2 validation errors detected: …"). */
export function describeIssues(issues: readonly Issue[]): string {
  if (issues.some(({ kind }) => kind === 'unreadable'))
    return issues.map(({ path, message }) => (path === '' ? message : `${message} at '${path}'`)).join('; ');
  const count = issues.length === 1 ? '1 validation error' : `${issues.length} validation errors`;
  return `${count} detected: ${issues.map(({ message }) => message).join('; ')}`;
}
