// Which of many conditions on one header a value can meet, found by pieces of the value instead of by trying every condition.

import type { HeaderMatch, HeaderText } from './header-match.ts';

/** Length of the pieces. A condition with a shorter value is always a candidate. */
const PIECE = 3;

/** Positions of rules, ascending, by how their condition on the header can be found. */
export interface HeaderIndex {
  readonly name: string;
  /** By the whole value, of conditions of kind `exact`. */
  readonly exact: ReadonlyMap<string, readonly number[]>;
  readonly exactFolded: ReadonlyMap<string, readonly number[]>;
  /** By one piece of the value: the one that the fewest other conditions have. */
  readonly pieces: ReadonlyMap<string, readonly number[]>;
  readonly short: readonly number[];
  /** All of kind `prefix` and `contains`: for values so long that trying each is less work than looking at every piece. */
  readonly partial: readonly number[];
}

/** Indexes `conditions`, which are prepared, all on the header `name`, and ascending by position. */
export function indexHeader(
  name: string,
  conditions: readonly { readonly match: HeaderMatch; readonly position: number }[],
): HeaderIndex {
  const exact = new Map<string, number[]>();
  const exactFolded = new Map<string, number[]>();
  const pieces = new Map<string, number[]>();
  const short: number[] = [];
  const put = (table: Map<string, number[]>, key: string, position: number): void => {
    const list = table.get(key);
    if (list === undefined) table.set(key, [position]);
    else list.push(position);
  };
  // Pieces are those of the folded text: a condition with case matches only where it matches without.
  const piecesOf = (value: string): readonly string[] =>
    Array.from({ length: Math.max(0, value.length - PIECE + 1) }, (_, at) => foldPiece(value.slice(at, at + PIECE)));
  const frequency = new Map<string, number>();
  const partial = conditions.filter(({ match }) => match.kind !== 'exact');
  for (const { match } of partial)
    for (const piece of new Set(piecesOf(match.value))) frequency.set(piece, (frequency.get(piece) ?? 0) + 1);
  for (const { match, position } of conditions)
    if (match.kind === 'exact') put(match.caseSensitive ? exact : exactFolded, match.value, position);
    else {
      const rarest = piecesOf(match.value).reduce<string | undefined>(
        (best, piece) =>
          best === undefined || (frequency.get(piece) ?? 0) < (frequency.get(best) ?? 0) ? piece : best,
        undefined,
      );
      if (rarest === undefined) short.push(position);
      else put(pieces, rarest, position);
    }
  return { name, exact, exactFolded, pieces, short, partial: partial.map(({ position }) => position) };
}

function foldPiece(piece: string): string {
  return piece.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Gives `visit` every list with positions of conditions that `header` may meet; what is not in one, it does not meet. */
export function visitCandidates(
  { exact, exactFolded, pieces, short, partial }: HeaderIndex,
  header: HeaderText,
  visit: (positions: readonly number[]) => void,
): void {
  if (exact.size > 0) visit(exact.get(header.text) ?? []);
  if (exactFolded.size > 0) visit(exactFolded.get(header.folded) ?? []);
  const { folded } = header;
  if (folded.length > partial.length) {
    visit(partial);
    return;
  }
  if (short.length > 0) visit(short);
  for (let at = 0; at + PIECE <= folded.length; at++) {
    const found = pieces.get(folded.slice(at, at + PIECE));
    if (found !== undefined) visit(found);
  }
}
