// One execution environment: a process that speaks the Runtime API, from its start over many invocations to its end.

import { failure, type CommandFunction, type InvocationResult } from './function-spec.ts';
import { openRuntimeApi, type Invocation, type RuntimeApi } from './runtime-api.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';

/** A process of an environment. */
export interface FunctionProcess {
  /** Ends it and what it has started, without warning. */
  kill(): void;
}

export interface EnvironmentDeps {
  /** Starts the function's program; `onExit` is called once, with a sentence, also when it cannot be started. */
  start(
    spec: CommandFunction,
    environment: Readonly<Record<string, string>>,
    onExit: (how: string) => void,
  ): FunctionProcess;
  readonly clock: Clock;
  /** Hears of ends that no invocation tells of. */
  readonly log: Pick<Log, 'warn'>;
  /** Milliseconds that initialisation may take (Lambda: 10 s). */
  readonly initTimeout: number;
  /** The environment takes no more work. */
  onEnd(): void;
}

/** An execution environment. It takes one invocation at a time. */
export interface ExecutionEnvironment {
  /** Runs an invocation; the first one waits for initialisation, another one must wait for `whenFree`. Never rejects. */
  invoke(invocation: Omit<Invocation, 'deadline'>): Promise<InvocationResult>;
  /** True when the runtime, having answered, asks for the next invocation; false when the environment has ended. */
  whenFree(): Promise<boolean>;
  /** Ends the process; a running invocation fails. */
  end(): void;
}

/** Starts an environment. Rejects when no port can be opened for it. */
export async function startEnvironment(spec: CommandFunction, deps: EnvironmentDeps): Promise<ExecutionEnvironment> {
  const { clock } = deps;
  let initialised = false;
  /** Whether the runtime waits for work. */
  let asking = false;
  let ended = false;
  let running:
    | { readonly invocation: Omit<Invocation, 'deadline'>; settle(result: InvocationResult): void }
    | undefined;
  let given = false;
  let free: PromiseWithResolvers<boolean> | undefined;
  let cancel = (): void => {};

  // The time limit goes on after the answer: it is the runtime's until it asks again.
  const settle = (result: InvocationResult): void => {
    given = false;
    const done = running;
    running = undefined;
    done?.settle(result);
  };
  const finish = (result: InvocationResult, wanted = false): void => {
    if (ended) return;
    ended = true;
    if (running === undefined && !wanted && result.kind === 'failure')
      deps.log.warn('an environment ended that ran no invocation', {
        function: spec.arn,
        type: result.errorType,
        error: result.payload.toString('utf8', 0, 1000),
      });
    cancel();
    cancelInit();
    process.kill();
    api.close();
    settle(result);
    free?.resolve(false);
    deps.onEnd();
  };
  const limit = (): void => {
    cancel();
    cancel = clock.after(spec.timeout, () =>
      finish(failure('Sandbox.Timedout', `Task timed out after ${(spec.timeout / 1000).toFixed(2)} seconds`)),
    );
  };
  const give = (): void => {
    if (running === undefined || given || !asking) return;
    given = true;
    asking = false;
    api.give({ ...running.invocation, deadline: clock.now() + spec.timeout });
    limit();
  };

  const api: RuntimeApi = await openRuntimeApi({
    onNext() {
      initialised = true;
      cancelInit();
      asking = true;
      // It asks again without having answered: what it had is lost.
      if (given) settle(failure('Runtime.ExitError', 'the runtime asked for the next invocation without an answer'));
      if (running !== undefined) {
        give();
        return;
      }
      cancel();
      free?.resolve(true);
      free = undefined;
    },
    onNextLost: () => void (asking = false),
    onResponse: (_id, payload) => settle({ kind: 'response', payload }),
    onError: (_id, errorType, payload) => settle({ kind: 'failure', errorType, payload }),
    onInitError: (errorType, payload) => finish({ kind: 'failure', errorType, payload }),
    onTooLarge: () =>
      settle(failure('Function.ResponseSizeTooLarge', 'Response payload size exceeded maximum allowed payload size')),
  });
  const cancelInit = clock.after(deps.initTimeout, () =>
    finish(failure('Sandbox.Timedout', `initialisation took longer than ${deps.initTimeout / 1000} seconds`)),
  );
  let process: FunctionProcess;
  try {
    process = deps.start(spec, runtimeVariables(spec, api.address), (how) =>
      finish(
        failure('Runtime.ExitError', `RequestId: ${running?.invocation.requestId ?? 'none'} Error: Runtime ${how}`),
      ),
    );
  } catch (error) {
    cancelInit();
    api.close();
    throw error;
  }

  return {
    invoke(invocation) {
      return new Promise((resolve) => {
        if (ended) {
          resolve(failure('Runtime.ExitError', 'the environment has ended'));
          return;
        }
        running = { invocation, settle: resolve };
        // A runtime may have to connect again before it is given this; initialisation has its own limit.
        if (initialised) limit();
        give();
      });
    },
    whenFree() {
      if (ended) return Promise.resolve(false);
      if (asking && running === undefined) return Promise.resolve(true);
      free ??= Promise.withResolvers();
      return free.promise;
    },
    end() {
      finish(failure('Runtime.ExitError', 'the environment was stopped'), true);
    },
  };
}

/** The variables that runtimes read (Lambda Developer Guide: Defined runtime environment variables). */
function runtimeVariables(
  { arn, directory, command }: CommandFunction,
  address: string,
): Readonly<Record<string, string>> {
  const [, , , region = '', , , name = ''] = arn.split(':');
  return {
    AWS_LAMBDA_RUNTIME_API: address,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `[$LATEST]${address}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    LAMBDA_TASK_ROOT: directory,
    // As in AWS's images: what a runtime's client is started with is its handler.
    ...(command.length > 1 ? { _HANDLER: command.at(-1) ?? '' } : {}),
  };
}
