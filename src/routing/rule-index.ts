// Which rule of a listener a request matches: the lowest priority first, found through an index instead of by trying every rule.

import { indexHeader, visitCandidates, type HeaderIndex } from './header-index.ts';
import { headerMatches, prepareHeader, type HeaderMatch, type HeaderText } from './header-match.ts';

/** How a path must look. `exact` is the whole path without the query; `prefix` is a plain string prefix. */
export interface PathMatch {
  readonly kind: 'exact' | 'prefix';
  readonly value: string;
  readonly caseSensitive: boolean;
}

/** A conjunction; an absent part matches everything. Methods are compared exactly (User Guide: Listener rules). */
export interface RuleMatch {
  readonly method?: string;
  readonly path?: PathMatch;
  readonly headers?: readonly HeaderMatch[];
}

/** What a rule is matched against. */
export interface Routable {
  readonly method: string;
  /** The path without the query, as it was sent. */
  readonly path: string;
  /** The header `name` (lower case), or undefined. Asked for many times: the answer is worth keeping. */
  header(name: string): HeaderText | undefined;
}

/** The rules of a listener, made fast to search. */
export interface RuleIndex<R> {
  readonly rules: readonly R[];
  /** What is left to be compared of each rule once its path matches. */
  readonly rests: readonly Rest[];
  /** Rules without a path match that need no header, and those that need one, by its name. */
  readonly anywhere: Bucket;
  readonly exact: ReadonlyMap<string, Bucket>;
  readonly exactFolded: ReadonlyMap<string, Bucket>;
  readonly prefix: ReadonlyMap<string, Bucket>;
  readonly prefixFolded: ReadonlyMap<string, Bucket>;
  /** Distinct prefix lengths, ascending. */
  readonly lengths: readonly number[];
  readonly foldedLengths: readonly number[];
}

/** Method and headers of a rule; values are as they stand on the wire, folded where case does not count. */
interface Rest {
  readonly method: string | undefined;
  readonly headers: readonly HeaderMatch[];
}

/** Positions of rules, ascending; those that need a header are found by their first condition on one. */
interface Bucket {
  readonly plain: readonly number[];
  readonly byHeader: readonly HeaderIndex[];
}

/** Builds the index of `rules`, which are in order of evaluation (ascending priority, default rule last). */
export function compileRules<R extends { readonly match: RuleMatch }>(rules: readonly R[]): RuleIndex<R> {
  const anywhere: number[] = [];
  const tables = {
    exact: new Map<string, number[]>(),
    exactFolded: new Map<string, number[]>(),
    prefix: new Map<string, number[]>(),
    prefixFolded: new Map<string, number[]>(),
  };
  rules.forEach((rule, position) => {
    const path = rule.match.path;
    if (path === undefined) {
      anywhere.push(position);
      return;
    }
    const table = path.caseSensitive ? tables[path.kind] : tables[`${path.kind}Folded`];
    const key = path.caseSensitive ? path.value : path.value.toLowerCase();
    const list = table.get(key);
    if (list === undefined) table.set(key, [position]);
    else list.push(position);
  });
  const rests = rules.map(({ match }) => ({
    method: match.method,
    headers: (match.headers ?? []).map(prepareHeader),
  }));
  const buckets = (table: ReadonlyMap<string, readonly number[]>): ReadonlyMap<string, Bucket> =>
    new Map([...table].map(([key, list]) => [key, bucketOf(rests, list)]));
  const lengths = (table: ReadonlyMap<string, unknown>): readonly number[] =>
    [...new Set([...table.keys()].map((key) => key.length))].sort((a, b) => a - b);
  return {
    rules,
    rests,
    anywhere: bucketOf(rests, anywhere),
    exact: buckets(tables.exact),
    exactFolded: buckets(tables.exactFolded),
    prefix: buckets(tables.prefix),
    prefixFolded: buckets(tables.prefixFolded),
    lengths: lengths(tables.prefix),
    foldedLengths: lengths(tables.prefixFolded),
  };
}

