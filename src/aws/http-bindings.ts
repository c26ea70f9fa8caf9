// Members of an input that stand in a request's path, query and headers, as the REST protocols bind them.

import type { WireRequest } from './codec.ts';
import { decodeText } from './decode.ts';
import { addIssue, type Issue } from './issue.ts';
import type { Schema } from './schema.ts';

/** Whether a member stands in the body. */
export function isInBody(member: Schema): boolean {
  const { httpLabel, httpQuery, httpHeader } = member.getMergedTraits();
  return httpLabel === undefined && httpQuery === undefined && httpHeader === undefined;
}

/** The input: members of the body as `fromBody` reads them, the others from where they are bound to. `labels` are still percent-encoded. */
export function decodeBoundMembers(
  members: readonly (readonly [name: string, member: Schema])[],
  labels: ReadonlyMap<string, string>,
  request: Pick<WireRequest, 'query' | 'headers'>,
  issues: Issue[],
  fromBody: (name: string, member: Schema) => unknown,
): Record<string, unknown> {
  const query = new URLSearchParams(request.query);
  const result: Record<string, unknown> = {};
  for (const [name, member] of members) {
    const value = isInBody(member)
      ? fromBody(name, member)
      : decodeBound(name, member, labels, query, request.headers, issues);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function decodeBound(
  name: string,
  member: Schema,
  labels: ReadonlyMap<string, string>,
  query: URLSearchParams,
  headers: ReadonlyMap<string, string>,
  issues: Issue[],
): unknown {
  const traits = member.getMergedTraits();
  if (traits.httpLabel !== undefined) {
    const label = labels.get(name);
    return label === undefined ? undefined : decodeText(member, decodeLabel(label, name, issues), name, issues);
  }
  if (traits.httpQuery !== undefined) {
    const values = query.getAll(traits.httpQuery);
    if (values.length === 0) return undefined;
    if (!member.isListSchema()) return decodeText(member, values[0] ?? '', name, issues);
    const item = member.getValueSchema();
    return values.map((one, index) => decodeText(item, one, `${name}[${index}]`, issues));
  }
  const value = headers.get(traits.httpHeader?.toLowerCase() ?? '');
  return value === undefined ? undefined : decodeText(member, value, name, issues);
}

function decodeLabel(label: string, name: string, issues: Issue[]): string {
  try {
    return decodeURIComponent(label);
  } catch {
    addIssue(issues, { kind: 'unreadable', path: name, message: 'The percent-encoding of the path is malformed' });
    return label;
  }
}
