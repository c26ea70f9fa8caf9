// What a rule matches, as a caller gives it and as it is stored.

import type { Draft } from '../draft.ts';
import type { RuleMatch } from '../records/lattice.ts';
import { checkFields, type InvalidField } from '../refusal.ts';

/** A match as a caller gives it; case sensitivity is off unless asked for. */
export interface RuleMatchInput {
  /** The empty text means any method. */
  readonly method?: string;
  readonly path?: { readonly kind: 'exact' | 'prefix'; readonly value: string; readonly caseSensitive?: boolean };
  readonly headers?: readonly {
    readonly name: string;
    readonly kind: 'exact' | 'prefix' | 'contains';
    readonly value: string;
    readonly caseSensitive?: boolean;
  }[];
}

/** A token of HTTP: methods and field names (RFC 9110, 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** `input` as it is stored, or a `Validation` refusal when no request could ever match it. */
export function decideMatch(input: RuleMatchInput): RuleMatch {
  checkFields(wrongMatch(input));
  const { method, path, headers = [] } = input;
  return {
    ...(method === undefined || method === '' ? {} : { method }),
    ...(path === undefined ? {} : { path: { ...path, caseSensitive: path.caseSensitive ?? false } }),
    headers: headers.map((header) => ({ ...header, caseSensitive: header.caseSensitive ?? false })),
  };
}

/** What of a match no request could ever have. */
export function wrongMatch({ method, path, headers = [] }: Draft<RuleMatchInput>): readonly InvalidField[] {
  const wrong: InvalidField[] = [];
  if (method !== undefined && method !== '' && !TOKEN.test(method))
    wrong.push({ name: 'match.httpMatch.method', message: `${JSON.stringify(method)} is not an HTTP method` });
  if (path?.value !== undefined && !path.value.startsWith('/'))
    wrong.push({ name: `match.httpMatch.pathMatch.match.${path.kind}`, message: 'a path begins with /' });
  for (const [index, { name = '', value = '' }] of headers.entries()) {
    const member = `match.httpMatch.headerMatches[${index}]`;
    if (!TOKEN.test(name))
      wrong.push({ name: `${member}.name`, message: `${JSON.stringify(name)} is not a header name` });
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
      wrong.push({
        name: `${member}.match`,
        message: `the value for ${name} has control characters`,
      });
  }
  return wrong;
}
