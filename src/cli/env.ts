// `pergola env`: prints the shell lines that point AWS clients at a server.

import { failureStatus, parseOptions, type CommandIo } from './command-io.ts';
import { findServer, serverOptions } from './server-file.ts';

/** How `pergola env` is called. */
export const envUsage = `usage: npx pergola env [--data DIR | --api HOST:PORT]      (eval "$(npx pergola env)")
`;

/**
 * Prints `export AWS_…` lines: endpoint, region under both names that clients read, and the keys. Resolves with the exit status.
 */
export function env(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const server = findServer(parseOptions(args, serverOptions), io.environment);
    const lines = Object.entries({
      AWS_ENDPOINT_URL: server.api,
      AWS_REGION: server.region,
      // boto3 and the AWS CLI before version 2 read only this one.
      AWS_DEFAULT_REGION: server.region,
      AWS_ACCESS_KEY_ID: server.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
      ...(server.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: server.sessionToken }),
    }).map(([name, value]) => `export ${name}=${quote(value)}\n`);
    // A token of other keys would make every call fail.
    if (server.sessionToken === undefined && io.environment['AWS_SESSION_TOKEN'] !== undefined)
      lines.push('unset AWS_SESSION_TOKEN\n');
    io.out(lines.join(''));
    return Promise.resolve(0);
  } catch (error) {
    return Promise.resolve(failureStatus(error, 'env', envUsage, io));
  }
}

/** A word of a POSIX shell; quoted only when it must be. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
