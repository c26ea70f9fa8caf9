// Reports about targets, and when they are forgotten.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptySnapshot, type Snapshot, type TargetGroupRecord } from '../snapshot/index.ts';
import { createHealthBoard } from './health-board.ts';

let revision = 0;

function withTargets(targets: readonly string[], draining: readonly string[] = [], enabled = true): Snapshot {
  const group: TargetGroupRecord = {
    id: 'tg-1',
    revision: ++revision,
    arn: 'arn',
    name: 'web',
    type: 'IP',
    protocol: 'HTTP',
    protocolVersion: 'HTTP1',
    healthCheck: {
      ...{ enabled, protocol: 'HTTP', protocolVersion: 'HTTP1', path: '/', matcher: '200' },
      ...{ intervalSeconds: 30, timeoutSeconds: 5, healthyThreshold: 5, unhealthyThreshold: 2 },
    },
    upstreamTls: { verify: false },
    retry: { staleConnection: true },
    targets: targets.map((id) => ({ id, port: 80, address: id, draining: draining.includes(id) })),
  };
  return { ...emptySnapshot, revision, targetGroups: new Map([[group.id, group]]) };
}

function open(first: Snapshot) {
  const board = createHealthBoard();
  board.follow(first);
  board.put(
    ['a', 'b'].map((id) => ({ groupId: 'tg-1', target: `${id}|80`, health: 'unhealthy', reason: 'Target.Timeout' })),
  );
  const seen = () => ['a', 'b'].filter((id) => board.find('tg-1', `${id}|80`) !== undefined);
  return { board, seen };
}

test('find() gives the newest report with its reason', () => {
  const { board } = open(withTargets(['a', 'b']));
  assert.deepEqual(board.find('tg-1', 'a|80'), { health: 'unhealthy', reason: 'Target.Timeout' });
  board.put([{ groupId: 'tg-1', target: 'a|80', health: 'healthy' }]);
  assert.deepEqual(board.find('tg-1', 'a|80'), { health: 'healthy' });
});

test('follow() keeps what was reported of targets that stay', () => {
  const first = withTargets(['a', 'b']);
  const { board, seen } = open(first);
  board.follow({ ...first, revision: 9 });
  board.follow(withTargets(['b', 'a', 'c']));
  assert.deepEqual(seen(), ['a', 'b']);
});

test('follow() forgets targets that drain or went, also when they come back at once', () => {
  const { board, seen } = open(withTargets(['a', 'b']));
  board.follow(withTargets(['a', 'b'], ['a']));
  assert.deepEqual(seen(), ['b']);
  board.follow(withTargets(['a']));
  board.follow(withTargets(['a', 'b']));
  assert.deepEqual(seen(), []);
});

test('follow() forgets a group whose checks are turned off, and one that goes', () => {
  const off = open(withTargets(['a', 'b']));
  off.board.follow(withTargets(['a', 'b'], [], false));
  off.board.follow(withTargets(['a', 'b']));
  assert.deepEqual(off.seen(), []);
  const gone = open(withTargets(['a', 'b']));
  gone.board.follow(emptySnapshot);
  assert.deepEqual(gone.seen(), []);
});
