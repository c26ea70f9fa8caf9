// `pergola status`: asks a server how it is and prints that for people or as JSON.

import { callApi, formatApiError } from './api-client.ts';
import { failureStatus, parseOptions, type CommandIo } from './command-io.ts';
import { formatStatus, type ServerStatus } from './format-status.ts';
import { findServer, serverOptions } from './server-file.ts';

/** How `pergola status` is called. */
export const statusUsage = `usage: npx pergola status [--json] [--data DIR | --api HOST:PORT]
`;

/** Prints what `GET /-/status` answers. Resolves with the exit status: 0 also when the server tells of problems. */
export async function showStatus(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const { json, ...options } = parseOptions(args, { ...serverOptions, json: { type: 'boolean' } });
    const server = findServer(options, io.environment);
    const answer = await callApi(server, { method: 'GET', path: '/-/status' }, io.now());
    if (answer.status !== 200) {
      io.err(`pergola status: ${formatApiError(answer)}\n`);
      return 1;
    }
    if (json === true) io.out(`${JSON.stringify(answer.body, undefined, 2)}\n`);
    else io.out(`${server.api}\n${formatStatus(answer.body as ServerStatus)}`);
    return 0;
  } catch (error) {
    return failureStatus(error, 'status', statusUsage, io);
  }
}
