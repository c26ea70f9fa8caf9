// Matches of rules, from the wire's shape and back.

import type { HeaderMatch, PathMatch, RuleMatch as WireMatch } from '@aws-sdk/client-vpc-lattice';
import type { RuleMatch } from '../../../domain/records/index.ts';
import type { RuleMatchInput } from '../../../domain/rule/index.ts';
import type { Valid, Wire } from '../../operation.ts';

/** A match as the domain takes it. */
export function readMatch({ httpMatch }: Valid<WireMatch>): RuleMatchInput {
  if (httpMatch === undefined) throw new Error('a match without a known member came through validation');
  const { method, pathMatch, headerMatches } = httpMatch;
  return {
    ...(method === undefined ? {} : { method }),
    ...(pathMatch === undefined ? {} : { path: readPath(pathMatch) }),
    ...(headerMatches === undefined ? {} : { headers: headerMatches.map(readHeader) }),
  };
}

function readPath({ match, caseSensitive }: Valid<PathMatch>): NonNullable<RuleMatchInput['path']> {
  const kind = match.exact === undefined ? 'prefix' : 'exact';
  const value = match.exact ?? match.prefix ?? '';
  return { kind, value, ...(caseSensitive === undefined ? {} : { caseSensitive }) };
}

function readHeader({
  name,
  match,
  caseSensitive,
}: Valid<HeaderMatch>): NonNullable<RuleMatchInput['headers']>[number] {
  const kind = match.exact !== undefined ? 'exact' : match.prefix !== undefined ? 'prefix' : 'contains';
  const value = match.exact ?? match.prefix ?? match.contains ?? '';
  return { name, kind, value, ...(caseSensitive === undefined ? {} : { caseSensitive }) };
}

/** A match as it is shown; `headerMatches` is always there, as AWS has it. */
export function describeMatch({ method, path, headers }: RuleMatch): Wire<WireMatch> {
  const pathType = path?.kind === 'exact' ? { exact: path.value } : { prefix: path?.value ?? '' };
  return {
    httpMatch: {
      method,
      pathMatch: path === undefined ? undefined : { match: pathType, caseSensitive: path.caseSensitive },
      headerMatches: headers.map(({ name, kind, value, caseSensitive }) => ({
        name,
        match: kind === 'exact' ? { exact: value } : kind === 'prefix' ? { prefix: value } : { contains: value },
        caseSensitive,
      })),
    },
  };
}
