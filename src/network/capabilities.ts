// What this process may do on this machine: tried, not guessed.

import { isBuiltin } from 'node:module';
import { bindHandle } from './raw-handles.ts';
import { namespacePath } from './names.ts';
import type { Run } from './run.ts';
import { loopbackDnsPort } from './sockets.ts';

/**
 * Undefined when namespaces, links and packet filters can be made (tried with a namespace `pgtry-PID` that is removed
 * again), else a sentence with the reason.
 */
export async function whyNoNamespaces(run: Run, pid: number): Promise<string | undefined> {
  // Asked, not loaded: only helpers do that.
  if (!isBuiltin('node:ffi')) return 'this Node has no node:ffi, by which helpers enter namespaces';
  const name = `pgtry-${pid}`;
  const peer = `${name}b`;
  try {
    await run({
      argv: ['ip', '-batch', '-'],
      stdin: [
        `netns add ${name}`,
        `netns add ${peer}`,
        `link add veth0 netns ${name} type veth peer name veth1 netns ${peer}`,
        '',
      ].join('\n'),
    });
    await run({
      argv: ['nsenter', `--net=${namespacePath(name)}`, 'nft', '-f', '-'],
      stdin:
        'table inet t {\n chain c {\n  type filter hook input priority 0; policy drop;\n  ct state established accept\n }\n}\n',
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    for (const one of [name, peer]) await run({ argv: ['ip', 'netns', 'del', one] }).catch(() => '');
  }
}

/** Whether this process may bind ports below 1024: tried on those that are least in use. */
export function canBindLowPorts(): boolean {
  for (const port of [1, 2, 3, 5, 6]) {
    try {
      bindHandle({ kind: 'tcp', family: 4, address: '127.0.0.1', port }).handle.close();
      return true;
    } catch (error) {
      if (error instanceof Error && error.message.endsWith('EACCES')) return false;
    }
  }
  return false;
}

/** The first `n` (1–99) from `from` on, not in `taken`, whose part of 127/8 nobody on this machine uses; undefined when all are taken. */
export function pickLoopbackNumber(taken: ReadonlySet<number>, from = 1): number | undefined {
  for (let i = 0; i < 99; i++) {
    const n = ((from - 1 + i) % 99) + 1;
    if (taken.has(n)) continue;
    try {
      for (const kind of ['udp', 'tcp'] as const)
        bindHandle({ kind, family: 4, address: `127.${n}.0.2`, port: loopbackDnsPort }).handle.close();
      return n;
    } catch {
      // In use by another server, or not an address of this machine.
    }
  }
  return undefined;
}
