// One value of a record set as Route 53 writes it, and its bytes on the wire (RFC 1035 3.3; Developer Guide: Supported DNS record types).

import { isIPv4 } from 'node:net';
import { parseAddress } from '../../base/cidr.ts';
import { parseLabels } from '../hosted-zone/zone-name.ts';
import type { RecordSetType } from '../records/hosted-zone.ts';

/** What is wrong with a value: Route 53's name for it, and its sentence. */
interface Problem {
  readonly problem: string;
}

type Encoded = Buffer | Problem;

const encoders: Readonly<Record<RecordSetType, (value: string) => Encoded>> = {
  A: (value) =>
    isIPv4(value)
      ? Buffer.from(value.split('.').map(Number))
      : wrong('ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)', value),
  AAAA: encodeIpv6,
  CAA: encodeCaa,
  CNAME: encodeName,
  MX: (value) => {
    const fields = value.trim().split(/\s+/);
    const [preference = '', exchange = ''] = fields;
    if (fields.length !== 2) return wrong("MXRRDATANotTwoFields (MX record doesn't have 2 fields)", value);
    return join(value, [integer(preference, 2), encodeName(exchange)]);
  },
  NS: encodeName,
  PTR: encodeName,
  SOA: (value) => {
    const fields = value.trim().split(/\s+/);
    const [primary = '', mailbox = '', ...numbers] = fields;
    if (fields.length !== 7) return wrong("SOARRDATANotSevenFields (SOA record doesn't have 7 fields)", value);
    return join(value, [encodeName(primary), encodeName(mailbox), ...numbers.map((one) => integer(one, 4))]);
  },
  SPF: encodeTexts,
  SRV: (value) => {
    const fields = value.trim().split(/\s+/);
    const [priority = '', weight = '', port = '', target = ''] = fields;
    if (fields.length !== 4) return wrong("SRVRRDATANotFourFields (SRV record doesn't have 4 fields)", value);
    return join(value, [...[priority, weight, port].map((one) => integer(one, 2)), encodeName(target)]);
  },
  TXT: encodeTexts,
};

/** The types that there are. */
export const recordSetTypes = Object.keys(encoders) as readonly RecordSetType[];

/** The bytes of `value` as data of a record of `type`, or the sentence in which Route 53 refuses it. */
export function encodeRecordValue(type: RecordSetType, value: string): Buffer | { readonly problem: string } {
  return encoders[type](value);
}

function wrong(what: string, value: string): Problem {
  return { problem: `Invalid Resource Record: 'FATAL problem: ${what} encountered with '${value}''` };
}

function join(value: string, parts: readonly (Encoded | undefined)[]): Encoded {
  const bytes: Buffer[] = [];
  for (const part of parts) {
    if (part === undefined) return wrong('IntegerOutOfRange (Value is not a number in its range)', value);
    if ('problem' in part) return part;
    bytes.push(part);
  }
  return Buffer.concat(bytes);
}

/** An unsigned integer of `size` bytes. */
function integer(text: string, size: 1 | 2 | 4): Buffer | undefined {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Infinity;
  if (number >= 256 ** size) return undefined;
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(number, 0, size);
  return bytes;
}

function encodeIpv6(value: string): Encoded {
  const address = parseAddress(value);
  if (address?.family !== 6) return wrong('AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)', value);
  return Buffer.from(address.value.toString(16).padStart(32, '0'), 'hex');
}

/** A name, which is absolute also without a final dot. */
function encodeName(value: string): Encoded {
  const labels = parseLabels(value);
  if (labels === undefined)
    return value.includes('..')
      ? wrong('DomainLabelEmpty (Domain label is empty)', value)
      : wrong('DomainNameInvalid (Value is not a domain name)', value);
  return Buffer.from(`${labels.map((one) => String.fromCharCode(one.length) + one).join('')}\0`, 'latin1');
}

/** Texts in quotation marks, each at most 255 bytes; escapes are octal, or of a quotation mark or backslash. */
function encodeTexts(value: string): Encoded {
  const quoted = /\s*"((?:[^"\\]|\\[0-3][0-7]{2}|\\["\\])*)"(?=\s|$)\s*/y;
  const texts: Buffer[] = [];
  for (let at = 0; at < value.length; at = quoted.lastIndex) {
    quoted.lastIndex = at;
    const match = quoted.exec(value);
    if (match === null) return wrong('InvalidCharacterString (Value should be enclosed in quotation marks)', value);
    const bytes = unescape(match[1] ?? '');
    if (bytes.length > 255) return wrong('CharacterStringTooLong (Value is too long)', value);
    texts.push(Buffer.from([bytes.length]), bytes);
  }
  return texts.length === 0
    ? wrong('InvalidCharacterString (Value should be enclosed in quotation marks)', value)
    : Buffer.concat(texts);
}

function unescape(text: string): Buffer {
  const parts = text.split(/(\\[0-3][0-7]{2}|\\["\\])/);
  return Buffer.concat(
    parts.map((part, i) => {
      if (i % 2 === 0) return Buffer.from(part, 'utf8');
      return part.length === 2 ? Buffer.from(part.slice(1)) : Buffer.from([Number.parseInt(part.slice(1), 8)]);
    }),
  );
}

/** Flags, a property and its value (RFC 8659). */
function encodeCaa(value: string): Encoded {
  const match = /^\s*(\d{1,3})\s+([A-Za-z0-9]{1,15})\s+("(?:[^"\\]|\\.)*"|[^\s"]+)\s*$/.exec(value);
  const [, flags = '', tag = '', text = ''] = match ?? [];
  if (match === null)
    return wrong('CAARRDATAInvalid (CAA record should have flags, a tag and a value in quotation marks)', value);
  const plain = text.startsWith('"') ? text.slice(1, -1) : text;
  return join(value, [integer(flags, 1), Buffer.from([tag.length]), Buffer.from(tag, 'latin1'), unescape(plain)]);
}
