// An ordinary function for AWS's Node.js runtime client: does what the path of its event says.

const { createHash } = require('node:crypto');
const { setTimeout: sleep } = require('node:timers/promises');

let count = 0;

const json = (value) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

exports.handler = async (event, context) => {
  count++;
  const path = (event.raw_path ?? event.path).split('?')[0];
  const isBase64 = event.is_base64_encoded ?? event.isBase64Encoded;
  switch (path) {
    case '/binary': {
      const bytes = Buffer.from(event.body, isBase64 ? 'base64' : 'utf8');
      return {
        statusCode: 201,
        headers: { 'content-type': 'image/png', 'x-sha256': createHash('sha256').update(bytes).digest('hex') },
        body: bytes.toString('base64'),
        isBase64Encoded: true,
      };
    }
    case '/fail':
      throw new TypeError('the quote is not for sale');
    case '/late':
      return sleep(60_000);
    case '/slow':
      await sleep(500);
      return json({ pid: process.pid });
    case '/context':
      return json({
        arn: context.invokedFunctionArn,
        remaining: context.getRemainingTimeInMillis(),
        name: context.functionName,
        requestId: context.awsRequestId,
        region: process.env.AWS_REGION,
        pid: process.pid,
        count,
      });
    default:
      return json(event);
  }
};

// `awslambda` is a global of the client.
exports.stream = globalThis.awslambda?.streamifyResponse(async (event, responseStream) => {
  responseStream.write('{"statusCode":200,');
  await sleep(20);
  if (event.raw_path === '/fail') throw new RangeError('in the middle');
  responseStream.write('"body":"streamed"}');
  responseStream.end();
});
