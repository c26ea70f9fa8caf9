// Entry of control: the API, the store, the compiler, the feed and the agent of one server, put together.

import { systemClock } from '../base/clock.ts';
import { Lifetime } from '../base/lifetime.ts';
import { createLog, type Log } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { createWatch, waitFor } from '../base/watch.ts';
import { createApi, createRoleCredentials } from '../api/index.ts';
import { apiName } from '../snapshot/index.ts';
import {
  createHealthBoard,
  createPublisher,
  followStandIns,
  obeyedRevision,
  startDomainVerifier,
  startStatusTask,
} from '../control/index.ts';
import type { Context } from '../domain/index.ts';
import { createLookUp } from '../dns/index.ts';
import { createFeedServer } from '../feed/index.ts';
import { createRun, enterHome, namePrefix, prepareCore, runCommand, type RawHandle } from '../network/index.ts';
import { openStore } from '../store/index.ts';
import { createAgent } from './agent.ts';
import { applyConfiguration, judgeConfiguration } from './apply-configuration.ts';
import { createBackups } from './backups.ts';
import { keepCompiled } from './compile-cache.ts';
import { bindExplain } from './bind-explain.ts';
import { bindHealth } from './bind-health.ts';
import { closeApi, listenFeed, listenUnix } from './control-sockets.ts';
import { createCounterKeeper } from './counter-keeper.ts';
import { createDefaultAttachment } from './default-attachment.ts';
import type { FromControl, ToControl, WorkerInfo } from './messages.ts';
import { createTextLookUp } from './look-up-texts.ts';
import { answerPage } from './page.ts';
import { countersPath, feedPath, metadataPath, statePath } from './server-directory.ts';
import { writeAdminFile } from './server-file.ts';
import { createSessions, sessionKeysAt } from '../identity/index.ts';
import { openSecrets } from './open-secrets.ts';
import { createReloads } from './reloads.ts';
import { keepSnapshotFile } from './snapshot-keeper.ts';
import type { ServerSettings } from './settings.ts';
import { createSocketClient } from './socket-client.ts';
import { describeServer } from './status.ts';
import { createVpcEntry } from './vpc-entry.ts';
import { bindWorkloads } from './workload-calls.ts';
import { bindRoles, createWorkloadTokens, deriveMetadataKey } from './workload-roles.ts';

process.once('message', (raw: unknown, handle: unknown) => {
  const message = raw as ToControl;
  if (message.type !== 'start') return;
  const log = createLog(
    (line) => process.stderr.write(line),
    () => systemClock.now(),
    { process: 'control' },
  );
  process.on('uncaughtException', (error) => {
    log.error('control ends: something was not expected', { error });
    process.exit(1);
  });
  run(message, handle as RawHandle, log).catch((error: unknown) => {
    log.error('control cannot run', { error });
    process.exit(1);
  });
});
// Without the supervisor nobody keeps the sockets: the next server takes over what stands on this machine.
process.on('disconnect', () => process.exit(0));
// A terminal or an init system signals the whole group; the supervisor alone decides in which order its processes end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

