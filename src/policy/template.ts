// Texts with policy variables: `${key}`, `${key, 'default'}`, and `${*}`, `${?}`, `${$}` for the characters themselves
// (IAM User Guide: "IAM policy elements: Variables and tags").

/** A part of a text. */
export type Piece =
  /** As written: `*` and `?` mean something where wildcards do. */
  | { readonly kind: 'text'; readonly text: string }
  /** The characters themselves. */
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'variable'; readonly key: string; readonly fallback?: string };

/** A text without variables left in it. */
export type FilledPiece = Exclude<Piece, { readonly kind: 'variable' }>;

/**
 * A variable, or one of the three characters. No key has a brace, and none ends with a blank: so what is left open is gone through once, and not once more
 * from each of its beginnings.
 */
const form = /\$\{(?:([*?$])|([\w-]+:[^,{}]*[^,{}\s])\s*(?:,\s*'([^']*)'\s*)?)\}/g;

/** The pieces of `text`. What is no variable by its form is text. */
export function parseTemplate(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const found of text.matchAll(form)) {
    if (found.index > end) pieces.push({ kind: 'text', text: text.slice(end, found.index) });
    const [whole, literal, key = '', fallback] = found;
    pieces.push(
      literal === undefined
        ? { kind: 'variable', key: foldKey(key), ...(fallback === undefined ? {} : { fallback }) }
        : { kind: 'literal', text: literal },
    );
    end = found.index + whole.length;
  }
  if (end < text.length) pieces.push({ kind: 'text', text: text.slice(end) });
  return pieces;
}

/** The keys of the variables in `text`. */
export function variablesOf(text: string): readonly string[] {
  return parseTemplate(text).flatMap((piece) => (piece.kind === 'variable' ? [piece.key] : []));
}

/** Whether a text changes with the request or means other characters than it has. */
export function isPlain(pieces: readonly Piece[]): boolean {
  return pieces.every(({ kind }) => kind === 'text');
}

/** `pieces` with what `find` says for each variable, which is taken as it is; undefined when one is not known and has no default. */
export function fillTemplate(
  pieces: readonly Piece[],
  find: (key: string) => string | readonly string[] | undefined,
): readonly FilledPiece[] | undefined {
  const filled: FilledPiece[] = [];
  for (const piece of pieces) {
    if (piece.kind !== 'variable') filled.push(piece);
    else {
      const found = find(piece.key);
      // Keys with several values cannot be variables (IAM User Guide).
      const value = typeof found === 'string' ? found : piece.fallback;
      if (value === undefined) return undefined;
      filled.push({ kind: 'literal', text: value });
    }
  }
  return filled;
}

/** A condition key as it is compared: keys have no case, but for what follows a `/`, which is somebody's name for something. */
export function foldKey(key: string): string {
  const slash = key.indexOf('/');
  return slash < 0 ? key.toLowerCase() : key.slice(0, slash).toLowerCase() + key.slice(slash);
}
