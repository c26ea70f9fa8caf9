// `pergola sign`: a local proxy that signs what clients send who cannot.

import { once } from 'node:events';
import { isIP, type AddressInfo } from 'node:net';
import { systemClock } from '../base/clock.ts';
import { createLog } from '../base/log.ts';
import { failureStatus, parseOptions, type CommandIo } from './command-io.ts';
import { serverOptions } from './server-file.ts';
import { credentialsOf } from './signing/credentials.ts';
import { createSigningProxy } from './signing/proxy.ts';
import { localAddressOf, lookupOf } from './signing/service-request.ts';

/** How `pergola sign` is called. */
export const signUsage = `usage: npx pergola sign --listen HOST:PORT [--as ROLE-ARN] [--region REGION] [--data DIR | --api HOST:PORT]
  Sends on, signed, what is sent to it: as an HTTP proxy (http_proxy), or by the Host header. HOST is a loopback address: who reaches it has the role.
`;

/** Serves until SIGTERM or SIGINT. Resolves with the exit status: 2 for wrong usage, 3 for an address that others reach. */
export async function sign(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const text = { type: 'string' } as const;
    const { listen, region, ...options } = parseOptions(args, {
      ...serverOptions,
      listen: text,
      as: text,
      region: text,
    });
    const [, host = '', port = ''] = /^\[?([^\]]*)\]?:(\d{1,5})$/.exec(listen ?? '') ?? [];
    if (port === '' || Number(port) > 65_535 || (isIP(host) === 0 && host !== 'localhost')) {
      io.err(
        `pergola sign: ${listen === undefined ? '--listen is missing' : `--listen ${listen} is no address with a port`}\n${signUsage}`,
      );
      return 2;
    }
    if (host !== 'localhost' && host !== '::1' && !host.startsWith('127.')) {
      io.err(`pergola sign: ${host} is no loopback address: whoever reaches the proxy would have its role\n`);
      return 3;
    }
    const log = createLog(
      (line) => io.err(line),
      () => io.now(),
    );
    const server = createSigningProxy({
      credentials: credentialsOf(options, io.environment, () => io.now()),
      region: region ?? io.environment['AWS_REGION'] ?? io.environment['AWS_DEFAULT_REGION'] ?? 'us-east-1',
      ...{ clock: systemClock, log, lookup: lookupOf(io.environment) },
      ...localAddressOf(io.environment),
    });
    const ended = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
    server.listen(Number(port), host);
    await once(server, 'listening');
    const { address, family, port: bound } = server.address() as AddressInfo;
    io.out(`ready sign=http://${family === 'IPv6' ? `[${address}]` : address}:${bound}\n`);
    await ended;
    server.close();
    server.closeAllConnections();
    return 0;
  } catch (error) {
    return failureStatus(error, 'sign', signUsage, io);
  }
}
