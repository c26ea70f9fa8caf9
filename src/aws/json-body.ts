// A body that must be one JSON object, as the JSON protocols send it.

import { addIssue, type Issue } from './issue.ts';

/** The object in `body`; an empty body counts as `{}`. What is no object becomes an issue, and `{}`. */
export function parseJsonBody(body: Buffer, issues: Issue[]): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    addIssue(issues, { kind: 'unreadable', path: '', message: 'The body is not a JSON object' });
  } catch {
    addIssue(issues, { kind: 'unreadable', path: '', message: 'The body is not JSON' });
  }
  return {};
}