function bucketOf(rests: readonly Rest[], positions: readonly number[]): Bucket {
  const plain: number[] = [];
  const byHeader = new Map<string, { readonly match: HeaderMatch; readonly position: number }[]>();
  for (const position of positions) {
    const match = rests[position]?.headers[0];
    if (match === undefined) {
      plain.push(position);
      continue;
    }
    const list = byHeader.get(match.name);
    if (list === undefined) byHeader.set(match.name, [{ match, position }]);
    else list.push({ match, position });
  }
  return { plain, byHeader: [...byHeader].map(([name, conditions]) => indexHeader(name, conditions)) };
}

/** A part of a rule that did not match, and what it looked at. */
export type RuleMismatch =
  | { readonly part: 'path'; readonly expected: PathMatch; readonly saw: string }
  | { readonly part: 'method'; readonly expected: string; readonly saw: string }
  /** The header's text has one character per byte; undefined: it is absent. */
  | { readonly part: 'header'; readonly expected: HeaderMatch; readonly saw: string | undefined };

/** Hears of every rule up to the one that matches, in order of evaluation; `failed` is the first part that did not match. */
export type RuleRecorder<R> = (rule: R, failed: RuleMismatch | undefined) => void;

/** The first rule in order of evaluation whose every part matches, or undefined (a listener's default rule always matches). */
export function findRule<R extends { readonly match: RuleMatch }>(
  index: RuleIndex<R>,
  request: Routable,
  record?: RuleRecorder<R>,
): R | undefined {
  const best = searchIndex(index, request);
  if (record !== undefined)
    for (const rule of index.rules.slice(0, best + 1)) record(rule, findMismatch(rule.match, request));
  return index.rules[best];
}

/** The first part of `match` that does not match: each is asked of an index that has it alone, and so of what finds rules. */
function findMismatch({ path, method, headers }: RuleMatch, request: Routable): RuleMismatch | undefined {
  const matches = (match: RuleMatch): boolean => searchIndex(compileRules([{ match }]), request) === 0;
  if (path !== undefined && !matches({ path })) return { part: 'path', expected: path, saw: request.path };
  if (method !== undefined && !matches({ method })) return { part: 'method', expected: method, saw: request.method };
  const header = headers?.find((one) => !matches({ headers: [one] }));
  return header && { part: 'header', expected: header, saw: request.header(header.name)?.text };
}

/** The position of the first rule whose every part matches; the number of rules when there is none. */
function searchIndex<R extends { readonly match: RuleMatch }>(index: RuleIndex<R>, request: Routable): number {
  const { path } = request;
  let best = searchBucket(index, index.anywhere, request, index.rules.length);
  if (index.exact.size > 0) best = searchBucket(index, index.exact.get(path), request, best);
  for (const length of index.lengths) {
    if (length > path.length) break;
    best = searchBucket(index, index.prefix.get(path.slice(0, length)), request, best);
  }
  if (index.exactFolded.size > 0 || index.foldedLengths.length > 0) {
    const folded = path.toLowerCase();
    best = searchBucket(index, index.exactFolded.get(folded), request, best);
    for (const length of index.foldedLengths) {
      if (length > folded.length) break;
      best = searchBucket(index, index.prefixFolded.get(folded.slice(0, length)), request, best);
    }
  }
  return best;
}

/** The position of the bucket's first matching rule before `best`, else `best`. */
function searchBucket<R extends { readonly match: RuleMatch }>(
  index: RuleIndex<R>,
  bucket: Bucket | undefined,
  request: Routable,
  best: number,
): number {
  if (bucket === undefined) return best;
  let found = searchList(index, bucket.plain, request, best);
  for (const headers of bucket.byHeader) {
    const header = request.header(headers.name);
    if (header !== undefined)
      visitCandidates(headers, header, (positions) => {
        found = searchList(index, positions, request, found);
      });
  }
  return found;
}

function searchList<R extends { readonly match: RuleMatch }>(
  index: RuleIndex<R>,
  positions: readonly number[],
  request: Routable,
  best: number,
): number {
  for (const position of positions) {
    if (position >= best) return best;
    const rest = index.rests[position];
    if (rest !== undefined && restMatches(rest, request)) return position;
  }
  return best;
}

/** Whether method and headers match; the path already does, by the bucket that the rule was found in. */
function restMatches({ method, headers }: Rest, request: Routable): boolean {
  if (method !== undefined && method !== request.method) return false;
  for (const header of headers) if (!headerMatches(header, request.header(header.name))) return false;
  return true;
}
