// Loaded into workers by a bench (`--import`): writes down how long their loop stood, four times a second.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/** A line of the file. Milliseconds: `at` since the epoch, the others the longest time between two turns, of the processor and of the clock. */
export interface LoopLine {
  readonly at: number;
  readonly processor: number;
  readonly clock: number;
}

const folder = process.env['PERGOLA_BENCH_LOOP'];
if (folder !== undefined && process.argv[1]?.includes('worker-process') === true)
  watch(join(folder, `${process.pid}.jsonl`));

/** The time of the processor is what counts: on a shared machine a loop also stands because others run. */
function watch(file: string): void {
  const used = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let [processor, clock] = [0, 0];
  let [lastUsed, lastTime] = [used(), performance.now()];
  setInterval(() => {
    const [nowUsed, nowTime] = [used(), performance.now()];
    processor = Math.max(processor, nowUsed - lastUsed);
    clock = Math.max(clock, nowTime - lastTime);
    [lastUsed, lastTime] = [nowUsed, nowTime];
  }, 1).unref();
  setInterval(() => {
    const line: LoopLine = { at: Date.now(), processor, clock };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
    [processor, clock] = [0, 0];
  }, 250).unref();
}
