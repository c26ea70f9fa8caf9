// Entry of a worker: proxy, health checks and DNS on the sockets that the supervisor hands over, from the snapshots that the feed brings.

import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { sleep, systemClock } from '../base/clock.ts';
import { createLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { createDns, type Dns } from '../dns/index.ts';
import { createFeedClient, readSnapshotFile, type Dated } from '../feed/index.ts';
import { dialSources, type RawHandle, type SocketSpec, type VpcAttachment } from '../network/index.ts';
import { createDataPlane, createListeners, type HealthReport } from '../proxy/index.ts';
import { createCounterSet, openLineFile } from '../telemetry/index.ts';
import { HOST_VPC } from './host-sockets.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { feedPath, readSealKey, snapshotPath } from './server-directory.ts';
import type { ServerSettings } from './settings.ts';

/** How long control may take to answer before the snapshot on disk is served from, in milliseconds. */
const FEED_PATIENCE = 400;
/** Milliseconds between reports of counters. */
const REPORT = 1000;

process.once('message', (raw: unknown, forwarder: unknown) => {
  const message = raw as ToWorker;
  if (message.type === 'start') void run(message.settings, message.worker, forwarder as RawHandle);
});
// Without the supervisor there is nobody to hand sockets on: the next server starts anew.
process.on('disconnect', () => process.exit(0));
// A terminal or an init system signals the whole group; the supervisor alone decides in which order its processes end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

async function run(settings: ServerSettings, worker: number, forwarder: RawHandle): Promise<void> {
  const clock = systemClock;
  const log = createLog(
    (line) => process.stderr.write(line),
    () => clock.now(),
    { process: `worker-${worker}` },
  );
  process.on('uncaughtException', (error) => {
    log.error('the worker ends: something was not expected', { error });
    process.exit(1);
  });
  const say = (message: FromWorker): void => void process.send?.(message, undefined, {}, () => {});

  const counters = createCounterSet();
  const folder = join(settings.dataDirectory, 'access');
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const accessLog = await openLineFile(join(folder, `worker-${worker}.jsonl`), {
    clock,
    log,
    dropped: counters.counter('pergola_access_log_dropped_total'),
  });

  let attachments: ReadonlyMap<string, VpcAttachment> = new Map();
  const sources = new Map<string, readonly string[]>();
  const plane = createDataPlane({
    worker,
    limits: settings.limits,
    clock,
    random: systemRandom,
    counters,
    appendAccessLog: (line) => accessLog.append(line),
    sources: (vpcId) => sources.get(vpcId) ?? [],
    reportHealth(report) {
      say({ type: 'health', reports: [report] });
      feed.reportHealth([report]);
    },
  });
  const dns = createDns({ clock, log, forwarder, counters });
  const listeners = createListeners((socket, spec) => {
    if (dns.isDnsAddress(spec.vpcId, socket.localAddress ?? '')) dns.acceptTcp(socket, spec.vpcId);
    else plane.accept(socket, spec);
  });

  const initial = await firstSnapshot(settings, log);
  const feed = createFeedClient(
    { node: 'local', worker, ...(initial === undefined ? {} : { initial }) },
    {
      connect: () => connect(feedPath(settings.dataDirectory)),
      clock,
      random: systemRandom,
      log,
      onConnected: () => feed.reportHealth(known()),
    },
  );
  const known = (): readonly HealthReport[] =>
    plane.health().filter(({ health }) => health !== 'initial' && health !== 'unavailable');
  const obey = ({ snapshot }: Dated): void => {
    plane.apply(snapshot);
    dns.apply(snapshot);
    feed.acknowledge(snapshot.revision);
  };
  feed.current.subscribe(obey);
  if (initial !== undefined) obey(initial);
  const report = (): void => {
    feed.reportCounters(counters.values());
    clock.after(REPORT, report);
  };
  report();

  process.on('message', (raw: unknown, handle: unknown) => {
    const message = raw as ToWorker;
    switch (message.type) {
      case 'socket':
        open(message.spec, handle as RawHandle, dns)
          .then(() => say({ type: 'listening', key: message.spec.key }))
          .catch((error: unknown) =>
            say({
              type: 'failed',
              key: message.spec.key,
              reason: `${message.spec.key}: ${error instanceof Error ? error.message : String(error)}`,
            }),
          );
        break;
      case 'close-socket':
        listeners.unlisten(message.key);
        dns.closeUdp(message.key);
        break;
      case 'attachments':
        attachments = new Map(message.attachments.map((attachment) => [attachment.vpcId, attachment]));
        sources.clear();
        for (const attachment of attachments.values())
          sources.set(attachment.vpcId, dialSources(attachment, worker, settings.workers));
        break;
      case 'health':
        for (const one of message.reports) plane.takeHealth(one);
        break;
      case 'live':
        plane.setLiveWorkers(message.workers);
        say({ type: 'health', reports: known() });
        break;
      case 'drain':
        listeners.close();
        void plane.drain().then(async () => {
          await accessLog.flush();
          say({ type: 'drained' });
        });
        break;
      case 'start':
        break;
    }
  });
  say({ type: 'up' });

  function open(spec: SocketSpec, handle: RawHandle, to: Dns): Promise<void> {
    if (spec.kind === 'udp')
      return to.serveUdp(spec.key, handle, spec.family, spec.vpcId === HOST_VPC ? undefined : spec.vpcId);
    return listeners.listen({ key: spec.key, vpcId: spec.vpcId, port: spec.listenerPort ?? spec.port }, handle);
  }
}

/** The snapshot on disk, when control does not answer soon: then this worker serves from it at once. */
async function firstSnapshot(settings: ServerSettings, log: ReturnType<typeof createLog>): Promise<Dated | undefined> {
  if (settings.memory || (await controlAnswers(settings))) return undefined;
  try {
    return await readSnapshotFile(snapshotPath(settings.dataDirectory), readSealKey(settings.dataDirectory));
  } catch (error) {
    log.error('the snapshot on disk cannot be read; waiting for control', { error });
    return undefined;
  }
}

async function controlAnswers(settings: ServerSettings): Promise<boolean> {
  const answer = new Promise<boolean>((resolve) => {
    const socket = connect(feedPath(settings.dataDirectory));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
  return Promise.race([answer, sleep(systemClock, FEED_PATIENCE).then(() => false)]);
}