async function run(start: Extract<ToControl, { type: 'start' }>, apiHandle: RawHandle, log: Log): Promise<void> {
  const { settings } = start;
  const { dataDirectory, limits } = settings;
  const clock = systemClock;
  const random = systemRandom;
  const lifetime = new Lifetime();
  let ready = false;
  const say = (message: FromControl): void => void process.send?.(message, undefined, {}, () => {});

  const live = createWatch<readonly WorkerInfo[]>([]);
  const sockets = createSocketClient(say);
  const told = Promise.withResolvers<'remove' | 'leave'>();
  let judge = (_next: ServerSettings): string | undefined => 'control is only starting';
  const reloads = createReloads(say, (next) => judge(next));
  process.on('message', (raw: unknown) => {
    const message = raw as ToControl;
    if (message.type === 'workers') live.set(message.live);
    else if (message.type === 'synced') sockets.onSynced(message);
    else if (message.type === 'reread') reloads.onReread(message);
    else if (message.type === 'reloading') reloads.onReloading(message);
    else if (message.type === 'stop') told.resolve(message.how);
  });
  // Workers start now, side by side with the store.
  const command = settings.userNamespace === undefined ? runCommand : createRun(enterHome);
  const namespace = settings.attach === 'netns' ? await prepareCore(namePrefix(dataDirectory), command) : undefined;
  say({ type: 'home', ...(namespace === undefined ? {} : { namespace }) });

  const store = lifetime.use(
    await openStore(
      {
        file: settings.memory ? ':memory:' : statePath(dataDirectory),
        eventRetention: { age: limits.auditRetention, bytes: limits.auditSize },
      },
      { log, clock },
    ),
  );
  const context = (operation: string): Context => ({
    account: settings.defaultAccount,
    region: settings.regions[0] ?? 'us-east-1',
    principalArn: 'pergola',
    operation,
    now: clock.now(),
    random,
    quotas: settings.quotas,
  });
  const refuse = async (problem: string): Promise<never> => {
    say({ type: 'refused', problem });
    await told.promise;
    await lifetime.end();
    process.exit(0);
  };
  const opened = await openSecrets(store, settings.memory ? undefined : statePath(dataDirectory), { context, log });
  if ('problem' in opened) return refuse(opened.problem);
  const { secrets, master } = opened;
  judge = (next) => judgeConfiguration(store.state.value, next, secrets, context);
  const { admin, problem } = await applyConfiguration(store, settings, secrets, context);
  if (problem !== undefined && start.generation > 1)
    log.error('the configuration does not fit what stands: the records stay as they were', { problem });
  else if (problem !== undefined)
    return refuse(
      `the configuration does not fit what ${dataDirectory} has: ${problem}\n` +
        'What another file describes belongs in another directory: --data DIR',
    );
  writeAdminFile(dataDirectory, {
    accessKeyId: admin.id,
    secretAccessKey: secrets.open(admin.sealedSecret, admin.id),
  });

  const publisher = lifetime.add(
    createPublisher({
      store,
      clock,
      regions: settings.regions,
      secretOf: ({ id, sealedSecret }) => secrets.open(sealedSecret, id),
      sessionKeys: () => sessionKeysAt(master, clock.now()),
    }),
    (one) => one.close(),
  );
  // A store that keeps nothing begins a new history with every control process.
  const epoch = settings.memory ? random.uuid() : start.history;
  const health = createHealthBoard();
  health.follow(publisher.snapshot.value);
  publisher.snapshot.subscribe((snapshot) => health.follow(snapshot));
  const counters = createCounterKeeper({ path: countersPath(dataDirectory), history: start.history, clock, log });
  const feed = lifetime.add(
    createFeedServer({
      snapshot: publisher.snapshot,
      epoch,
      log,
      onPeers() {
        counters.follow(feed.peers);
        look();
      },
      onHealth: (_peer, reports) => health.put(reports),
      onCounters: (peer, values) => counters.put(peer.process, values),
    }),
    (one) => one.close(),
  );
  const sessions = createSessions(master, clock);
  const tokens = createWorkloadTokens(master);
  const roleCredentials = createRoleCredentials({ state: () => store.state.value, sessions, random, clock });
  const agent = createAgent({
    roles: bindRoles(roleCredentials, tokens, { ...settings, apiPort: start.apiPort }),
    snapshot: publisher.snapshot,
    sockets,
    attach: settings.attach,
    whyNoMembers: whyNoMembers(settings),
    lowPorts: settings.lowPorts,
    dataDirectory,
    environment: settings.environment,
    run: command,
    clock,
    random,
    log,
  });
  // Not earlier: only the agent can remove what stands on this machine.
  void told.promise.then(stop);
  let endCalls = (): Promise<void> => Promise.resolve();
  const obeyed = createWatch(0);
  const look = (): void => {
    const revision = obeyedRevision({
      live: new Set(live.value.map(({ worker }) => worker)),
      peers: feed.peers,
      agent: agent.obeyed.value,
    });
    if (revision !== undefined && revision > obeyed.value) obeyed.set(revision);
  };
  agent.obeyed.subscribe(look);
  live.subscribe(look);
  agent.attachments.subscribe((attachments) => say({ type: 'attachments', attachments: [...attachments.values()] }));
  const statuses = lifetime.add(startStatusTask({ store, obeyed, clock, log, context, ...limits }), (one) =>
    one.close(),
  );
  const lookUpTexts = createTextLookUp(publisher.snapshot, createLookUp(random));
  lifetime.add(startDomainVerifier({ store, clock, log, context, lookUpTexts, ...limits }), (one) => one.close());
  lifetime.add(followStandIns({ store, workloads: agent.workloads.list, clock, log, context }), (one) => one.close());
  lifetime.add(await listenFeed(feedPath(dataDirectory), feed), (server) => void server.close());
  const fromVpcs = createVpcEntry({
    credentials: roleCredentials,
    find: (vpcId, address) => agent.workloads.at(vpcId, address),
    key: deriveMetadataKey(master),
    clock,
    log,
  });
  await listenUnix(fromVpcs.server, metadataPath(dataDirectory));
  lifetime.add(fromVpcs.server, (server) => void server.close());
  if (!settings.memory) keepSnapshotFile(publisher.snapshot, epoch, dataDirectory, log);

  const defaultAttachment = createDefaultAttachment(settings, store);
  const api = createApi(
    { ...settings, limits },
    {
      store,
      random,
      clock,
      log,
      secrets,
      sessions,
      roleCredentials,
      quotas: settings.quotas,
      open: settings.open,
      get defaultAttachment() {
        return defaultAttachment();
      },
      findHealth: bindHealth(health),
      obeyed: statuses.settled,
      isReady: () => ready,
      async metrics() {
        await counters.told(live.value.map(({ worker }) => worker));
        return counters.format({
          pergola_revision: store.state.value.revision,
          pergola_obeyed_revision: obeyed.value,
          pergola_audit_events_lost_total: store.lostEvents,
          pergola_workers: live.value.length,
        });
      },
      status: () =>
        Promise.resolve(
          describeServer({
            settings,
            start,
            snapshot: publisher.snapshot.value,
            obeyed: obeyed.value,
            agent,
            live: live.value,
            peers: feed.peers,
            health,
            droppedRecords: counters.total('pergola_access_log_dropped_total'),
            lostEvents: store.lostEvents,
            now: clock.now(),
          }),
        ),
      backup: createBackups(settings.memory ? undefined : dataDirectory, { clock, log }),
      workloads: bindWorkloads(agent.workloads, store, tokens, settings.userNamespace),
      ...bindExplain({ settings, snapshot: publisher.snapshot, store, agent, health, clock }),
      reload: () => reloads.reload(),
      page: answerPage,
      originOf: fromVpcs.originOf,
      nameInVpcs: apiName,
    },
  );
  await new Promise<void>((resolve, reject) => {
    api.once('error', reject);
    api.listen(apiHandle, () => resolve());
  });
  fromVpcs.serve(api);
  endCalls = () => closeApi(api, fromVpcs);
  lifetime.add(api, (server) => closeApi(server, fromVpcs));

  const first = publisher.snapshot.value.revision;
  await waitFor(obeyed, (revision) => revision >= first);
  ready = true;
  say({ type: 'ready' });
  keepCompiled(clock);

  async function stop(how: 'remove' | 'leave'): Promise<void> {
    try {
      ready = false;
      // First: who calls from now on waits for the control process that follows, and what was begun is still done here.
      if (how === 'leave') await endCalls();
      await agent.close(how);
      await lifetime.end();
      process.exit(0);
    } catch (error) {
      log.error('not everything could be removed', { error });
      process.exit(1);
    }
  }
}

/** Why existing namespaces cannot join VPCs of this server. */
function whyNoMembers({ attach, userNamespace }: ServerSettings): string | undefined {
  if (attach === 'loopback')
    return 'VPCs on loopback have no network that a namespace could join: it takes a server with namespaces (--attach netns)';
  if (userNamespace === undefined) return undefined;
  return 'a server in a user namespace reaches no namespaces of others: it takes a server that root started';
}
