// The condition operators and the values that each takes (IAM User Guide: "IAM JSON policy elements: Condition operators").

import { isIP } from 'node:net';

/** What an operator compares; also says which values are right. */
type Family = 'String' | 'Numeric' | 'Date' | 'Bool' | 'Binary' | 'IpAddress' | 'Arn' | 'Null';

const families = {
  StringEquals: 'String',
  StringNotEquals: 'String',
  StringEqualsIgnoreCase: 'String',
  StringNotEqualsIgnoreCase: 'String',
  StringLike: 'String',
  StringNotLike: 'String',
  NumericEquals: 'Numeric',
  NumericNotEquals: 'Numeric',
  NumericLessThan: 'Numeric',
  NumericLessThanEquals: 'Numeric',
  NumericGreaterThan: 'Numeric',
  NumericGreaterThanEquals: 'Numeric',
  DateEquals: 'Date',
  DateNotEquals: 'Date',
  DateLessThan: 'Date',
  DateLessThanEquals: 'Date',
  DateGreaterThan: 'Date',
  DateGreaterThanEquals: 'Date',
  Bool: 'Bool',
  BinaryEquals: 'Binary',
  IpAddress: 'IpAddress',
  NotIpAddress: 'IpAddress',
  ArnEquals: 'Arn',
  ArnNotEquals: 'Arn',
  ArnLike: 'Arn',
  ArnNotLike: 'Arn',
  Null: 'Null',
} as const satisfies Record<string, Family>;

/** An operator without its prefix and `IfExists`. */
export type Operator = keyof typeof families;

/** An operator as a document writes it, taken apart. */
export interface WrittenOperator {
  readonly operator: Operator;
  readonly set?: 'ForAnyValue' | 'ForAllValues';
  readonly ifExists: boolean;
}

/** Takes `text` apart; undefined when it is no operator. */
export function parseOperator(text: string): WrittenOperator | undefined {
  const [, set, name = '', ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(text) ?? [];
  if (!isOperator(name) || (name === 'Null' && ifExists !== undefined)) return undefined;
  return {
    operator: name,
    ...(set === 'ForAnyValue' || set === 'ForAllValues' ? { set } : {}),
    ifExists: ifExists !== undefined,
  };
}

function isOperator(name: string): name is Operator {
  return Object.hasOwn(families, name);
}

/** Whether values of the operator may have policy variables. */
export function takesVariables(operator: Operator): boolean {
  return families[operator] === 'String' || families[operator] === 'Arn';
}

const expectations: Readonly<Record<Family, readonly [fits: (value: string) => boolean, words: string]>> = {
  String: [() => true, 'a text'],
  Numeric: [(value) => /^[+-]?\d+(\.\d+)?$/.test(value), 'a number'],
  Date: [isDate, 'a time like 2026-01-02T03:04:05Z, or seconds since 1970'],
  Bool: [isBoolean, 'true or false'],
  Binary: [(value) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value), 'base64'],
  IpAddress: [isAddressRange, 'an address or a range like 192.0.2.0/24 or 2001:db8::/32'],
  // Six parts; any of them may be a wildcard, and one alone stands for all.
  Arn: [(value) => value === '*' || /^arn:([^:]*:){4}./.test(value) || value.includes('${'), 'an ARN'],
  Null: [isBoolean, 'true or false'],
};

/** What is expected instead of `value`; undefined when it is right for the operator. */
export function expectedInstead(operator: Operator, value: string): string | undefined {
  const [fits, words] = expectations[families[operator]];
  return fits(value) ? undefined : words;
}

function isBoolean(value: string): boolean {
  return /^(true|false)$/i.test(value);
}

function isDate(value: string): boolean {
  const iso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d))?$/;
  return /^\d{1,12}$/.test(value) || (iso.test(value) && !Number.isNaN(Date.parse(value)));
}

function isAddressRange(value: string): boolean {
  const [address = '', bits, ...more] = value.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
