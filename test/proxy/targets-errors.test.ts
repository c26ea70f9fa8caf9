// Every way in which a target, or the lack of one, ends a request: what the client gets, and what the log says.

import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { openPlane, type Plane } from './plane.ts';
import { eventually, head, openRawClient, openRawTarget, type RawPeer } from './raw-ends.ts';

/** How a case ends. `status` is what the log says, 0 when there was no response; `answer` what the client got of it, which is empty when nothing fitted any more. */
interface Ending {
  readonly name: string;
  /** What the target does with each piece that it gets; absent: nothing listens there. */
  readonly target?: (peer: RawPeer) => void;
  /** What the client does once the target has something. */
  readonly client?: (client: ReturnType<typeof openRawClient>) => void;
  readonly limits?: Parameters<typeof openPlane>[0];
  /** The service's idle timeout in seconds. */
  readonly idle?: number;
  readonly status: number;
  readonly reason: string;
  readonly answer: RegExp;
  /** How the client's connection ends, if it does. */
  readonly end?: 'fin' | 'reset';
}

const write =
  (text: string) =>
  ({ socket }: RawPeer): void =>
    void socket.write(text, 'latin1');

const endings: readonly Ending[] = [
  {
    name: 'nothing listens: 500 TargetConnectionError',
    status: 500,
    reason: 'TargetConnectionError',
    answer: /^HTTP\/1\.1 500 [^]*no connection to a target\n$/,
  },
  {
    name: 'it closes without an answer: 502 TargetConnectionClosed',
    target: ({ socket }) => void socket.end(),
    status: 502,
    reason: 'TargetConnectionClosed',
    answer: /^HTTP\/1\.1 502 /,
  },
  {
    name: 'it resets without an answer: 502 TargetConnectionClosed',
    target: ({ socket }) => void socket.resetAndDestroy(),
    status: 502,
    reason: 'TargetConnectionClosed',
    answer: /^HTTP\/1\.1 502 /,
  },
  {
    name: 'it closes within the head: 502 TargetConnectionClosed',
    target: ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\ncontent-le'),
    status: 502,
    reason: 'TargetConnectionClosed',
    answer: /^HTTP\/1\.1 502 /,
  },
  {
    name: 'it closes within the body: cut off, TargetConnectionClosed',
    target: ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'),
    status: 200,
    reason: 'TargetConnectionClosed',
    answer: /^HTTP\/1\.1 200 OK[^]*abc$/,
    end: 'reset',
  },
  {
    name: 'it speaks something else: 502 TargetProtocolError',
    target: write('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
    status: 502,
    reason: 'TargetProtocolError',
    answer: /^HTTP\/1\.1 502 /,
  },
  {
    name: 'its chunks break: cut off, TargetProtocolError',
    target({ socket }) {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      setTimeout(() => socket.write('nonsense\r\n'), 100);
    },
    status: 200,
    reason: 'TargetProtocolError',
    answer: /^HTTP\/1\.1 200 OK/,
    end: 'reset',
  },
  {
    name: 'it says nothing: 504 TargetDataTimeout',
    target: () => {},
    idle: 0.3,
    status: 504,
    reason: 'TargetDataTimeout',
    answer: /^HTTP\/1\.1 504 /,
  },
  {
    name: 'it stops within the body: cut off, TargetDataTimeout',
    target: write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'),
    idle: 0.3,
    status: 200,
    reason: 'TargetDataTimeout',
    answer: /^HTTP\/1\.1 200 OK[^]*abc$/,
    end: 'reset',
  },
  {
    name: 'the client resets: ClientConnectionClosed',
    target: () => {},
    client: ({ socket }) => void socket.resetAndDestroy(),
    status: 0,
    reason: 'ClientConnectionClosed',
    answer: /^$/,
  },
  {
    name: 'the connection becomes too old: 504 ConnectionDurationExceeded',
    target: () => {},
    limits: { maxConnectionDuration: 200, clientIdleTimeout: 200 },
    status: 504,
    reason: 'ConnectionDurationExceeded',
    answer: /^HTTP\/1\.1 504 /,
  },
];

async function judge(ending: Ending, plane: Plane, port: number, targetHas: () => boolean): Promise<void> {
  plane.forwardTo(port);
  const client = openRawClient(plane, head('GET /x'));
  if (ending.client !== undefined) {
    await eventually('the target has the request', targetHas, 20_000);
    ending.client(client);
  }
  await eventually('the log line', () => plane.log.length > 0, 20_000);
  const [line = {}] = plane.log;
  assert.equal(line['responseCode'], ending.status);
  assert.equal(line['failureReason'], ending.reason);
  assert.equal(line['targetIpPort'], `127.0.0.1:${port}`);
  assert.match(String(line['targetGroupArn']), /targetgroup\/tg-1$/);
  assert.equal(line['requestPath'], '/x');
  if (ending.end !== undefined) await eventually('the end of the connection', () => client.end === ending.end, 20_000);
  else if (ending.status !== 0) await eventually('the answer', () => ending.answer.test(client.got), 20_000);
  assert.match(client.got, ending.answer);
  client.socket.destroy();
}

describe('a request ends', { concurrency: true }, () => {
  for (const ending of endings)
    test(`when ${ending.name}`, async () => {
      await using plane = await openPlane(ending.limits, ending.idle);
      const { target } = ending;
      if (target === undefined) {
        const gone = createServer();
        await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
        const { port } = gone.address() as AddressInfo;
        await new Promise((resolve) => gone.close(resolve));
        await judge(ending, plane, port, () => true);
        return;
      }
      await using opened = await openRawTarget(target);
      await judge(ending, plane, opened.port, () => opened.peers.length > 0);
    });

  test('when no target is there, or none takes requests: 503 without a reason', async () => {
    await using plane = await openPlane();
    const none: readonly (readonly [targets: readonly object[], sentence: RegExp])[] = [
      [[], /no registered targets\n$/],
      [[{ id: 'i-1', port: 80, draining: false }], /no target that takes requests\n$/],
      [[{ id: '127.0.0.1', address: '127.0.0.1', port: 80, draining: true }], /no target that takes requests\n$/],
    ];
    for (const [targets, sentence] of none) {
      plane.forwardTo([], { targets: targets as never });
      const client = openRawClient(plane, head('GET /'));
      await eventually('the answer', () => sentence.test(client.got), 20_000);
      assert.match(client.got, /^HTTP\/1\.1 503 /);
      client.socket.destroy();
    }
    assert.deepEqual(
      plane.log.map((line) => [line['responseCode'], line['failureReason'], line['targetIpPort']]),
      [
        [503, '-', '-'],
        [503, '-', '-'],
        [503, '-', '-'],
      ],
    );
  });
});
