// Entry of a worker: proxy, health checks and DNS on the sockets that the supervisor hands over, from the snapshots that the feed brings.

import { mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { atMostEvery } from '../base/at-most.ts';
import { sleep, systemClock } from '../base/clock.ts';
import { createLog, type Log } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { createWatch, waitFor, type Watch } from '../base/watch.ts';
import { createDns, type Dns } from '../dns/index.ts';
import { createFeedClient, readSnapshotFile, type Dated, type FeedClient } from '../feed/index.ts';
import { dialSources, type RawHandle, type SocketSpec, type VpcAttachment } from '../network/index.ts';
import { createDataPlane, createListeners, watchDescriptors, type HealthReport } from '../proxy/index.ts';
import { createCounterSet, createLineMemory, createSubscriptionFiles, openLineFile } from '../telemetry/index.ts';
import { keepCompiled } from './compile-cache.ts';
import { joinConnectionShare, SHARE_DESCRIPTOR } from './connection-share.ts';
import { HOST_VPC } from './host-sockets.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { createMetadataRelay } from './metadata-relay.ts';
import { feedPath, functionPath, metadataPath, readSealKey, snapshotPath } from './server-directory.ts';
import type { ServerSettings } from './settings.ts';

/** How long control may take to answer, and then to send everything, before the snapshot on disk is served from, in milliseconds. */
const FEED_PATIENCE = 400;
const LOAD_PATIENCE = 10_000;
/** Milliseconds between reports of counters. */
const REPORT = 1000;
/** Milliseconds after which a lasting trouble is logged again. */
const REMIND = 60_000;

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
  const rotation = { size: settings.limits.accessLogFileSize, files: settings.limits.accessLogFiles };
  const dropped = counters.counter('pergola_access_log_dropped_total');
  const sink = { clock, log, dropped, memory: createLineMemory(settings.limits.accessLogMemory) };
  const accessLog = await openLineFile(join(folder, `worker-${worker}.jsonl`), rotation, sink);
  const subscriptions = createSubscriptionFiles(join(folder, 'subscriptions'), `worker-${worker}`, rotation, sink);

  const name = systemRandom.uuid();
  let attachments: ReadonlyMap<string, VpcAttachment> = new Map();
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  const sources = new Map<string, readonly string[]>();
  const plane = createDataPlane({
    log,
    worker,
    limits: settings.limits,
    clock,
    random: systemRandom,
    counters,
    targetTls: settings.configuration.targetTls,
    resolve: (vpcId, name) => dns.resolve(vpcId, name),
    appendAccessLog: (line) => accessLog.append(line),
    appendSubscription: (id, line) => subscriptions.append(id, line),
    sources: (vpcId) => sources.get(vpcId) ?? [],
    members: (vpcId) => attachments.get(vpcId)?.members ?? [],
    reportHealth(report) {
      say({ type: 'health', reports: [report] });
      feed.reportHealth([report]);
    },
    functionSocket: functionPath(settings.dataDirectory),
    share: joinConnectionShare({
      file: SHARE_DESCRIPTOR,
      worker,
      workers: settings.workers,
      pause: (milliseconds) => void Atomics.wait(sleeper, 0, 0, milliseconds),
      failed: (error) => log.warn('connections are not evened out between workers', { error }),
    }),
  });
  const dns = createDns({ clock, log, forwarder, counters });
  const acceptErrors = counters.counter('pergola_accept_errors_total');
  const sayFailed = atMostEvery(REMIND, clock);
  const metadata = createMetadataRelay(metadataPath(settings.dataDirectory));
  const listeners = createListeners(
    (socket, spec) => {
      if (spec.port === 80 && metadata.take(socket, spec.vpcId)) return;
      if (dns.isDnsAddress(spec.vpcId, socket.localAddress ?? '')) dns.acceptTcp(socket, spec.vpcId);
      else plane.accept(socket, spec);
    },
    (error, { key }) => {
      acceptErrors.value++;
      sayFailed(() => log.error('a connection could not be taken', { socket: key, error }));
    },
  );
  const sayShort = atMostEvery(REMIND, clock);
  watchDescriptors({
    clock,
    shortages: counters.counter('pergola_descriptor_shortages_total'),
    short: (error) =>
      sayShort(() =>
        log.error('no file descriptor is free: new connections wait or are lost (ulimit -n)', {
          error,
        }),
      ),
  });

  const refused = createWatch(false);
  const connectFeed = (): Socket => connect(feedPath(settings.dataDirectory)).once('error', () => refused.set(true));
  const openFeed = (initial?: Dated): FeedClient => {
    const made: FeedClient = createFeedClient(
      { node: 'local', worker, process: name, ...(initial === undefined ? {} : { initial }) },
      {
        connect: connectFeed,
        clock,
        random: systemRandom,
        log,
        onConnected() {
          made.reportHealth(known());
          // Whoever is there now may know nothing.
          counters.forget();
          void tell(made);
        },
      },
    );
    return made;
  };
  /** A part is made when the one before is gone: nothing is kept for a control that does not read, and no frame is too long. */
  const tell = async (to: FeedClient): Promise<void> => {
    for (const part of counters.changes()) await to.reportCounters(part);
  };
  const known = (): readonly HealthReport[] =>
    plane.health().filter(({ health }) => health !== 'initial' && health !== 'unavailable');
  const obey = ({ snapshot }: Dated): void => {
    plane.apply(snapshot);
    dns.apply(snapshot);
    feed.acknowledge(snapshot.revision);
  };
  const feed = await firstFeed(openFeed, refused, settings, log);
  feed.current.subscribe(obey);
  if (feed.current.value.epoch !== '') obey(feed.current.value);
  const report = (): void => void tell(feed).then(() => clock.after(REPORT, report));
  report();

  const sayDrained = async (): Promise<void> => {
    // Control may stand still: what it is not told in time is lost with this process.
    const told = Promise.race([tell(feed), sleep(clock, REPORT)]);
    await Promise.all([accessLog.flush(), subscriptions.flush(), told]);
    say({ type: 'drained' });
  };
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
      case 'retire':
        listeners.close();
        dns.closeUdp();
        void plane.retire().then(sayDrained);
        break;
      case 'drain':
        listeners.close();
        void plane.drain().then(sayDrained);
        break;
      case 'start':
        break;
    }
  });
  say({ type: 'up' });
  keepCompiled(clock);

  function open(spec: SocketSpec, handle: RawHandle, to: Dns): Promise<void> {
    if (spec.kind === 'udp')
      return to.serveUdp(spec.key, handle, spec.family, spec.vpcId === HOST_VPC ? undefined : spec.vpcId);
    return listeners.listen({ key: spec.key, vpcId: spec.vpcId, port: spec.listenerPort ?? spec.port }, handle);
  }
}

