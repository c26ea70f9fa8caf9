// Names as keys: the labels of a name as on the wire, each behind its length, in lower case and without the root's empty one; one character a byte.

/** The key of a name in Route 53's spelling: lower case, no final dot, other bytes as octal escapes (`\052`). */
export function nameKey(name: string): string {
  if (name === '') return '';
  return name
    .split('.')
    .map((label) => {
      const bytes = label.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      );
      return String.fromCharCode(bytes.length) + bytes;
    })
    .join('');
}

/** The key of what is above a name; of the root there is none: it is the root's own. */
export function parentKey(key: string): string {
  return key === '' ? '' : key.slice(1 + key.charCodeAt(0));
}

/** The key of the wildcard below a name. */
export function wildcardKey(parent: string): string {
  return `\u0001*${parent}`;
}

/** The key's name on the wire. */
export function encodeKey(key: string): Buffer {
  return Buffer.from(`${key}\0`, 'latin1');
}

/** The key of a name that data of a record holds, which is never compressed there. */
export function keyOfData(data: Buffer): string {
  return lowerCase(data.toString('latin1', 0, data.length - 1));
}

/** ASCII letters in lower case: all others differ as bytes (RFC 4343). */
export function lowerCase(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}

/** The labels of a key, as they are. */
export function labelsOfKey(key: string): readonly string[] {
  const labels: string[] = [];
  for (let at = 0; at < key.length; at += 1 + key.charCodeAt(at))
    labels.push(key.slice(at + 1, at + 1 + key.charCodeAt(at)));
  return labels;
}

/** Whether the name of `key` is the one of `zone` or lies below it: another label may merely end in the same bytes. */
export function nameEndsWith(key: string, zone: string): boolean {
  let at = 0;
  while (key.length - at > zone.length) at += 1 + key.charCodeAt(at);
  return key.length - at === zone.length && key.endsWith(zone);
}
