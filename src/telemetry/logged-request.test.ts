import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAccessFormat, prepareAccessRecord, prepareCaller } from './access-record.ts';
import { parseLoggedRequest } from './logged-request.ts';

test('what the access log writes is read back, without members that say nothing', () => {
  const way = { sourceVpcId: 'vpc-1', sourceVpcArn: 'arn:vpc', serviceNetworkArn: 'arn:sn', serviceArn: 'arn:svc' };
  const line = createAccessFormat()({
    context: prepareAccessRecord({ ...way, listenerId: 'listener-1', ruleId: 'rule-1' }),
    caller: prepareCaller({ resolvedUser: 'arn:ann', callerPrincipal: 'arn:ann', callerPrincipalTags: 'a=b;' }),
    ...{ authDeniedReason: 'Service', startTime: 1_767_323_045_678, method: 'GET', path: '/a?b="é', host: 'shop:81' },
    ...{ userAgent: '', protocol: 'HTTP/1.1', requestId: 'id', status: 403, bytesReceived: 1, bytesSent: 2 },
    ...{ duration: 3.4, requestToTargetDuration: -1, responseFromTargetDuration: -1, sourceIpPort: '10.0.1.10:5' },
    ...{ targetIpPort: '', failureReason: '', revision: 7 },
  });
  assert.deepEqual(parseLoggedRequest(line), {
    ...{
      requestId: 'id',
      startTime: '2026-01-02T03:04:05Z',
      protocol: 'HTTP/1.1',
      status: 403,
      duration: 3,
      revision: 7,
    },
    ...{ method: 'GET', path: '/a?b="é', host: 'shop:81', client: '10.0.1.10:5', authDeniedReason: 'Service' },
    ...{ resolvedUser: 'arn:ann', caller: 'arn:ann', callerTags: 'a=b;', vpc: 'vpc-1', vpcArn: 'arn:vpc' },
    ...{ serviceNetworkArn: 'arn:sn', serviceArn: 'arn:svc', listener: 'listener-1', rule: 'rule-1' },
  });
});

test('what is no whole record is none', () => {
  for (const line of ['', '{', 'null', '[]', '7', '{"requestId":"a"}', '{"requestId":"a","startTime":"yesterday"}'])
    assert.equal(parseLoggedRequest(line), undefined, line);
});