/** A feed that has its first snapshot: control's, or, when control does not answer soon, the one on disk. Without either it has none yet. */
async function firstFeed(
  open: (initial?: Dated) => FeedClient,
  refused: Watch<boolean>,
  { memory, dataDirectory }: ServerSettings,
  log: Log,
): Promise<FeedClient> {
  const feed = open();
  const within = <T>(watch: Watch<T>, test: (value: T) => boolean, patience: number): Promise<boolean> =>
    waitFor(watch, test, AbortSignal.timeout(patience)).then(
      () => true,
      () => false,
    );
  const answers = await Promise.race([
    within(feed.answered, (answered) => answered, FEED_PATIENCE),
    within(refused, (value) => value, FEED_PATIENCE).then(() => false),
  ]);
  if (answers && (await within(feed.current, ({ epoch }) => epoch !== '', LOAD_PATIENCE))) return feed;
  if (memory) return feed;
  try {
    const kept = await readSnapshotFile(snapshotPath(dataDirectory), readSealKey(dataDirectory));
    // Control may have come meanwhile.
    if (kept === undefined || feed.current.value.epoch !== '') return feed;
    log.warn('control does not answer; serving from the snapshot on disk', { revision: kept.snapshot.revision });
    feed.close();
    return open(kept);
  } catch (error) {
    log.error('the snapshot on disk cannot be read; waiting for control', { error });
    return feed;
  }
}
