// Large bodies both ways, whole and in order, through clients and targets of every speed, with pooled connections in between.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer, request, Agent, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { HOST } from '../../src/proxy/snapshot-sample.ts';
import { openPlane } from './plane.ts';

/** More than the kernel keeps for two connections. */
const SIZE = 12 * 1024 * 1024 + 17;
const body = randomBytes(SIZE);
const hash = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
const wanted = hash(body);

/** Reads all of a response or request, with a pause after each piece. */
async function readAll(stream: IncomingMessage, pause: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) {
    pieces.push(piece as Buffer);
    if (pause > 0) await delay(pause);
  }
  return Buffer.concat(pieces);
}

/** A target: GET gives the body (`/chunked` in chunks, `/closing` until the end of its connection), anything else answers with the hash of what it got. */
async function openTarget(): Promise<{ readonly port: number } & AsyncDisposable> {
  const server = createServer((incoming, response) => {
    const slow = incoming.url?.includes('slow-target') === true;
    if (incoming.method !== 'GET')
      void readAll(incoming, slow ? 1 : 0).then(
        (bytes) => response.end(hash(bytes)),
        () => {},
      );
    else if (incoming.url?.startsWith('/small') === true) response.end('small');
    else {
      if (incoming.url?.startsWith('/closing') === true) response.useChunkedEncodingByDefault = false;
      if (incoming.url?.startsWith('/length') === true) response.setHeader('content-length', SIZE);
      response.end(body);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('bodies of megabytes', () => {
  test('bodies of megabytes come whole and in order, whoever is slow, and small responses between them', async () => {
    await using target = await openTarget();
    await using plane = await openPlane();
    plane.forwardTo(target.port);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const ask = (method: string, path: string, pause: number): Promise<Buffer> =>
      new Promise((resolve, reject) => {
        const sent = request({ host: '127.190.0.1', port: plane.port, method, path, agent, headers: { host: HOST } });
        sent.on('error', reject).on('response', (response) => resolve(readAll(response, pause)));
        sent.end(method === 'GET' ? undefined : body);
      });
    const asked = ['/length', '/chunked', '/closing'].flatMap((path) =>
      [0, 1].flatMap((pause) =>
        [1, 2].map(async () => {
          assert.equal(hash(await ask('GET', path, pause)), wanted, path);
          assert.equal((await ask('GET', '/small', 0)).toString(), 'small');
        }),
      ),
    );
    const told = ['/fast', '/slow-target', '/fast', '/slow-target'].map(async (path) => {
      assert.equal((await ask('POST', path, 0)).toString(), wanted, path);
      assert.equal((await ask('GET', '/small', 0)).toString(), 'small');
    });
    await Promise.all([...asked, ...told]);
    agent.destroy();
  });
});
