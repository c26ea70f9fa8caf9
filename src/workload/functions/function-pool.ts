// The environments of one function: started when they are needed, used again, stopped when they are not.

import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { ExecutionEnvironment } from './environment.ts';
import { failure, type CommandFunction, type InvocationResult } from './function-spec.ts';
import type { Invocation } from './runtime-api.ts';

/** What can be invoked. */
export interface Invocable {
  /** Never rejects. What waits for an environment when `gone` aborts is not run; what runs goes on, as in Lambda. */
  invoke(invocation: Omit<Invocation, 'deadline'>, gone: AbortSignal): Promise<InvocationResult>;
  /** Ends every environment. */
  close(): void;
}

export interface FunctionPoolDeps {
  /** Starts an environment; `onEnd` is called once when it takes no more work. */
  start(spec: CommandFunction, onEnd: () => void): Promise<ExecutionEnvironment>;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds after which an unused environment is stopped. */
  readonly idleTimeout: number;
  /** Milliseconds that an invocation waits when all environments are busy. */
  readonly wait: number;
}

/** Invocations that wait at a time, for each environment that there may be: more are refused at once, and memory stays bounded. */
const MAX_WAITING = 10;

/** Milliseconds for which a runtime that has answered is expected to ask again: that is sooner than another environment starts. */
const SETTLING = 100;

/** Makes the pool of a function, without an environment. */
export function createFunctionPool(spec: CommandFunction, deps: FunctionPoolDeps): Invocable {
  const { clock, log } = deps;
  const environments = new Set<ExecutionEnvironment>();
  /** Unused ones; the last is the one that was used last. */
  const idle: { readonly environment: ExecutionEnvironment; readonly stop: () => void }[] = [];
  const waiting: { take(environment: ExecutionEnvironment | undefined): void }[] = [];
  let starting = 0;
  /** Environments that have answered and do not ask yet. */
  let settling = 0;
  let closed = false;

  const gone = (environment: ExecutionEnvironment): void => {
    environments.delete(environment);
    const place = idle.findIndex((one) => one.environment === environment);
    if (place >= 0) idle.splice(place, 1)[0]?.stop();
    // Its place is free for one who waits.
    waiting.shift()?.take(undefined);
  };
  const release = (environment: ExecutionEnvironment): void => {
    if (!environments.has(environment)) return;
    const next = waiting.shift();
    if (next !== undefined) next.take(environment);
    else idle.push({ environment, stop: clock.after(deps.idleTimeout, () => environment.end()) });
  };
  const open = async (): Promise<ExecutionEnvironment> => {
    starting++;
    try {
      const holder: { environment?: ExecutionEnvironment } = {};
      let over = false;
      const environment = await deps.start(spec, () => {
        over = true;
        if (holder.environment !== undefined) gone(holder.environment);
      });
      holder.environment = environment;
      if (!over) environments.add(environment);
      if (closed) environment.end();
      return environment;
    } catch (error) {
      waiting.shift()?.take(undefined);
      throw error;
    } finally {
      starting--;
    }
  };
  const acquire = async (gone: AbortSignal): Promise<ExecutionEnvironment | undefined> => {
    let patient = true;
    for (;;) {
      const found = idle.pop();
      if (found !== undefined) {
        found.stop();
        return found.environment;
      }
      const room = environments.size + starting < spec.concurrency;
      if (room && !(patient && settling > waiting.length)) return open();
      if (!room && waiting.length >= MAX_WAITING * spec.concurrency) return undefined;
      if (gone.aborted) return undefined;
      const answer = await new Promise<ExecutionEnvironment | 'free' | 'late'>((resolve) => {
        const waiter = { take: (environment: ExecutionEnvironment | undefined) => end(environment ?? 'free') };
        const end = (value: ExecutionEnvironment | 'free' | 'late'): void => {
          cancel();
          gone.removeEventListener('abort', leave);
          resolve(value);
        };
        const leave = (): void => {
          waiting.splice(waiting.indexOf(waiter), 1);
          end('late');
        };
        const cancel = clock.after(room ? SETTLING : deps.wait, leave);
        gone.addEventListener('abort', leave);
        waiting.push(waiter);
      });
      if (closed || gone.aborted || (answer === 'late' && !room)) {
        if (typeof answer === 'object') release(answer);
        return undefined;
      }
      if (typeof answer === 'object') return answer;
      patient = false;
    }
  };

  return {
    async invoke(invocation, gone) {
      try {
        const environment = await acquire(gone);
        if (environment === undefined) return { kind: 'throttled' };
        const result = await environment.invoke(invocation);
        // The answer does not wait for the runtime to be done with what it does after it.
        settling++;
        void environment.whenFree().then((free) => {
          settling--;
          if (free) release(environment);
        });
        return result;
      } catch (error) {
        log.error('an environment of a function cannot be started', { function: spec.arn, error });
        return failure('Runtime.ExitError', 'the environment cannot be started');
      }
    },
    close() {
      closed = true;
      for (const waiter of waiting.splice(0)) waiter.take(undefined);
      for (const environment of [...environments]) environment.end();
    },
  };
}
