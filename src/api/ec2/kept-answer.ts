// An answer as it is kept with its client token: plain JSON, in which moments have a form of their own.

/** Plain JSON. */
export type KeptAnswer =
  | string
  | number
  | boolean
  | null
  | readonly KeptAnswer[]
  | { readonly [name: string]: KeptAnswer };

/** The only member of a moment; no answer of EC2 has one of this name. */
const MOMENT = '$time';

/** An answer to keep. What is absent stays so. */
export function keepAnswer(value: unknown): KeptAnswer {
  if (value instanceof Date) return { [MOMENT]: value.getTime() };
  if (Array.isArray(value)) return value.map(keepAnswer);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [[name, keepAnswer(member)]])),
    );
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
    return value;
  throw new TypeError(`an answer has no ${typeof value}`);
}

/** The answer that was kept. */
export function takeAnswer(kept: KeptAnswer): unknown {
  if (isList(kept)) return kept.map(takeAnswer);
  if (typeof kept !== 'object' || kept === null) return kept;
  const time = kept[MOMENT];
  if (typeof time === 'number') return new Date(time);
  return Object.fromEntries(Object.entries(kept).map(([name, member]) => [name, takeAnswer(member)]));
}

function isList(kept: KeptAnswer): kept is readonly KeptAnswer[] {
  return Array.isArray(kept);
}
