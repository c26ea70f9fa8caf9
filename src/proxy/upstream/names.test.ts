// Names of targets: when they are asked for, and what stays known.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../../base/clock.ts';
import { createTargetNames, type ResolvedName } from './names.ts';

function open(answers: readonly (ResolvedName | Error | undefined)[]) {
  const clock = createManualClock();
  const left = [...answers];
  const told: string[] = [];
  const failures = { value: 0 };
  let asked = 0;
  let wanted = true;
  const names = createTargetNames({
    clock,
    resolve: () => {
      asked++;
      const answer = left.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    failures,
    wanted: () => wanted,
    changed: (vpcId, name) => void told.push(`${vpcId} ${name}`),
  });
  return {
    names,
    failures,
    told,
    now: () => names.addresses('vpc-1', 'lb.test').join(),
    asked: () => asked,
    lose: () => void (wanted = false),
    advance: async (seconds: number) => {
      clock.advance(seconds * 1000);
      await new Promise(setImmediate);
    },
  };
}

test('addresses() asks once, and again as the time to live says', async () => {
  const { now, told, asked, advance } = open([
    { addresses: ['10.0.0.2', '10.0.0.1'], ttl: 60 },
    { addresses: ['10.0.0.1', '10.0.0.2'], ttl: 60 },
    { addresses: ['10.0.0.3'], ttl: 0 },
  ]);
  assert.equal(now(), '');
  await advance(0);
  assert.equal(now(), '10.0.0.1,10.0.0.2');
  assert.deepEqual(told.splice(0), ['vpc-1 lb.test']);
  await advance(59);
  assert.equal(asked(), 1);
  await advance(1);
  assert.equal(asked(), 2);
  assert.deepEqual(told, []);
  await advance(60);
  assert.equal(now(), '10.0.0.3');
  assert.deepEqual(told, ['vpc-1 lb.test']);
});

test('a failure keeps the last good answer, and is tried again soon', async () => {
  const good = { addresses: ['10.0.0.1'], ttl: 30 };
  const { now, asked, advance, failures } = open([good, undefined, new Error('no'), { addresses: [], ttl: 30 }, good]);
  now();
  await advance(0);
  for (const seconds of [30, 5, 5, 5]) {
    await advance(seconds);
    assert.equal(now(), '10.0.0.1');
  }
  assert.equal(asked(), 5);
  assert.equal(failures.value, 3);
});

test('a name that no target has any more is not asked for', async () => {
  const { now, asked, advance, lose } = open([{ addresses: ['10.0.0.1'], ttl: 30 }]);
  now();
  await advance(0);
  lose();
  await advance(30);
  await advance(300);
  assert.equal(asked(), 1);
});

test('close() ends the questions', async () => {
  const { names, now, told, asked, advance } = open([{ addresses: ['10.0.0.1'], ttl: 30 }]);
  now();
  names.close();
  await advance(0);
  await advance(300);
  assert.equal(asked(), 1);
  assert.deepEqual(told, []);
});
