// Domain names as texts: what is one, which are the same, which lie below another.

/** A label: letters, digits, hyphens inside; underscores too, as DNS has them. */
const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** A domain name's labels in lower case, or undefined when `text` is none: two labels or more, 253 characters at most. */
function labelsOf(text: string): readonly string[] | undefined {
  const name = text.toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  const valid = name.length <= 253 && labels.length > 1 && labels.every((one) => label.test(one));
  // An address is no name, although its parts could be labels.
  return valid && !/^\d+$/.test(labels.at(-1) ?? '') ? labels : undefined;
}

/** Whether `text` is a domain name. A final dot is allowed. */
export function isDomainName(text: string): boolean {
  return labelsOf(text) !== undefined;
}

/** `name` as all its spellings are compared: lower case, no final dot. */
export function canonicalDomain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** Whether `name` is `parent` or lies below it. */
export function isWithinDomain(name: string, parent: string): boolean {
  const [inner, outer] = [canonicalDomain(name), canonicalDomain(parent)];
  return inner === outer || inner.endsWith(`.${outer}`);
}
