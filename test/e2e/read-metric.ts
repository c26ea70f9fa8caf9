// One counter of a server as its metrics page has it.

import type { TestServer } from '../server.ts';

/** The sum of a metric's series that have all `labels`. */
export async function readMetric({ api }: TestServer, name: string, labels: readonly string[] = []): Promise<number> {
  const text = await (await fetch(`${api}/-/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return lines
    .filter((line) => labels.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
