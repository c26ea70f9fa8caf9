// What is wrong with an input: collected while it is decoded and validated, all at once.

/**
 * One thing wrong with an input. `unreadable` = it has another type than the schema wants, or is no JSON at all; `unfit` = it does not
 * go with other members, or with what is there.
 */
export interface Issue {
  readonly kind: 'unreadable' | 'invalid' | 'unfit';
  /** The member as a client names it: `match.httpMatch.headerMatches[0].name`; empty for the whole input. */
  readonly path: string;
  readonly message: string;
}

/** The most issues of one input: a body of 1 MB can have half a million, whose description would be a hundred times its size. */
const MOST_ISSUES = 100;

/** Whether no more issues are collected: who walks through an input can stop. */
export function isFull(issues: readonly Issue[]): boolean {
  return issues.length >= MOST_ISSUES;
}

/** Adds `issue`; those beyond the first hundred are left out. */
export function addIssue(issues: Issue[], issue: Issue): void {
  if (!isFull(issues)) issues.push(issue);
}

/** Adds what does not fit, but for members that are refused already: what they are told is enough. */
export function addUnfit(
  issues: Issue[],
  fields: readonly { readonly name: string; readonly message: string }[],
): void {
  const told = new Set(issues.map(({ path }) => path));
  for (const { name, message } of fields) if (!told.has(name)) addIssue(issues, { kind: 'unfit', path: name, message });
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
  const sentences = issues.map(({ kind, path, message }) =>
    kind === 'unfit' ? `Invalid value for ${path}: ${message}` : message,
  );
  return `${count} detected: ${sentences.join('; ')}`;
}
