// The table of raw responses: each sent whole and byte by byte; what the client gets is compared byte for byte.

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { systemRandom } from '../../src/base/random.ts';
import { responseNormalisations, responseRefusals } from '../../src/proxy/http1/rules.ts';
import { openPlane, type Plane } from './plane.ts';
import { eventually, openRawClient, openRawTarget } from './raw-ends.ts';
import { broken, get, ID, id, ok, rows } from './raw-responses/rows.ts';

/** What the target does next. */
interface Script {
  send: string;
  pieces: boolean;
  closes: boolean;
}

/** A plane before a target that follows `script`. */
async function openScript(): Promise<{ readonly plane: Plane; readonly script: Script } & AsyncDisposable> {
  const script: Script = { send: '', pieces: false, closes: false };
  const play = async (socket: Socket, { send, pieces, closes }: Script): Promise<void> => {
    socket.setNoDelay(true);
    const size = !pieces ? send.length : send.length > 2000 ? 977 : 1;
    for (let at = 0; at < send.length; at += size) {
      socket.write(send.slice(at, at + size), 'latin1');
      await new Promise(setImmediate);
    }
    if (closes) socket.end();
  };
  const target = await openRawTarget((peer) => {
    if (!peer.got.endsWith('\r\n\r\n')) return;
    peer.got = '';
    const now = { ...script };
    // The next request is a plain one.
    Object.assign(script, { send: `${ok}content-length: 4\r\n\r\nnext`, pieces: false, closes: false });
    void play(peer.socket, now);
  });
  const plane = await openPlane({}, 60, { random: { ...systemRandom, uuid: () => ID } });
  plane.forwardTo(target.port);
  return {
    plane,
    script,
    async [Symbol.asyncDispose]() {
      await plane[Symbol.asyncDispose]();
      await target[Symbol.asyncDispose]();
    },
  };
}

test('every raw response reaches the client as the table says, or is refused', async (t) => {
  await using open = await openScript();
  const { plane, script } = open;
  for (const pieces of [false, true])
    for (const row of rows)
      await t.test(`${row.name}${pieces ? ', byte by byte' : ''}`, async () => {
        Object.assign(script, { send: row.send, pieces, closes: row.closes === true });
        const client = openRawClient(plane, row.request ?? get);
        const { refused: rule } = row;
        const reason =
          rule === undefined
            ? ''
            : `the target sent a response that is not HTTP/1.1: ${responseRefusals[rule].reason}\n`;
        // Interim responses have gone on before it is seen that they do not end.
        const interim = (): string => client.got.slice(0, client.got.indexOf('HTTP/1.1 502'));
        const wanted = (): string =>
          row.gets ??
          `${interim()}HTTP/1.1 502 Bad Gateway\r\ncontent-length: ${reason.length}\r\ncontent-type: text/plain\r\n${id}\r\n${reason}`;
        await eventually(
          'the response',
          () =>
            client.got.length >= wanted().length &&
            client.got.endsWith(wanted().slice(-5)) &&
            (row.end === undefined || client.end !== 'open'),
        );
        assert.equal(client.got, wanted());
        assert.equal(client.end, row.end ?? 'open');
        if (row.end === undefined) {
          client.got = '';
          client.socket.write(get);
          await eventually('the next response', () => client.got.endsWith('next'));
          assert.equal(client.got, `${ok}content-length: 4\r\n${id}\r\nnext`);
        }
        client.socket.destroy();
      });
});

test('a chunked response that breaks is 502 when nothing of it was sent, else the client is cut off', async (t) => {
  await using open = await openScript();
  const { plane, script } = open;
  for (const pieces of [false, true])
    for (const [name, body] of broken)
      await t.test(`${name}${pieces ? ', byte by byte' : ''}`, async () => {
        Object.assign(script, { send: `${ok}transfer-encoding: chunked\r\n\r\n${body}`, pieces, closes: false });
        const client = openRawClient(plane, get);
        await eventually(
          'the verdict',
          () => client.got.endsWith('malformed chunked body\n') || client.end === 'reset',
        );
        if (pieces) assert.equal(client.end, 'reset');
        else assert.match(client.got, /^HTTP\/1\.1 502 /);
        assert.ok(!client.got.endsWith('0\r\n\r\n'));
        client.socket.destroy();
      });
});

test('the table has a row for every rule about responses', () => {
  const shown = new Set<string>(['body', ...rows.map(({ refused: rule, shows }) => rule ?? shows ?? '')]);
  for (const name of [...Object.keys(responseRefusals), ...Object.keys(responseNormalisations)])
    assert.ok(shown.has(name), name);
});
