// How long a client is waited for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientWatch, type Watched } from './client-watch.ts';

const limits = { requestHeadTimeout: 30_000, clientIdleTimeout: 60_000, lingerPause: 2_000, lingerTime: 30_000 };

/** A connection in `state` that was given 1000 bytes, of which `left` are not taken. */
function watched(state: Watched['state'], left: number, lastActive = 0): Watched {
  const socket = { bytesWritten: 1000, writableLength: left, writableFinished: state === 'linger' && left === 0 };
  return { state, socket, lastActive, idle: state === 'head' };
}

test('a client that takes a little again and again is waited for, one that takes nothing is not', () => {
  for (const state of ['blocked', 'linger'] as const) {
    const watch = new ClientWatch(limits);
    watch.idleTimeout = 5_000;
    watch.owe(0);
    for (let now = 0, left = 900; left > 0; now += 4_000, left -= 100)
      assert.equal(watch.look(watched(state, left), now), 'stay');
    assert.equal(watch.look(watched(state, 100), 37_000), 'stay');
    assert.equal(watch.look(watched(state, 100), 37_001), 'reset');
  }
});

test('an unused connection ends as its service says, an unfinished head and an unread body as the limit says', () => {
  const watch = new ClientWatch(limits);
  assert.equal(watch.look(watched('head', 0), 60_000), 'stay');
  assert.equal(watch.look(watched('head', 0), 60_001), 'end');
  watch.idleTimeout = 1_000;
  assert.equal(watch.look(watched('head', 0, 5_000), 6_001), 'end');
  watch.owe(5_000);
  assert.equal(watch.look({ ...watched('head', 0), idle: false }, 35_000), 'stay');
  assert.equal(watch.look({ ...watched('head', 0), idle: false }, 35_001), 'refuse');
  assert.equal(watch.look(watched('discard', 0), 35_001), 'end');
});

test('what lingers is left when nothing comes any more, or when it has come for too long', () => {
  const watch = new ClientWatch(limits);
  watch.owe(0);
  assert.equal(watch.look(watched('linger', 0, 0), 2_000), 'stay');
  assert.equal(watch.look(watched('linger', 0, 0), 2_001), 'destroy');
  assert.equal(watch.look(watched('linger', 0, 29_999), 30_000), 'stay');
  assert.equal(watch.look(watched('linger', 0, 30_000), 30_001), 'destroy');
});
