// Names in Route 53's spelling: lower case, what no host name has as octal escapes (Developer Guide: DNS domain name format).

/** A character of a name: an escape of three octal digits, a dot or a backslash behind a backslash, or any other that Route 53 takes. */
const character = /\\([0-3][0-7]{2})|\\([.\\])|([!-[\]-~])/y;

/**
 * The labels of `text` as bytes, one string (latin1) each; a final dot is allowed. Undefined when it is no name: labels of 1 to 63 bytes,
 * 255 bytes in all. The root has none.
 */
export function parseLabels(text: string): readonly string[] | undefined {
  if (text === '.') return [];
  // Longer ones cannot be names: an escape of four characters is one byte.
  if (text === '' || text.length > 1020) return undefined;
  const labels: string[] = [];
  let label = '';
  let at = 0;
  while (at < text.length) {
    if (text[at] === '.') {
      if (label === '') return undefined;
      labels.push(label);
      label = '';
      at++;
      continue;
    }
    character.lastIndex = at;
    const match = character.exec(text);
    if (match === null) return undefined;
    label += match[1] === undefined ? (match[2] ?? match[3]) : String.fromCharCode(Number.parseInt(match[1], 8));
    at = character.lastIndex;
  }
  if (label !== '') labels.push(label);
  const size = labels.reduce((sum, one) => sum + one.length + 1, 1);
  return size <= 255 && labels.every((one) => one.length <= 63) ? labels : undefined;
}

/** The canonical spelling of `text`, without final dot, or undefined when it is no name, or the root. */
export function canonicalName(text: string): string | undefined {
  const labels = parseLabels(text);
  return labels === undefined || labels.length === 0 ? undefined : labels.map(spellLabel).join('.');
}

function spellLabel(label: string): string {
  return label.toLowerCase().replace(/[^a-z0-9_-]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/** A canonical name's labels reversed, with a final dot: by these Route 53 sorts. */
export function reversedName(name: string): string {
  return `${name.split('.').reverse().join('.')}.`;
}

/** Whether the canonical `name` is `zone` or lies below it. */
export function isInZone(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}
