// One condition on a header's value.

/** How a header's value must look. `name` is lower case. */
export interface HeaderMatch {
  readonly name: string;
  readonly kind: 'exact' | 'prefix' | 'contains';
  readonly value: string;
  readonly caseSensitive: boolean;
}

/** A header's values joined by `, ` (one latin1 character per byte), also with ASCII letters made small. */
export interface HeaderText {
  readonly text: string;
  readonly folded: string;
}

/** A condition whose value is made what `headerMatches` compares with: as on the wire, and folded where case does not count. */
export function prepareHeader(match: HeaderMatch): HeaderMatch {
  // On the wire a character beyond ASCII is the bytes of its UTF-8.
  const value = Buffer.from(match.value, 'utf8').toString('latin1');
  return { ...match, value: match.caseSensitive ? value : foldCase(value) };
}

/** Whether one prepared condition holds for `header` (undefined: it is absent, which matches nothing). */
export function headerMatches(match: HeaderMatch, header: HeaderText | undefined): boolean {
  if (header === undefined) return false;
  const given = match.caseSensitive ? header.text : header.folded;
  if (match.kind === 'exact') return given === match.value;
  return match.kind === 'prefix' ? given.startsWith(match.value) : given.includes(match.value);
}

/** `text` (latin1) with the letters A to Z made small, and no others: bytes of UTF-8 are not letters. */
export function foldCase(text: string): string {
  return /[\x80-\xff]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text.toLowerCase();
}
