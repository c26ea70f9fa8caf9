// Patterns with `*` (any text) and `?` (one character), as Action and Resource have them.

/**
 * Whether `text` is what `pattern` stands for. Runs through the text once and goes back only to behind the last `*`: the time is
 * bounded by the product of both lengths, and no input makes it more.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    const wanted = pattern[p];
    if (wanted === '*') {
      star = p++;
      resume = t;
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
