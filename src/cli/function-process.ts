// Entry of the process that owns functions: their environments, and the Invoke API on which workers call them.

import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { createLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import {
  createEndpoint,
  createFunctionPool,
  createFunctionStarter,
  createInvokeServer,
  startEnvironment,
  type FunctionSpec,
  type Invocable,
} from '../workload/functions/index.ts';
import { keepCompiled } from './compile-cache.ts';
import type { ToFunctions } from './messages.ts';
import { functionPath } from './server-directory.ts';
import type { ServerSettings } from './settings.ts';

/** Milliseconds between looks for connections on which the last call has ended. */
const LOOK = 100;

process.once('message', (raw: unknown) => {
  const message = raw as ToFunctions;
  if (message.type === 'start') run(message.settings);
});
// A terminal or an init system signals the whole group; the supervisor alone decides in which order its processes end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

function run(settings: ServerSettings): void {
  const { dataDirectory, limits } = settings;
  const log = createLog(
    (line) => process.stderr.write(line),
    () => systemClock.now(),
    { process: 'functions' },
  );
  const starter = createFunctionStarter(dataDirectory, settings.environment, limits.functionLogSize, log);
  const open = (spec: FunctionSpec): Invocable =>
    spec.kind === 'endpoint'
      ? createEndpoint(spec)
      : createFunctionPool(spec, {
          start: (of, onEnd) =>
            startEnvironment(of, {
              start: starter.start,
              clock: systemClock,
              log,
              initTimeout: limits.functionInitTimeout,
              onEnd,
            }),
          clock: systemClock,
          log,
          idleTimeout: limits.functionIdleTimeout,
          wait: limits.functionWait,
        });
  const functions = new Map(settings.configuration.functions.map((spec) => [spec.arn, open(spec)]));
  const end = (status: number): void => {
    for (const one of functions.values()) one.close();
    void starter.killAll().finally(() => process.exit(status));
  };
  // The supervisor closes the channel to end this process; when it dies itself the channel closes too.
  process.on('disconnect', () => end(0));
  process.on('uncaughtException', (error) => {
    log.error('the process of functions ends: something was not expected', { error });
    end(1);
  });
  const path = functionPath(dataDirectory);
  // The system removes the name under which a socket was bound when that is closed: an older process must not take this one's with it.
  const bound = join(dataDirectory, `f${process.pid}.sock`);
  rmSync(bound, { force: true });
  let retired = false;
  const server = createInvokeServer({ functions, random: systemRandom, log, retired: () => retired });
  server.on('error', (error) => {
    log.error('functions cannot be invoked', { path, error });
    end(1);
  });
  server.listen(bound, () => {
    renameSync(bound, path);
    keepCompiled(systemClock);
  });
  process.on('message', (raw: unknown) => {
    if ((raw as ToFunctions).type !== 'retire') return;
    retired = true;
    // A call may be on its way through a connection that is idle here: it is answered, and no connection is kept after its answer.
    const endWhenLeft = (): void => {
      server.getConnections((_error, count) => {
        if (count === 0) end(0);
        else systemClock.after(LOOK, endWhenLeft);
      });
    };
    endWhenLeft();
  });
}
