// The way of a client to a service in another VPC, made and gone with the AWS CLI, dig and curl.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { partFolder } from '../../tools/peers.ts';
import { finish, TestServer } from '../server.ts';

test('the AWS CLI opens groups, names and policies one after the other, until curl in one VPC is answered from the other', async () => {
  const configuration = 'limits: { healthCheckSpeed: 60 }';
  await using server = await TestServer.start({ attach: 'netns', workers: 1, configuration });
  const { root } = server.checkout;
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|PYTHON|PERGOLA_)/.test(name));
  const env = {
    ...Object.fromEntries(kept),
    ...{
      NODE: process.execPath,
      MAIN: join(root, 'src/cli/main.ts'),
      DATA: server.data,
      PACKAGES: partFolder('aws-python'),
    },
    ...{ TARGET: `${process.execPath} ${join(root, 'test/programs/target.ts')} far 8080` },
    ...{ AWS_ENDPOINT_URL: server.api, AWS_DEFAULT_REGION: 'us-east-1', AWS_DEFAULT_OUTPUT: 'text' },
    ...{ AWS_ACCESS_KEY_ID: server.keys.accessKeyId, AWS_SECRET_ACCESS_KEY: server.keys.secretAccessKey },
    ...{ AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_EC2_METADATA_DISABLED: 'true' },
  };
  // Programs and not functions of the shell, so that a signal reaches them.
  const programs = join(server.data, 'programs');
  mkdirSync(programs);
  const write = (name: string, text: string): void =>
    writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  write('aws', 'PYTHONPATH=$PACKAGES PYTHONDONTWRITEBYTECODE=1 exec python3 -m awscli "$@"');
  write('pergola', 'command=$1; shift; exec "$NODE" "$MAIN" "$command" --data "$DATA" "$@"');
  const script = join(import.meta.dirname, 'story', 'story.sh');
  const { status, stdout, stderr } = await finish(
    spawn('bash', ['-x', script], {
      env: { ...env, PATH: `${programs}:${process.env['PATH']}` },
      cwd: server.data,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  const [name, closed, unsigned, without, answer = ''] = stdout.trim().split('\n');
  assert.match(name ?? '', /^name 169\.254\.171\.\d+$/);
  assert.deepEqual(
    [closed, unsigned, without],
    ['closed: curl ends with 28', 'unsigned: 403', 'without the right: 403'],
  );
  const seen = JSON.parse(answer.replace('answer ', '')) as {
    readonly target: string;
    readonly client: string;
    readonly headers: Readonly<Record<string, string>>;
  };
  assert.equal(seen.target, 'far');
  assert.match(seen.client, /^169\.254\.(19[2-9]|2[01]\d|22[0-3])\.\d+$/);
  assert.equal(seen.headers['host'], 'shop.corp.internal');
  assert.match(seen.headers['x-amzn-lattice-identity'] ?? '', /assumed-role\/orders\//);
});
