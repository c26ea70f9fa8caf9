// Checks a property with a seed that repeats, and says how to repeat what failed.

import fc from 'fast-check';

/**
 * Runs `property` `runs` times, always with the same seed: a test fails today or never. `PERGOLA_RUNS=N` runs it N times with a seed of
 * the moment, `PERGOLA_SEED=S` with that one. A failure ends with the command that repeats it.
 */
export function checkProperty<T extends [unknown, ...unknown[]]>(
  file: string,
  runs: number,
  property: fc.IProperty<T> | fc.IAsyncProperty<T>,
): Promise<void> {
  const { PERGOLA_RUNS, PERGOLA_SEED, PERGOLA_PATH } = process.env;
  const seed = Number(PERGOLA_SEED ?? (PERGOLA_RUNS === undefined ? 1 : Date.now() % 2 ** 31));
  return Promise.resolve(
    fc.check(property, {
      seed,
      numRuns: Number(PERGOLA_RUNS ?? runs),
      ...(PERGOLA_PATH === undefined ? {} : { path: PERGOLA_PATH }),
    }),
  ).then((details: fc.RunDetails<T>) => {
    if (!details.failed) return;
    const repeat = `PERGOLA_SEED=${details.seed} PERGOLA_PATH=${details.counterexamplePath ?? ''} node --test ${file}`;
    throw new Error(`${fc.defaultReportMessage(details) ?? 'it failed'}\nTo repeat the smallest failure: ${repeat}`, {
      cause: details.errorInstance,
    });
  });
}
