// How the table of answers is written, and what its rows share.

/**
 * The members of one answer: names between spaces; `{…}` holds those of a structure, `[…]` those of each structure of a list,
 * `[*]` is a list of plain values, `[]` an empty list. The order says nothing.
 */
export type Members = string;

/** What one operation answers: the status, and the members for a record with everything set, for a minimal one, and for others. */
export interface AnswerRow {
  readonly status: 200 | 201 | 204;
  readonly full: Members;
  /** Absent when the answer has the same members whatever there is. */
  readonly minimal?: Members;
  /** Members for other records, by the name of the case. */
  readonly more?: Readonly<Record<string, Members>>;
}

/** When it was made and changed last. */
export const times = 'createdAt lastUpdatedAt';

/** What records in a `_FAILED` status say. */
export const failure = 'failureCode failureMessage';

/** A generated name. */
export const dnsEntry = 'dnsEntry{domainName hostedZoneId}';

/** An empty object. */
export const empty: AnswerRow = { status: 200, full: '' };

/** No body. */
export const noContent: AnswerRow = { status: 204, full: '' };

/** A row whose members are those of another, changed. */
export function mapMembers(
  row: Required<Omit<AnswerRow, 'status'>>,
  change: (members: Members) => Members,
): Required<Omit<AnswerRow, 'status'>> {
  const more = Object.fromEntries(Object.entries(row.more).map(([name, members]) => [name, change(members)]));
  return { full: change(row.full), minimal: change(row.minimal), more };
}

/** The items of a list. */
export const items = (members: Members): Members => `items[${members}]`;
