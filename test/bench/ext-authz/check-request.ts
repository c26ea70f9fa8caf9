// The few fields of Envoy's ext_authz messages that an authorization service needs, read and written by hand.

/** What Envoy asks about; the rest of CheckRequest (envoy/service/auth/v3/external_auth.proto) is skipped. */
export interface CheckedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly host: string;
  /** Names in small letters. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

type Field = (number: number, from: number, to: number) => void;

/** Calls `field` with the place of every length-delimited field between `from` and `to`. Throws when the bytes are no message. */
function walk(bytes: Buffer, from: number, to: number, field: Field): void {
  for (let at = from; at < to;) {
    const [key, behindKey] = readVarint(bytes, at);
    const wire = key & 7;
    if (wire === 2) {
      const [length, start] = readVarint(bytes, behindKey);
      if (start + length > to) throw new RangeError('a field ends behind its message');
      field(key >>> 3, start, start + length);
      at = start + length;
    } else if (wire === 0) [, at] = readVarint(bytes, behindKey);
    else if (wire === 1) at = behindKey + 8;
    else if (wire === 5) at = behindKey + 4;
    else throw new RangeError(`a field has the wire type ${wire}`);
  }
}

/** A number below 2^53 and where it ends. */
function readVarint(bytes: Buffer, from: number): readonly [value: number, end: number] {
  let value = 0;
  for (let at = from, scale = 1; at < bytes.length && at < from + 10; at++, scale *= 128) {
    const byte = bytes[at] ?? 0;
    value += (byte & 127) * scale;
    if (byte < 128) return [value, at + 1];
  }
  throw new RangeError('a number does not end');
}

/** Reads a CheckRequest: `attributes` (1), its `request` (4), its `http` (2), and of it method, headers, path and host. */
export function decodeCheckRequest(bytes: Buffer): CheckedRequest {
  const asked = { method: '', path: '', host: '', headers: new Array<readonly [string, string]>() };
  const text = (from: number, to: number): string => bytes.toString('latin1', from, to);
  const http: Field = (number, from, to) => {
    if (number === 2) asked.method = text(from, to);
    else if (number === 3) {
      let name = '';
      let value = '';
      walk(bytes, from, to, (part, start, end) => {
        if (part === 1) name = text(start, end);
        else if (part === 2) value = text(start, end);
      });
      asked.headers.push([name, value]);
    } else if (number === 4) asked.path = text(from, to);
    else if (number === 5) asked.host = text(from, to);
  };
  const inside =
    (wanted: number, next: Field): Field =>
    (number, from, to) =>
      number === wanted ? walk(bytes, from, to, next) : undefined;
  walk(bytes, 0, bytes.length, inside(1, inside(4, inside(2, http))));
  return asked;
}

/** A CheckResponse that lets the request pass: `status` (1) without a code is OK, `ok_response` (3) is empty. */
export const passed: Buffer = Buffer.from([0x0a, 0, 0x1a, 0]);

/** A CheckResponse that answers 403 with `body`: `status` (1) has the code 7, PERMISSION_DENIED; `denied_response` (2) status and body. */
export function encodeDenial(body: string): Buffer {
  const text = Buffer.from(body);
  const length = (size: number): readonly number[] => (size < 128 ? [size] : [(size & 127) | 128, size >>> 7]);
  const denied = Buffer.concat([Buffer.from([0x0a, 3, 0x08, ...length(403), 0x1a, ...length(text.length)]), text]);
  return Buffer.concat([Buffer.from([0x0a, 2, 0x08, 7, 0x12, ...length(denied.length)]), denied]);
}
