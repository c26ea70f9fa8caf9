// Header lines as text: finding them, taking their values, leaving some out. One character is one byte (latin1).

/** Whether what has come of a head shows that it cannot become a good one: a line that ended without a CR, or a NUL. `whole` tells that `text` begins with the head. */
export function isSpoilt(text: string, whole: boolean): boolean {
  return (whole ? /(^|[^\r])\n|\0/ : /[^\r]\n|\0/).test(text);
}

/** The members of a comma-separated list, in lower case. */
export function readTokens(list: string): readonly string[] {
  return list.split(',').map((token) => headerValue(token, 0, token.length).toLowerCase());
}

/** Whether the characters of `text` from `from` to `to` are `name` (lower case) without regard to case. */
export function isName(text: string, from: number, to: number, name: string): boolean {
  for (let i = from, j = 0; i < to; i++, j++) {
    const code = text.charCodeAt(i);
    if ((code >= 65 && code <= 90 ? code | 32 : code) !== name.charCodeAt(j)) return false;
  }
  return true;
}

/**
 * A header's value without the blanks around it: spaces and tabs alone (RFC 9110 5.6.3). `trim()` takes more, a no-break space for one,
 * and would make a framing header of what a target reads as something else.
 */
export function headerValue(text: string, from: number, to: number): string {
  const start = skipBlanks(text, from, to);
  return text.slice(start, dropBlanks(text, start, to));
}

/** Where the blanks that begin a part of `text` end. */
function skipBlanks(text: string, from: number, to: number): number {
  let start = from;
  while (start < to && isBlank(text.charCodeAt(start))) start++;
  return start;
}

/** Where the blanks that end a part of `text` begin. */
function dropBlanks(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--;
  return end;
}

/** Whether a tab follows a value: some readers take it for part of a coding's name, and so the chunks for data. */
export function hasTabBehind(text: string, from: number, to: number): boolean {
  return text.slice(from, to).trimStart().includes('\t');
}

/** Whether the value between `colon` and `end` is written as `value`, after at most one space. */
export function isPlain(text: string, colon: number, end: number, value: string): boolean {
  const from = text.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1;
  return end - from === value.length && text.startsWith(value, from);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** The Content-Length between `from` and `to`, or -1 when it is not 1 to 15 digits with nothing but blanks around them. */
export function parseLength(text: string, from: number, to: number): number {
  const start = skipBlanks(text, from, to);
  const end = dropBlanks(text, start, to);
  if (start === end || end - start > 15) return -1;
  let length = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
  }
  return length;
}

/** Header lines without those whose lower-case name is in `names`. */
export function withoutHeaders(lines: string, names: ReadonlySet<string>): string {
  return lines
    .split('\r\n')
    .filter((line) => line !== '' && !names.has(line.slice(0, line.indexOf(':')).toLowerCase()))
    .map((line) => `${line}\r\n`)
    .join('');
}

/** All values of the header `name` (lower case) in `lines`, joined by `, `; undefined when it is absent. */
export function findHeader(lines: string, name: string): string | undefined {
  let found: string | undefined;
  for (let pos = 0; pos < lines.length;) {
    const end = lines.indexOf('\r\n', pos);
    if (lines.charCodeAt(pos + name.length) === 58 && isName(lines, pos, pos + name.length, name)) {
      const value = headerValue(lines, pos + name.length + 1, end);
      found = found === undefined ? value : `${found}, ${value}`;
    }
    pos = end + 2;
  }
  return found;
}
