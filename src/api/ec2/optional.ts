// Members of a request that may be absent: absent they stay, since an optional member with undefined is something else.

/** The members of `given` that have a value. */
export function present<T extends object>(given: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
