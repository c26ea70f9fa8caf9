// Which operations passing tests really called: SDK clients write them down for docs/parity.md.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';

/** `api`: over a store alone. `e2e`: real traffic showed what the call did. */
export type Suite = 'api' | 'e2e';

const called: Record<Suite, Set<string>> = { api: new Set(), e2e: new Set() };

// A file of tests counts only when every test in it has passed: node:test then leaves with 0.
process.on('exit', (code) => {
  const folder = process.env['PERGOLA_RECORD_CALLS'];
  if (folder === undefined || code !== 0) return;
  for (const suite of ['api', 'e2e'] as const)
    for (const operation of called[suite]) appendFileSync(join(folder, 'calls.txt'), `${suite} ${operation}\n`);
});

/** Makes `client` remember its successful calls; when PERGOLA_RECORD_CALLS names a folder, they are added to calls.txt there. */
export function recordCalls(client: VPCLatticeClient, suite: Suite): VPCLatticeClient {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      called[suite].add((context.commandName ?? '').replace(/Command$/, ''));
      return result;
    },
    { step: 'initialize' },
  );
  return client;
}
