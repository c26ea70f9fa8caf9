// `pergola serve`: takes the data directory, opens the host's sockets and becomes the supervisor.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { createLog, type Log } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import {
  bindHandle,
  canBindLowPorts,
  closeUserNamespace,
  rawHandleSelfTest,
  type RawHandle,
} from '../network/index.ts';
import { removeLeftovers } from '../store/backup/index.ts';
import { acquireLock, findDatabaseProblem } from '../store/index.ts';
import { scratchPath } from './backups.ts';
import { choosePlace, type Place } from './choose-place.ts';
import { keepCompiled } from './compile-cache.ts';
import { checkAttachments, defaultAccount, type Configuration } from './configuration/index.ts';
import { Forbidden } from './forbidden.ts';
import { hostDnsSpecs } from './host-sockets.ts';
import { awsQuotas, usualQuotas } from '../domain/index.ts';
import { readServeOptions, type Endpoint, type ServeOptions } from './serve-options.ts';
import { makeDirectory, makeSealKey, statePath } from './server-directory.ts';
import { lockFile, removeServerFile, writeServerFile } from './server-file.ts';
import { describeAttachment, type ServerSettings } from './settings.ts';
import { startSupervisor } from './supervisor.ts';
import { workloadEnvironment } from './workload-environment.ts';

/** Where in the data directory a user namespace is remembered. */
const recordName = 'user-namespace.json';

/** Runs a server until a signal ends it. Resolves with the exit status: 0 after a clean stop, 1 when something failed, 2 wrong usage, 3 refused. */
export async function serve(args: readonly string[]): Promise<number> {
  const log = createLog(
    (line) => process.stderr.write(line),
    () => systemClock.now(),
    { process: 'supervisor' },
  );
  try {
    return await runServer(args, log);
  } catch (error) {
    if (!(error instanceof Forbidden)) throw error;
    process.stderr.write(`pergola serve: ${error.message}\n`);
    return error.code;
  }
}

