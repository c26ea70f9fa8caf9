// One request on a connection of its own, for tests of targets.

import { head as requestHead, eventually, openRawClient } from './raw-ends.ts';
import type { Plane } from './plane.ts';

/** A request line and its header lines with what makes the answer the last of its connection. */
export function lastHead(line: string, ...lines: readonly string[]): string {
  return requestHead(line, 'connection: close', ...lines);
}

/** Sends a request that ends with its connection; resolves with everything that came (latin1). */
export async function ask(plane: Plane, text: string): Promise<string> {
  const client = openRawClient(plane, text);
  await eventually('the end of the connection', () => client.end !== 'open', 30_000);
  client.socket.destroy();
  return client.got;
}
