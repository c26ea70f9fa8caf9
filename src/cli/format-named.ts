// How people are told of what has a name and an id.

/** The name first; what was given none, or has its id as such, is its id. */
export function formatNamed(name: string | undefined, id: string): string {
  return name === undefined || name === id ? id : `${name} (${id})`;
}
