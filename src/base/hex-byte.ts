// A byte written in two digits of hex, as percent-encoding has it (RFC 3986 2.1).

/** What two digits of hex say at `at` of `text`, 0 to 255; -1 when there are none. In place: cut out and parsed it costs ten times as much. */
export function hexByte(text: string, at: number): number {
  const high = hexDigit(text.charCodeAt(at));
  const low = hexDigit(text.charCodeAt(at + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** Also of NaN, behind the end, -1. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
