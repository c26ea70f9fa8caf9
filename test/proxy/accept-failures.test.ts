// Connections that cannot be taken: counted, logged, and taken as soon as they can be.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import { decode, streamEncode } from 'dns-packet';
import { bindHandle } from '../../src/network/index.ts';
import { createListeners } from '../../src/proxy/index.ts';
import { TestServer } from '../server.ts';
import { eventually, given } from '../e2e/scenario.ts';

test('createListeners() tells of every connection that the system does not give, and goes on', async () => {
  const { handle } = bindHandle({ kind: 'tcp', family: 4, address: '127.0.0.1', port: 0 });
  const failures: string[] = [];
  const listeners = createListeners(
    () => {},
    (error, { key }) => failures.push(`${key} ${'code' in error ? String(error.code) : ''}`),
  );
  await listeners.listen({ key: 'k', vpcId: 'vpc-1', port: 80 }, handle);
  // What libuv calls for a connection, or with the error in its place.
  const { onconnection } = handle as unknown as { onconnection: (status: number) => void };
  for (const status of [-23, -24]) onconnection.call(handle, status);
  assert.deepEqual(failures, ['k ENFILE', 'k EMFILE']);
  listeners.close();
});

const noTool = spawnSync('prlimit', ['--version']).status === 0 ? false : 'there is no prlimit (util-linux)';
if (noTool !== false && process.env['CI'] === 'true') throw new Error(noTool);

test(
  'a worker without a free file descriptor counts that, says so once, and serves on later',
  { skip: noTool },
  async () => {
    await using server = await TestServer.start({ attach: 'loopback', workers: 1 });
    const worker = given(server.processes().workers[0]);
    const limit = (soft: string): void => {
      const { status, stderr } = spawnSync('prlimit', [`--nofile=${soft}:`, '--pid', String(worker)], {
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
    };
    const [, before = ''] = /^Max open files +(\d+)/m.exec(readFileSync(`/proc/${worker}/limits`, 'utf8')) ?? [];
    const shortages = async (): Promise<number> => {
      const text = await (await fetch(`${server.api}/-/metrics`)).text();
      return Number(/^pergola_descriptor_shortages_total (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    assert.equal(await shortages(), 0);
    limit('3');
    await eventually('shortages are counted', async () => (await shortages()) >= 2);
    assert.equal(server.log.match(/no file descriptor is free/g)?.length, 1, server.log);
    limit(before);
    const [host = '', port = ''] = server.dns.split(':');
    const socket = connect({ host, port: Number(port) });
    socket.end(
      streamEncode({
        type: 'query',
        id: 1,
        questions: [{ type: 'A', name: 'nobody.vpc-lattice-svcs.us-east-1.on.aws' }],
      }),
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.equal(decode(answer, 2).id, 1);
    assert.equal(await server.stop(), 0, server.log);
  },
);
