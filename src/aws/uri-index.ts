// Finds a REST operation by method and URI.

import type { FoundOperation } from './codec.ts';
import type { Operation } from './schema.ts';

interface Route {
  readonly operation: Operation;
  /** Literal segments; undefined where the URI has a label. */
  readonly literals: readonly (string | undefined)[];
  readonly labels: readonly { readonly name: string; readonly position: number }[];
}

/** Operations by method and number of segments. */
export type UriIndex = ReadonlyMap<string, readonly Route[]>;

/** Indexes the operations that have an HTTP binding. Routes with more literals come first. */
export function buildUriIndex(operations: Iterable<Operation>): UriIndex {
  const index = new Map<string, Route[]>();
  for (const operation of operations) {
    if (operation.http === undefined) continue;
    const segments = operation.http.uri.split('?')[0]?.slice(1).split('/') ?? [];
    const labels = segments.flatMap((segment, position) => {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      return name === undefined ? [] : [{ name, position }];
    });
    const literals = segments.map((segment) => (segment.startsWith('{') ? undefined : segment));
    const key = `${operation.http.method} ${segments.length}`;
    index.set(
      key,
      [...(index.get(key) ?? []), { operation, literals, labels }].sort((a, b) => a.labels.length - b.labels.length),
    );
  }
  return index;
}

/** The operation of `method` on the raw `path`, and its labels still percent-encoded: an ARN in a label carries `%2F`. */
export function findByUri(index: UriIndex, method: string, path: string): FoundOperation | undefined {
  const segments = path.slice(1).split('/');
  for (const route of index.get(`${method} ${segments.length}`) ?? []) {
    if (!route.literals.every((literal, i) => (literal === undefined ? segments[i] !== '' : literal === segments[i])))
      continue;
    return {
      operation: route.operation,
      labels: new Map(route.labels.map(({ name, position }) => [name, segments[position] ?? ''])),
    };
  }
  return undefined;
}
