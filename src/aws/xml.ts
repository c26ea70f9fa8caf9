// Reads XML as clients of AWS send it: elements and texts, without document types, in bounded depth and number.

/** An element: either texts or elements are in it, and what is of no use to a request is left out (attributes, comments). */
export interface XmlElement {
  /** Without a namespace's prefix. */
  readonly name: string;
  /** All texts in it, one after the other. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** An element that is being read. */
interface OpenElement {
  readonly tag: string;
  text: string;
  readonly children: XmlElement[];
}

/** Elements deeper than any shape of a service. */
const MOST_DEPTH = 32;

/** The most elements of a text: a body is read before its signature is judged. A batch of 1,000 record sets has a tenth. */
const MOST_ELEMENTS = 100_000;

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Tag, CDATA section, comment or instruction at `lastIndex`. Each alternative is bounded by a character that it cannot contain, or found by `indexOf`. */
const startTag = /<([A-Za-z_][\w.:-]*)((?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const endTag = /<\/([A-Za-z_][\w.:-]*)\s*>/y;

/** The root element of `source`, or what is wrong with it. Linear in its length; document types are refused, so that entities are XML's five alone. */
export function parseXml(source: string): XmlElement | { readonly problem: string } {
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let count = 0;
  let at = source.startsWith('\ufeff') ? 1 : 0;
  const close = (): void => {
    const done = open.pop();
    if (done === undefined) return;
    const element = { name: localName(done.tag), text: done.text, children: done.children };
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  };
  while (at < source.length) {
    const top = open.at(-1);
    if (source[at] !== '<') {
      const end = source.indexOf('<', at);
      const raw = source.slice(at, end < 0 ? source.length : end);
      const text = decodeEntities(raw);
      if (text === undefined) return { problem: 'The XML has an entity that is not known' };
      if (top !== undefined) top.text += text;
      else if (raw.trim() !== '') return { problem: 'The XML has text outside of its root element' };
      at += raw.length;
      continue;
    }
    const skipped: readonly [stop: string, begin: number] | undefined = source.startsWith('<!--', at)
      ? ['-->', 4]
      : source.startsWith('<?', at)
        ? ['?>', 2]
        : source.startsWith('<![CDATA[', at)
          ? [']]>', 9]
          : undefined;
    if (skipped !== undefined) {
      const [stop, begin] = skipped;
      const end = source.indexOf(stop, at + begin);
      if (end < 0) return { problem: 'The XML is not well-formed' };
      if (stop === ']]>' && top !== undefined) top.text += source.slice(at + begin, end);
      at = end + stop.length;
      continue;
    }
    endTag.lastIndex = at;
    const ended = endTag.exec(source);
    if (ended !== null) {
      if (top?.tag !== ended[1]) return { problem: 'The XML is not well-formed' };
      close();
      at = endTag.lastIndex;
      continue;
    }
    startTag.lastIndex = at;
    const started = startTag.exec(source);
    if (started === null || (top === undefined && root !== undefined)) return { problem: 'The XML is not well-formed' };
    if (++count > MOST_ELEMENTS || open.length >= MOST_DEPTH) return { problem: 'The XML has too many elements' };
    open.push({ tag: started[1] ?? '', text: '', children: [] });
    if (started[3] === '/') close();
    at = startTag.lastIndex;
  }
  return open.length > 0 || root === undefined ? { problem: 'The XML is not well-formed' } : root;
}

function localName(tag: string): string {
  return tag.slice(tag.lastIndexOf(':') + 1);
}

/** `text` with its entities resolved; undefined when one is not known. */
function decodeEntities(text: string): string | undefined {
  if (!text.includes('&')) return text;
  let wrong = false;
  const decoded = text.replace(/&([^;&]{0,10});?/g, (whole, name: string) => {
    const code = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
    const point =
      code === null ? undefined : Number.parseInt(code[1] ?? code[2] ?? '', code[1] === undefined ? 10 : 16);
    const found =
      point === undefined ? entities.get(name) : point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
    wrong ||= found === undefined || !whole.endsWith(';');
    return found ?? '';
  });
  return wrong ? undefined : decoded;
}
