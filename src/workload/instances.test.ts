import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { createSeededRandom } from '../base/random.ts';
import { Instances, type WantedInstance } from './instances.ts';
import { parseStartTime } from './process-table.ts';
import type { SavedState } from './state-file.ts';

const web: WantedInstance = {
  id: 'i-web',
  vpcId: 'vpc-a',
  address: '10.0.1.10',
  argv: ['node', 'web.mjs'],
  environment: { A: '1' },
};

/** A machine whose processes are entries of a map, and a runner on it. */
function machine(saved: SavedState = { instances: [], workloads: [] }) {
  const alive = new Map<number, { startTime: string; onExit: () => void; deaf: boolean }>();
  const clock = createManualClock();
  const signals: string[] = [];
  const state = {
    value: saved,
    update: (part: Partial<SavedState>): void => void (state.value = { ...state.value, ...part }),
  };
  const kill = (pid: number): void => {
    const one = alive.get(pid);
    alive.delete(pid);
    one?.onExit();
  };
  let next = 100;
  const make = (): Instances =>
    new Instances({
      start: (wanted, onExit) => {
        if (wanted.argv[0] === 'missing') return undefined;
        const pid = next++;
        alive.set(pid, { startTime: `${pid}0`, onExit, deaf: wanted.argv[0] === 'deaf' });
        return { pid, startTime: `${pid}0` };
      },
      processes: {
        startTime: (pid) => alive.get(pid)?.startTime,
        signalGroup: (pid, signal) => {
          if (!alive.has(pid)) return;
          signals.push(`${signal} ${pid}`);
          if (alive.get(pid)?.deaf === false || signal === 'SIGKILL') kill(pid);
        },
      },
      state,
      clock,
      random: createSeededRandom(1),
      log: silentLog,
    });
  return { alive, clock, signals, state, kill, make };
}

test('Instances starts what is wanted once and ends what is not', async () => {
  const { alive, signals, make } = machine();
  const instances = make();
  await instances.sync([web]);
  await instances.sync([web]);
  assert.deepEqual([...alive.keys()], [100]);
  await instances.sync([]);
  assert.equal(alive.size, 0);
  assert.deepEqual(signals, ['SIGTERM 100']);
});

test('Instances starts a process again that is wanted with another command', async () => {
  const { alive, make } = machine();
  const instances = make();
  await instances.sync([web]);
  await instances.sync([{ ...web, argv: ['node', 'other.mjs'] }]);
  assert.deepEqual([...alive.keys()], [101]);
});

test('Instances restarts a process that ended, later each time, and tells of it', async () => {
  const { alive, clock, kill, make } = machine();
  const instances = make();
  await instances.sync([web]);
  kill(100);
  clock.advance(99);
  assert.equal(alive.size, 0);
  clock.advance(101);
  assert.deepEqual([...alive.keys()], [101]);
  kill(101);
  clock.advance(199);
  assert.equal(alive.size, 0);
  clock.advance(201);
  kill(102);
  assert.deepEqual(instances.problems, ['instance i-web ended 3 times soon after its start']);
});

test('Instances goes on trying a command that cannot be started', async () => {
  const { clock, make } = machine();
  const instances = make();
  await instances.sync([{ ...web, argv: ['missing'] }]);
  clock.advance(60_000);
  assert.equal(instances.problems.length, 1);
});

test('Instances adopts the process of an earlier run by id and start time, and restarts it when it ends', async () => {
  const first = machine();
  await first.make().sync([web]);
  const again = machine(first.state.value);
  again.alive.set(100, { startTime: '1000', onExit: () => {}, deaf: false });
  const instances = again.make();
  await instances.sync([web]);
  assert.deepEqual([...instances.running.values()], [{ pid: 100, startTime: '1000' }]);
  assert.deepEqual(
    instances.unknown([web, { ...web, id: 'i-other' }]).map(({ id }) => id),
    ['i-other'],
  );
  again.alive.delete(100);
  again.clock.advance(500);
  assert.equal(instances.running.size, 0);
  again.clock.advance(200);
  assert.equal(instances.running.size, 1);
});

test('Instances leaves a process alone that has the id of an old one and another start time', async () => {
  const first = machine();
  await first.make().sync([web]);
  const again = machine(first.state.value);
  again.alive.set(100, { startTime: '77', onExit: () => {}, deaf: false });
  await again.make().sync([]);
  assert.ok(again.alive.has(100));
  assert.deepEqual(again.signals, []);
});

test('Instances ends processes of an earlier run that are not wanted any more', async () => {
  const first = machine();
  await first.make().sync([web]);
  const again = machine(first.state.value);
  again.alive.set(100, { startTime: '1000', onExit: () => {}, deaf: false });
  await again.make().sync([]);
  assert.equal(again.alive.size, 0);
});

test('Instances kills a process that does not end when it is asked to', async () => {
  const { clock, signals, make } = machine();
  const instances = make();
  await instances.sync([{ ...web, argv: ['deaf'] }]);
  const stopped = instances.stop();
  for (let i = 0; i < 300; i++) {
    clock.advance(20);
    await Promise.resolve();
  }
  await stopped;
  assert.deepEqual(signals, ['SIGTERM 100', 'SIGKILL 100']);
});

test('parseStartTime() is not misled by a name with brackets, and takes a zombie without threads for none', () => {
  const stat = (state: string, threads: number): string =>
    [`12 (a) b (c) ${state}`, ...Array.from({ length: 30 }, (_, i) => (i === 16 ? threads : i + 4))].join(' ');
  assert.equal(parseStartTime(stat('S', 1)), '22');
  assert.equal(parseStartTime(stat('Z', 2)), '22');
  assert.equal(parseStartTime(stat('Z', 1)), undefined);
});
