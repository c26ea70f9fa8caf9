// Ports that no program of this machine has taken at every address: tests listen on addresses of their own, where only those stand in the way.

import { readFileSync } from 'node:fs';

/** The first of `count` ports in a row, from `first` on, that nobody listens on at the wildcard address. */
export function pickPorts(first: number, count: number): number {
  const taken = wildcardListeners();
  for (let port = first; port < first + 1000; port++) {
    const row = Array.from({ length: count }, (_, i) => port + i);
    if (row.every((one) => !taken.has(one))) return port;
  }
  throw new Error(`every port from ${first} on is in use`);
}

/** The first port from 80 on that is free as it is and 20,000 higher, where users without the right to it find it. */
export function pickLowPort(): number {
  const taken = wildcardListeners();
  for (let port = 80; port < 1024; port++) if (!taken.has(port) && !taken.has(port + 20_000)) return port;
  throw new Error('every port from 80 to 1023 is in use');
}

/** Looked up, not tried: a socket that is bound only to try stands in the way of other tests. */
function wildcardListeners(): ReadonlySet<number> {
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => {
    try {
      return readFileSync(path, 'utf8').split('\n').slice(1);
    } catch {
      // Another system than Linux, or one without IPv6.
      return [];
    }
  });
  return new Set(
    lines.flatMap((line) => {
      const [, local = '', , state] = line.trim().split(/\s+/);
      const [, port = ''] = /^0+:([0-9A-F]{4})$/.exec(local) ?? [];
      return state === '0A' && port !== '' ? [Number.parseInt(port, 16)] : [];
    }),
  );
}
