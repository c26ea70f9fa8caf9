// Envoy that asks an authorization service on Pergola's own rooms about every request (ext_authz over gRPC): what a gateway without auth policies would do.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../loopback.ts';
import { startPeer, type Contender, type Place } from '../peers.ts';
import { start, treeOf } from '../processes.ts';
import type { AuthzSetting } from './service.ts';

/** Starts both in front of `target`, one worker each; the CPU time is of both together. `stack` ends them. */
export async function startExtAuthz(
  stack: AsyncDisposableStack,
  options: {
    readonly directory: string;
    readonly target: Place;
    readonly hostHeader: string;
    readonly setting: Omit<AuthzSetting, 'socket'>;
  },
): Promise<Contender> {
  const { directory, target, hostHeader, setting } = options;
  const socket = join(directory, 'authz.sock');
  const file = join(directory, 'authz.json');
  writeFileSync(file, JSON.stringify({ ...setting, socket } satisfies AuthzSetting), { mode: 0o600 });
  // The Node that Pergola runs on.
  const service = stack.use(start([process.execPath, join(import.meta.dirname, 'service.ts'), file]));
  for (let attempt = 0; !existsSync(socket); attempt++) {
    if (attempt === 400) throw new Error(`the authorization service does not listen\n${service.errors()}`);
    await delay(50);
  }
  const listen = { host: '127.0.0.1', port: await freePort('127.0.0.1') };
  const envoy = stack.use(await startPeer('envoy', { directory, target, listen, enter: [], authz: socket }));
  return {
    ...envoy,
    name: 'envoy with ext_authz',
    hostHeader,
    pids: () => [...envoy.pids(), ...treeOf(service.pid)],
  };
}
