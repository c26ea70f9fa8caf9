// An instance that writes what the AWS SDK's own chain finds into a file, until it has found something: `role-instance.ts FILE`.

import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { STSClient } from '@aws-sdk/client-sts';

const [file = ''] = process.argv.slice(2);
for (;;) {
  try {
    const { accessKeyId, secretAccessKey, sessionToken } = await new STSClient({
      region: 'us-east-1',
    }).config.credentials();
    writeFileSync(`${file}.new`, JSON.stringify({ accessKeyId, secretAccessKey, sessionToken }));
    renameSync(`${file}.new`, file);
    break;
  } catch {
    await sleep(200);
  }
}
await sleep(2 ** 31 - 1);
