// The form of netlink messages: requests to bytes, answers and their attributes back from bytes. Pure.
//
// Numbers are in the machine's own order (netlink(7)); every machine that Node runs on with `node:ffi` is little-endian.

/** One message of an answer, without its header. */
export interface NetlinkMessage {
  readonly type: number;
  /** What was asked for changed while it was read. */
  readonly interrupted: boolean;
  readonly body: Buffer;
}

/** Types that belong to no family: linux/netlink.h. */
export const messageTypes = { error: 2, done: 3 } as const;

const HEADER = 16;
const flags = { request: 0x1, multi: 0x300, interrupted: 0x10 } as const;

/** A request: all there is (`dump`), or one thing. `body` is the fixed part of the type and its attributes. */
export function formatRequest(type: number, kind: 'dump' | 'one', body: Buffer): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt32LE(HEADER + body.length, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(kind === 'dump' ? flags.request | flags.multi : flags.request, 6);
  return Buffer.concat([header, body]);
}

/** An attribute with its padding. */
export function formatAttribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(align(4 + value.length));
  bytes.writeUInt16LE(4 + value.length, 0);
  bytes.writeUInt16LE(type, 2);
  value.copy(bytes, 4);
  return bytes;
}

/** The messages of one received datagram. */
export function parseMessages(datagram: Buffer): readonly NetlinkMessage[] {
  const messages: NetlinkMessage[] = [];
  for (let at = 0; at + HEADER <= datagram.length;) {
    const length = datagram.readUInt32LE(at);
    if (length < HEADER || at + length > datagram.length) throw new Error('a netlink message is cut off');
    messages.push({
      type: datagram.readUInt16LE(at + 4),
      interrupted: (datagram.readUInt16LE(at + 6) & flags.interrupted) !== 0,
      body: datagram.subarray(at + HEADER, at + length),
    });
    at += align(length);
  }
  return messages;
}

/** The attributes of a message from `offset` on, or of a nested one; of several of one type the last, or all by `parseList`. */
export function parseAttributes(bytes: Buffer, offset = 0): ReadonlyMap<number, Buffer> {
  return new Map(parseList(bytes, offset));
}

/** The attributes in order. */
export function parseList(bytes: Buffer, offset = 0): readonly (readonly [type: number, value: Buffer])[] {
  const list: [number, Buffer][] = [];
  for (let at = offset; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16LE(at);
    if (length < 4 || at + length > bytes.length) throw new Error('a netlink attribute is cut off');
    // The two highest bits say that it is nested, or in network order.
    list.push([bytes.readUInt16LE(at + 2) & 0x3fff, bytes.subarray(at + 4, at + length)]);
    at += align(length);
  }
  return list;
}

/** A text that ends with a zero byte, or with the attribute. */
export function parseText(value: Buffer | undefined): string {
  if (value === undefined) return '';
  const end = value.indexOf(0);
  return value.toString('utf8', 0, end < 0 ? value.length : end);
}

function align(length: number): number {
  return (length + 3) & ~3;
}
