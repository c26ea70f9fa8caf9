// Forms of the query protocols: how much of one is read, and how a request that has more is answered.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account, makeDispatcher } from '../../test/api/sdk-loop.ts';
import { parseForm } from './form.ts';

const parameters = (count: number): string => Array.from({ length: count }, (_, i) => `Tag.${i}=${i}`).join('&');

test('parseForm() reads ten thousand parameters, and says when there are more', () => {
  const whole = parseForm(parameters(10_000), 'Action=x');
  assert.equal(whole.problem, undefined);
  assert.deepEqual([whole.children.get('Tag')?.children.size, whole.children.get('Action')?.text], [10_000, 'x']);
  const cut = parseForm('Action=x', parameters(10_001));
  assert.match(cut.problem ?? '', /more than 10000 parameters/);
  assert.deepEqual([cut.children.get('Tag')?.children.size, cut.children.get('Action')?.text], [10_000, 'x']);
  assert.match(parseForm('&'.repeat(10_000)).problem ?? '', /more than/);
});

test('a form with too many parameters is refused wherever its action stands, and no operation is called', async () => {
  const wrong = (): Promise<never> => Promise.reject(new Error('must not be called'));
  const dispatcher = makeDispatcher({ DescribeVpcs: wrong }, { open: true });
  const authorization = `AWS4-HMAC-SHA256 Credential=${account}/20260102/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
  const headers = new Map(Object.entries({ host: '127.0.0.1', authorization, 'x-amz-date': '20260102T030405Z' }));
  const action = 'Action=DescribeVpcs&Version=2016-11-15';
  for (const body of [`${action}&${parameters(20_000)}`, `${parameters(20_000)}&${action}`]) {
    const request = { method: 'POST', path: '/', query: '', headers, body: Buffer.from(body) };
    const answer = await dispatcher.dispatch(request, { requestId: 'r', sourceIp: '::1' });
    assert.equal(answer.status, 400);
    assert.match(
      answer.body,
      /<Code>InvalidParameterValue<\/Code><Message>The request has more than 10000 parameters</,
    );
  }
});
