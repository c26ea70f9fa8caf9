// Matches of rules, from the wire's shape and back.

import type { Draft } from '../../../domain/index.ts';
import type { HeaderMatch, PathMatch, RuleMatch as WireMatch } from '@aws-sdk/client-vpc-lattice';
import type { RuleMatch } from '../../../domain/records/index.ts';
import type { RuleMatchInput } from '../../../domain/rule/index.ts';
import type { Valid, Wire } from '../../operation.ts';

/** A match as the domain takes it; one without a member, which validation refuses, matches everything. */
export function readMatch(match: Valid<WireMatch>): RuleMatchInput;
export function readMatch(match: Draft<Valid<WireMatch>> | undefined): Draft<RuleMatchInput> {
  const { method, pathMatch, headerMatches } = match?.httpMatch ?? {};
  return {
    ...(method === undefined ? {} : { method }),
    ...(pathMatch === undefined ? {} : { path: readPath(pathMatch) }),
    ...(headerMatches === undefined ? {} : { headers: headerMatches.map(readHeader) }),
  };
}

function readPath({ match, caseSensitive }: Draft<Valid<PathMatch>>): NonNullable<Draft<RuleMatchInput>['path']> {
  const kind = match?.exact === undefined ? 'prefix' : 'exact';
  const value = match?.exact ?? match?.prefix;
  return { kind, value, ...(caseSensitive === undefined ? {} : { caseSensitive }) };
}

function readHeader({
  name,
  match,
  caseSensitive,
}: Draft<Valid<HeaderMatch>>): NonNullable<Draft<RuleMatchInput>['headers']>[number] {
  const kind = match?.exact !== undefined ? 'exact' : match?.prefix !== undefined ? 'prefix' : 'contains';
  const value = match?.exact ?? match?.prefix ?? match?.contains;
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
