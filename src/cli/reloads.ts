// How control lets the supervisor replace every process: the file is read, judged against what stands, and only then obeyed.

import type { FromControl, ToControl } from './messages.ts';
import type { ServerSettings } from './settings.ts';

/** What became of a wish to reload: the generation that comes, or why nothing has changed. */
export interface ReloadAnswer {
  readonly generation: number;
  readonly problem?: string | undefined;
}

/** The asking side. */
export interface Reloads {
  reload(): Promise<ReloadAnswer>;
  onReread(message: Extract<ToControl, { type: 'reread' }>): void;
  onReloading(message: Extract<ToControl, { type: 'reloading' }>): void;
}

/** Asks through `say`; `judge` says why what stands does not allow settings. */
export function createReloads(
  say: (message: FromControl) => void,
  judge: (settings: ServerSettings) => string | undefined,
): Reloads {
  const waiting = new Map<number, (answer: ReloadAnswer) => void>();
  let last = 0;
  const answer = (id: number, it: ReloadAnswer): void => {
    waiting.get(id)?.(it);
    waiting.delete(id);
  };
  return {
    reload: () =>
      new Promise((resolve) => {
        const id = ++last;
        waiting.set(id, resolve);
        say({ type: 'reload', id, judged: false });
      }),
    onReread({ id, settings }) {
      const problem = judge(settings);
      if (problem === undefined) say({ type: 'reload', id, judged: true });
      else answer(id, { generation: 0, problem: `the configuration does not fit what stands: ${problem}` });
    },
    onReloading: ({ id, generation, problem }) => answer(id, { generation, problem }),
  };
}
