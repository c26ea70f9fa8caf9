// `pergola reload`: replaces control and workers of a running server without a lost connection, and waits until that is done.

import { setTimeout as sleep } from 'node:timers/promises';
import { callApi, formatApiError } from './api-client.ts';
import { failureStatus, parseOptions, type CommandIo } from './command-io.ts';
import type { ServerStatus } from './format-status.ts';
import { findServer, serverOptions } from './server-file.ts';

/** How `pergola reload` is called. */
export const reloadUsage = `usage: npx pergola reload [--data DIR | --api HOST:PORT]
`;

/** How long everything may take, and between looks, in milliseconds. */
const PATIENCE = 60_000;
const LOOK = 100;

/**
 * Reloads. Resolves with the exit status: 0 when every process is a new one, 1 when that is not so after a minute, 3 when the
 * configuration is refused or only a restart would do; nothing has changed then.
 */
export async function reload(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const server = findServer(parseOptions(args, serverOptions), io.environment);
    const begun = await callApi(server, { method: 'POST', path: '/-/reload' }, io.now());
    if (begun.status !== 202) {
      io.err(`pergola reload: ${formatApiError(begun)}\n`);
      return begun.status === 409 ? 3 : 1;
    }
    const { generation } = begun.body as { readonly generation: number };
    for (const end = io.now() + PATIENCE; io.now() < end; await sleep(LOOK)) {
      // The control process that is asked may be the one that goes.
      const answer = await callApi(server, { method: 'GET', path: '/-/status' }, io.now()).catch(() => undefined);
      const status = answer?.status === 200 ? (answer.body as ServerStatus) : undefined;
      if (status === undefined || status.generation < generation) continue;
      const workers = status.workers.map(({ pid }) => pid).join(', ');
      io.out(
        `reloaded: control ${status.controlPid}, workers ${workers}; the supervisor ${status.supervisorPid} stays\n`,
      );
      return 0;
    }
    io.err(
      `pergola reload: not everything was replaced within ${PATIENCE / 1000} seconds; the server's log says why\n`,
    );
    return 1;
  } catch (error) {
    return failureStatus(error, 'reload', reloadUsage, io);
  }
}
