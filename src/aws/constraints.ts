// Tables of what AWS's models demand of scalars, lists and maps beyond their type; SDK schemas do not carry it.

/** A scalar's demands: enumerated values, length and full-string pattern of a text, range of an integer. */
export type ScalarConstraint =
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'text'; readonly minimum: number; readonly maximum: number; readonly pattern?: RegExp }
  | { readonly kind: 'integer'; readonly minimum: number; readonly maximum: number };

/** What holds for a member: a scalar shape by name, or a list's or map's size and the shapes of what it holds. */
export type MemberConstraint =
  | string
  | { readonly list: readonly [minimum: number, maximum: number]; readonly of?: string }
  | { readonly map: readonly [minimum: number, maximum: number]; readonly key: string; readonly value: string };

/** The constraints of a service. `any` holds for members of that name in every structure that does not name its own. */
export interface Constraints {
  readonly shapes: Readonly<Record<string, ScalarConstraint>>;
  readonly any: Readonly<Record<string, MemberConstraint>>;
  readonly structures: Readonly<Record<string, Readonly<Record<string, MemberConstraint>>>>;
}

/** A text of `minimum` to `maximum` characters that matches `pattern` from end to end. */
export function text(minimum: number, maximum: number, pattern?: string): ScalarConstraint {
  return {
    kind: 'text',
    minimum,
    maximum,
    ...(pattern === undefined ? {} : { pattern: new RegExp(`^(?:${pattern})$`) }),
  };
}

/** An integer from `minimum` to `maximum`. */
export function integer(minimum: number, maximum: number): ScalarConstraint {
  return { kind: 'integer', minimum, maximum };
}

/** One of `values`. */
export function oneOf(...values: readonly string[]): ScalarConstraint {
  return { kind: 'enum', values };
}

/** What holds for `member` of the structure `structure`, if anything does. */
export function findConstraint(
  constraints: Constraints,
  structure: string,
  member: string,
): MemberConstraint | undefined {
  const own = constraints.structures[structure];
  if (own !== undefined && Object.hasOwn(own, member)) return own[member];
  return Object.hasOwn(constraints.any, member) ? constraints.any[member] : undefined;
}
