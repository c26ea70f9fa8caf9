// Which operations passing tests really called, and which of them a test saw in traffic: written down for docs/parity.md.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';

/** `tested`: a call was answered. `enforced`: a case that says so saw in real traffic what the call did. */
const seen = { tested: new Set<string>(), enforced: new Set<string>() };

// A file of tests counts only when every test in it has passed: node:test then leaves with 0.
process.on('exit', (code) => {
  const folder = process.env['PERGOLA_RECORD_CALLS'];
  // What other tests call is by the way.
  if (folder === undefined || code !== 0 || !/[\\/]test[\\/](api|e2e)[\\/]/.test(process.argv[1] ?? '')) return;
  for (const mark of ['tested', 'enforced'] as const)
    for (const operation of seen[mark]) appendFileSync(join(folder, 'calls.txt'), `${mark} ${operation}\n`);
});

/** Makes `client` remember its answered calls; when PERGOLA_RECORD_CALLS names a folder, they are added to calls.txt there. `told` hears of each. */
export function recordCalls(client: VPCLatticeClient, told: (operation: string) => void = () => {}): VPCLatticeClient {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const operation = (context.commandName ?? '').replace(/Command$/, '');
      seen.tested.add(operation);
      told(operation);
      return result;
    },
    { step: 'initialize' },
  );
  return client;
}

/** Remembers that a case which passed saw in traffic what these operations did; throws when it did not call one of them. */
export function recordEnforced(operations: readonly string[], called: ReadonlySet<string>): void {
  const absent = operations.filter((operation) => !called.has(operation));
  if (absent.length > 0) throw new Error(`the case says that it enforces ${absent.join(', ')}, and did not call it`);
  for (const operation of operations) seen.enforced.add(operation);
}
