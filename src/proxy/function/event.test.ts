// The events of functions, to the letter.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEvent } from './event.ts';

const context = {
  serviceNetworkArn: 'arn:sn',
  serviceArn: 'arn:svc',
  targetGroupArn: 'arn:tg',
  sourceVpcArn: 'arn:vpc',
  region: 'us-east-1',
  time: 1_696_331_543_569,
};

function event(version: 'V1' | 'V2', target: string, lines: string, body: Buffer | string = ''): unknown {
  const head = { method: 'POST', target };
  return JSON.parse(formatEvent(version, { head, lines, body: Buffer.from(body), context }));
}

const lines = 'Host: shop.example\r\nMulti: a\r\nmulti: b\r\ncontent-type: application/json; charset=utf-8\r\n\r\n';

test('formatEvent() gives version 1 joined headers and the last value of each query parameter', () => {
  assert.deepEqual(event('V1', '/a%20b?color=red&color=blue&x', lines, '{"ü":1}'), {
    raw_path: '/a%20b?color=red&color=blue&x',
    method: 'POST',
    headers: { host: 'shop.example', multi: 'a, b', 'content-type': 'application/json; charset=utf-8' },
    query_string_parameters: { color: 'blue', x: '' },
    body: '{"ü":1}',
    is_base64_encoded: false,
  });
});

test('formatEvent() gives version 2 lists, the request context and no type of an anonymous caller', () => {
  assert.deepEqual(event('V2', '/p?color=red&color=blue', lines), {
    version: '2.0',
    path: '/p?color=red&color=blue',
    method: 'POST',
    headers: { host: ['shop.example'], multi: ['a', 'b'], 'content-type': ['application/json; charset=utf-8'] },
    queryStringParameters: { color: ['red', 'blue'] },
    body: '',
    isBase64Encoded: false,
    requestContext: {
      serviceNetworkArn: 'arn:sn',
      serviceArn: 'arn:svc',
      targetGroupArn: 'arn:tg',
      identity: { sourceVpcArn: 'arn:vpc' },
      region: 'us-east-1',
      timeEpoch: '1696331543569000',
    },
  });
});

const png = Buffer.from([0x89, 0x50, 0x00, 0xff]);
const bodies: readonly (readonly [string, string, Buffer | string, string, boolean])[] = [
  ['text/plain', '', 'hello', 'hello', false],
  ['TEXT/html; charset=utf-8', '', '<p>', '<p>', false],
  ['application/xml', '', '<a/>', '<a/>', false],
  ['application/javascript', '', '1', '1', false],
  ['application/json-seq', '', '{}', 'e30=', true],
  ['image/png', '', png, png.toString('base64'), true],
  ['application/octet-stream', '', 'abc', 'YWJj', true],
  ['', '', 'abc', 'YWJj', true],
  ['application/json', 'gzip', '{}', '{}', false],
  ['application/json', 'gzip', png, png.toString('base64'), true],
  ['text/plain', '', Buffer.from([0xff]), '/w==', true],
];
for (const [type, coding, sent, body, isBase64Encoded] of bodies)
  test(`formatEvent() gives a body of type ${type || 'none'}${coding && `, ${coding},`} ${isBase64Encoded ? 'as base64' : 'as it is'}: ${body}`, () => {
    const head = `${type && `content-type: ${type}\r\n`}${coding && `content-encoding: ${coding}\r\n`}`;
    const made = event('V2', '/', head, sent) as { readonly body: string; readonly isBase64Encoded: boolean };
    assert.deepEqual([made.body, made.isBase64Encoded], [body, isBase64Encoded]);
  });

test('formatEvent() decodes query parameters, and leaves what cannot be decoded', () => {
  const { queryStringParameters } = event('V2', '/?a+b=c%20d&%zz=%e0&=&__proto__=1&&e==', '') as {
    readonly queryStringParameters: Readonly<Record<string, readonly string[]>>;
  };
  assert.deepEqual(Object.entries(queryStringParameters), [
    ['a b', ['c d']],
    ['%zz', ['%e0']],
    ['', ['']],
    ['__proto__', ['1']],
    ['e', ['=']],
  ]);
});

test('formatEvent() takes header values for UTF-8, else for latin1', () => {
  const utf8 = Buffer.from('é').toString('latin1');
  const made = event('V1', '/', `x-a: ${utf8}\r\nx-b: \xe9\r\n`) as { readonly headers: object };
  assert.deepEqual(made.headers, { 'x-a': 'é', 'x-b': 'é' });
});
