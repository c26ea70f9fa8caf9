// A function for tests: speaks the Lambda Runtime API and does what the path of its event says. INIT=fail lets it not come up.

import { setTimeout as sleep } from 'node:timers/promises';

interface Event {
  readonly raw_path?: string;
  readonly path?: string;
}

const base = `http://${process.env['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime`;
const post = async (path: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<void> => {
  await (await fetch(`${base}/${path}`, { method: 'POST', body, headers })).arrayBuffer();
};

if (process.env['INIT'] === 'fail') {
  await post('init/error', JSON.stringify({ errorType: 'Runtime.NoHandler', errorMessage: 'there is no handler' }));
  process.exit(1);
}
if (process.env['INIT'] === 'crash') process.exit(3);

let count = 0;
for (;;) {
  const next = await fetch(`${base}/invocation/next`);
  const id = next.headers.get('lambda-runtime-aws-request-id') ?? '';
  const event = (await next.json()) as Event;
  count++;
  const [path = '', query = ''] = (event.raw_path ?? event.path ?? '').split('?');
  const respond = (response: object | string): Promise<void> =>
    post(`invocation/${id}/response`, typeof response === 'string' ? response : JSON.stringify(response));
  const json = (value: unknown) => ({
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
  if (path === '/fail')
    await post(`invocation/${id}/error`, JSON.stringify({ errorType: 'TypeError', errorMessage: 'it went wrong' }), {
      'lambda-runtime-function-error-type': 'Unhandled',
    });
  else if (path === '/crash') process.exit(7);
  else if (path === '/malformed') await respond('"no response"');
  else if (path === '/large') await respond(json('x'.repeat(7 * 1024 * 1024)));
  else if (path === '/binary')
    await respond({
      statusCode: 201,
      headers: { 'content-type': 'image/png', 'transfer-encoding': 'chunked', 'set-cookie': ['a=1', 'b=2'] },
      body: Buffer.from([0, 255, 1, 254]).toString('base64'),
      isBase64Encoded: true,
    });
  else if (path === '/empty') await respond({ statusCode: 204 });
  else if (path === '/environment')
    await respond(
      json({
        pid: process.pid,
        count,
        name: process.env['AWS_LAMBDA_FUNCTION_NAME'],
        arn: next.headers.get('lambda-runtime-invoked-function-arn'),
      }),
    );
  else {
    await sleep(Number(new URLSearchParams(query).get('wait') ?? '0'));
    await respond(json(event));
  }
}
