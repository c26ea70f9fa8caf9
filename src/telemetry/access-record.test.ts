// Lines of the access log: hostile values stay values.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createAccessFormat, prepareAccessRecord, prepareCaller, type AccessRecord } from './access-record.ts';

const context = prepareAccessRecord({ serviceNetworkArn: 'arn:sn', sourceVpcId: 'vpc-1', sourceVpcArn: 'arn:vpc' });

function record(change: Partial<AccessRecord> = {}): AccessRecord {
  return {
    ...{
      context,
      caller: prepareCaller({ resolvedUser: 'Anonymous' }),
      authDeniedReason: '',
      startTime: 1_700_000_000_999,
      method: 'GET',
      path: '/',
      host: 'a',
      userAgent: 'b',
      protocol: 'HTTP/1.1',
    },
    ...{ requestId: 'r', status: 200, bytesReceived: 1, bytesSent: 2, duration: 3.4, requestToTargetDuration: -1 },
    ...{ responseFromTargetDuration: 0.6, sourceIpPort: '1.2.3.4:5', targetIpPort: '', failureReason: '', revision: 9 },
    ...change,
  };
}

test('createAccessFormat() writes one line of JSON with every field, empty ones as -', () => {
  const line = createAccessFormat()(record());
  assert.match(line, /^\{[^\n]*\}\n$/);
  const read = JSON.parse(line) as Record<string, unknown>;
  const some = [
    'startTime',
    'responseCode',
    'duration',
    'requestToTargetDuration',
    'responseFromTargetDuration',
    'targetIpPort',
    'failureReason',
    'serviceArn',
    'revision',
  ];
  assert.deepEqual(
    some.map((name) => read[name]),
    ['2023-11-14T22:13:20Z', 200, 3, '-', 1, '-', '-', '-', 9],
  );
});

test('createAccessFormat() follows the seconds', () => {
  const format = createAccessFormat();
  const stamps = [999, 1000, 1999, 500].map(
    (startTime) => /"startTime":"([^"]*)"/.exec(format(record({ startTime })))?.[1],
  );
  assert.deepEqual(stamps, [
    '1970-01-01T00:00:00Z',
    '1970-01-01T00:00:01Z',
    '1970-01-01T00:00:01Z',
    '1970-01-01T00:00:00Z',
  ]);
});

test('createAccessFormat() keeps whatever a client sends inside of its own field', () => {
  const format = createAccessFormat();
  const hostile = fc.oneof(
    fc.constantFrom('","responseCode":200,"x":"', '\\', '\\"', '\n{"fake":1}\n', '\u2028', '\0', '\x7f', '\xff', '}'),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );
  fc.assert(
    fc.property(hostile, hostile, hostile, (userAgent, path, requestId) => {
      const line = format(record({ userAgent, path, requestId, host: userAgent }));
      assert.equal(line.indexOf('\n'), line.length - 1);
      const read = JSON.parse(line) as Record<string, unknown>;
      const shown = (value: string): string => (value === '' ? '-' : value);
      assert.deepEqual(
        [read['userAgent'], read['requestPath'], read['requestId'], read['hostHeader'], read['responseCode']],
        [shown(userAgent), shown(path), shown(requestId), shown(userAgent), 200],
      );
    }),
  );
});

test('createAccessFormat() keeps a presigned query without its session token and its signature', () => {
  const pathOf = (path: string): unknown =>
    (JSON.parse(createAccessFormat()(record({ path }))) as Record<string, unknown>)['requestPath'];
  for (const [path, kept] of [
    ['/a?X-Amz-Security-Token=secret&b=1&X-Amz-Signature=00ff', '/a?X-Amz-Security-Token=-&b=1&X-Amz-Signature=-'],
    ['/a?x-amz-signature=one&x-amz-signature=two', '/a?x-amz-signature=-&x-amz-signature=-'],
    ['/a?my-x-amz-signature=1&q=X-Amz-Signature=2', '/a?my-x-amz-signature=1&q=X-Amz-Signature=2'],
    ['/X-Amz-Signature=1', '/X-Amz-Signature=1'],
  ])
    assert.equal(pathOf(path ?? ''), kept);
});