async function runServer(args: readonly string[], log: Log): Promise<number> {
  const options = readServeOptions(args);
  // From now on: a signal during the start must not leave half of it behind.
  const ended = endSignal();
  const choose = (directory: string | undefined): Promise<Place> =>
    choosePlace({
      attach: options.attach,
      record: directory === undefined ? undefined : join(directory, recordName),
      environment: process.env,
      log,
    });
  if (options.data !== undefined) {
    const directory = prepareDirectory(options.data);
    return await runIn(directory, options, args, ended, log, await choose(directory));
  }
  // Before there is a directory to forget.
  const place = await choose(undefined);
  const temporary = mkdtempSync(join(tmpdir(), 'pergola-'));
  try {
    return await runIn(temporary, options, args, ended, log, place);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Runs a server in the directory, which is there, until `ended`. */
async function runIn(
  dataDirectory: string,
  options: ServeOptions,
  args: readonly string[],
  ended: Promise<void>,
  log: Log,
  { attach, userNamespace }: Place,
): Promise<number> {
  const { api, dns, configuration } = options;
  using lock = writable(dataDirectory, () => acquireLock(lockFile(dataDirectory)));
  if (lock === undefined)
    throw new Forbidden(3, `another server runs in ${dataDirectory}; give this one a directory of its own with --data`);
  writable(dataDirectory, () => {
    makeSealKey(dataDirectory);
    removeLeftovers(statePath(dataDirectory));
    rmSync(scratchPath(dataDirectory), { force: true });
  });
  // Each control process would end with it, and be started again for ever.
  const unusable = findDatabaseProblem(statePath(dataDirectory));
  if (unusable !== undefined) throw new Forbidden(3, `${dataDirectory} cannot be served: ${unusable}`);
  await rawHandleSelfTest();
  const problems = checkAttachments(configuration, attach);
  if (problems.length > 0) throw new Forbidden(3, problems.join('\n'));

  const bind = (endpoint: Endpoint, kind: 'tcp' | 'udp', option: string): { handle: RawHandle; port: number } => {
    try {
      return bindHandle({
        kind,
        family: endpoint.host.includes(':') ? 6 : 4,
        address: endpoint.host,
        port: endpoint.port,
      });
    } catch (error) {
      throw new Forbidden(
        3,
        `${option} ${endpoint.host}:${endpoint.port} cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };
  const apiSocket = bind(api, 'tcp', '--api');
  const { udp, tcp } = bindDns(dns, bind);
  const specs = hostDnsSpecs(dns.host, udp.port);
  const fixed = {
    dataDirectory,
    memory: options.data === undefined,
    apiHost: api.host,
    apiPort: apiSocket.port,
    dnsHost: dns.host,
    dnsPort: udp.port,
    workers: options.workers,
    attach,
    ...(userNamespace === undefined ? {} : { userNamespace }),
    lowPorts: canBindLowPorts(),
    open: options.open,
    defaultAccount,
    environment: workloadEnvironment(process.env),
  };
  const settings: ServerSettings = { ...fixed, ...configured(configuration, options) };
  const apiUrl = `http://${formatEndpoint(api.host, apiSocket.port)}`;
  const dnsText = formatEndpoint(dns.host, udp.port);

  const attachment = describeAttachment(settings);
  const refused = Promise.withResolvers<string>();
  const supervisor = startSupervisor({
    settings,
    api: apiSocket,
    dnsPort: udp.port,
    hostSockets: specs.map((spec) => ({ spec, handle: spec.kind === 'udp' ? udp.handle : tcp.handle })),
    openForwarder: () => bindHandle({ kind: 'udp', family: 4, port: 0 }).handle,
    clock: systemClock,
    random: systemRandom,
    log,
    reread: () => {
      if (fixed.memory)
        throw new Forbidden(3, 'a server that keeps nothing (--data :memory:) would lose everything: start it again');
      const next = readServeOptions(args).configuration;
      const obstacles = checkAttachments(next, attach);
      if (obstacles.length > 0) throw new Forbidden(3, obstacles.join('\n'));
      return { ...fixed, ...configured(next, options) };
    },
    onRefused: refused.resolve,
    onReady() {
      try {
        writeServerFile(dataDirectory, {
          pid: process.pid,
          api: apiUrl,
          dns: dnsText,
          attach: attachment,
          region: settings.regions[0] ?? 'us-east-1',
        });
      } catch (error) {
        log.error('server.json could not be written; other commands find this server only by --api', { error });
      }
      process.stdout.write(`ready api=${apiUrl} dns=${dnsText} attach=${attachment}\n`);
      keepCompiled(systemClock);
    },
  });
  const problem = await Promise.race([ended.then(() => undefined), refused.promise]);
  const clean = await supervisor.stop();
  removeServerFile(dataDirectory);
  if (userNamespace !== undefined) closeUserNamespace(userNamespace, join(dataDirectory, recordName));
  if (problem !== undefined) throw new Forbidden(3, problem);
  return clean ? 0 : 1;
}

/** What of the settings comes from the configuration. */
function configured(configuration: Configuration, options: Pick<ServeOptions, 'awsQuotas'>) {
  const { regions, apiHosts: hostNames, limits, rateLimits } = configuration;
  const quotas = { ...(options.awsQuotas ? awsQuotas : usualQuotas), ...configuration.quotas };
  return { regions, hostNames, limits, quotas, rateLimits, configuration };
}

function formatEndpoint(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function prepareDirectory(path: string): string {
  try {
    makeDirectory(resolve(path));
    return realpathSync(path);
  } catch (error) {
    throw new Forbidden(
      3,
      `the data directory ${path} cannot be made: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** What `act` gives; that it cannot write in the data directory is said to people. */
function writable<T>(directory: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Forbidden(3, `the data directory ${directory} cannot be written: ${reason}`);
  }
}

/** UDP and TCP of the DNS endpoint on one port; with port 0 a few are tried, because the TCP twin of a free UDP port may be taken. */
function bindDns(
  dns: Endpoint,
  bind: (endpoint: Endpoint, kind: 'tcp' | 'udp', option: string) => { handle: RawHandle; port: number },
) {
  for (let attempt = 0; ; attempt++) {
    const udp = bind(dns, 'udp', '--dns');
    try {
      return { udp, tcp: bind({ host: dns.host, port: udp.port }, 'tcp', '--dns') };
    } catch (error) {
      if (dns.port !== 0 || attempt === 9) throw error;
      udp.handle.close();
    }
  }
}

/** Milliseconds after the first signal in which others are taken for the same wish: a terminal signals the whole group, and parents pass signals on. */
const SAME_WISH = 1000;

/** Resolves at the first SIGINT or SIGTERM; one that comes a second later ends the process at once, and with it its children. */
function endSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (): void => {
      first ??= systemClock.monotonic();
      if (systemClock.monotonic() - first > SAME_WISH) process.exit(1);
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
    // Timers and IPC channels may all be unreferenced for a moment; the server is there until it is told otherwise.
    setInterval(() => {}, 1 << 30);
  });
}
