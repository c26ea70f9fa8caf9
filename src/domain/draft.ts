// Inputs that may not be lawful: what a request says before anybody knows that it has what its model demands.

import type { Caller } from './identifiers.ts';
import type { InvalidField } from './refusal.ts';
import type { State } from './state.ts';

/**
 * `T` as a client may have given it: of the right types, but any member may be absent and any text may be none of those that are
 * allowed. A `kind` is ours, given by whoever read the request, and stays.
 */
export type Draft<T> = T extends string
  ? string
  : T extends number | boolean
    ? T
    : T extends readonly (infer U)[]
      ? readonly Draft<U>[]
      : T extends object
        ? string extends keyof T
          ? T
          : DraftObject<T>
        : T;

type DraftObject<T> = { readonly [K in Exclude<keyof T, 'kind'>]?: Draft<T[K]> | undefined } & {
  readonly [K in Extract<keyof T, 'kind'>]: T[K];
};

/**
 * Everything that is wrong with the members of an input, also of one that its model does not allow: what is absent or none of
 * the known values is not judged, nor is what is beside a resource that is not there. Throws nothing. The decision on the
 * input refuses by the same function.
 */
export type Judge<I> = (state: State, input: Draft<I>, caller: Caller) => readonly InvalidField[];

/** What `table` has under a name that may be none of its own. */
export function entryOf<T>(table: Readonly<Record<string, T>>, name: string | undefined): T | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
