// How an operation is written: a name, a decision or a reading, and the way from the wire's shapes and back.

import type { Answer, Call, JudgeInput, OperationHandler } from '../aws/index.ts';
import type { AuditedCall } from '../base/audited-call.ts';
import type { Random } from '../base/random.ts';
import type { Context, Decision, Draft, Idempotency, Judge, State } from '../domain/index.ts';
import type { Outcome, Store } from '../store/index.ts';
import type { Authorize, SubjectsOf } from './authorization/authorize.ts';
import type { AdmitCall } from './rate-limiter.ts';
import { auditEventOf } from './audit/audit-event.ts';

/** An input as a handler gets it: the SDK's request type after validation, so that what is required is there. */
export type Valid<T> = T extends readonly (infer U)[]
  ? readonly Valid<U>[]
  : T extends Date | Uint8Array
    ? T
    : T extends object
      ? { readonly [K in keyof T]: Valid<Exclude<T[K], undefined>> }
      : T;

/** An output as a handler gives it: the SDK's response type, deeply readonly. */
export type Wire<T> = T extends readonly (infer U)[]
  ? readonly Wire<U>[]
  : T extends Date | Uint8Array
    ? T
    : T extends object
      ? { readonly [K in keyof T]: Wire<T[K]> }
      : T;

/** What every operation needs. */
export interface OperationDeps {
  readonly store: Pick<Store, 'state' | 'commit'>;
  readonly random: Random;
  /** See `Context`. */
  readonly quotas: Context['quotas'];
}

/** One operation, before it has its dependencies. */
export interface Operation<D extends OperationDeps = OperationDeps> {
  readonly name: string;
  readonly kind: 'read' | 'change';
  readonly bind: (deps: D) => OperationHandler;
  /** See `Judge`; absent where nothing is wrong with an input that its model allows. */
  readonly judge?: (deps: D) => JudgeInput;
}

/** An operation that reads the durable state. */
export function read<Request, Response, D extends OperationDeps = OperationDeps>(
  name: string,
  answer: (state: State, request: Request, call: Call, deps: D) => Response,
  judge?: Judge<Request>,
): Operation<D> {
  return {
    name,
    kind: 'read',
    ...judgedBy(judge, (request: Request) => request),
    // The server has decoded and validated the input by the schema that `Request` is generated from.
    bind: (deps) => async (input, call) => ({
      output: answer(deps.store.state.value, input as Request, call, deps),
    }),
  };
}

/**
 * An operation that changes the state by `decision` and has no client token; `toOutput` gets the decision's result and the
 * state with its changes. The call's audit event is kept with them.
 */
export function change<
  Request extends object & { readonly clientToken?: never },
  I,
  R,
  Response,
  D extends OperationDeps = OperationDeps,
>(
  name: string,
  decision: Decision<I, R>,
  toInput: (request: Request, deps: D) => I,
  toOutput: (result: R, state: State) => Response,
  judge?: Judge<I>,
): Operation<D> {
  return {
    name,
    kind: 'change',
    ...judgedBy(judge, toInput),
    bind: (deps) => (input, call, audited) => {
      const context = contextOf(name, call, deps);
      const toAnswer = ({ result, state }: Outcome<R>): Response => toOutput(result, state);
      return commitAudited(deps, decision, toInput(input as Request, deps), context, undefined, toAnswer, audited);
    },
  };
}

/**
 * An operation that changes the state by `decision` and may be repeated with its `clientToken`: a repetition gives the first
 * answer. Therefore `toOutput` gets the decision's result only, which is kept with the token: the state may be another by then.
 */
export function changeOnce<
  Request extends { readonly clientToken?: string },
  I,
  R,
  Response,
  D extends OperationDeps = OperationDeps,
>(
  name: string,
  decision: Decision<I, R>,
  toInput: (request: Request, deps: D) => I,
  toOutput: (result: R) => Response,
  judge?: Judge<I>,
): Operation<D> {
  return {
    name,
    kind: 'change',
    ...judgedBy(judge, toInput),
    bind: (deps) => (input, call, audited) => {
      const { clientToken, ...parameters } = input as Request;
      const idempotency = clientToken === undefined ? undefined : { token: clientToken, parameters };
      const context = contextOf(name, call, deps);
      const toAnswer = ({ result }: Outcome<R>): Response => toOutput(result);
      return commitAudited(deps, decision, toInput(input as Request, deps), context, idempotency, toAnswer, audited);
    },
  };
}

/** The member `judge` of an operation: `judge` on what `toInput` makes of a request that its model may not allow. */
function judgedBy<Request, I, D extends OperationDeps>(
  judge: Judge<I> | undefined,
  toInput: (request: Request, deps: D) => I,
): Pick<Operation<D>, 'judge'> {
  if (judge === undefined) return {};
  return {
    // The way from the wire's shapes moves members and passes on what is absent, so that a draft stays one.
    judge: (deps) => (input, call) => judge(deps.store.state.value, toInput(input as Request, deps) as Draft<I>, call),
  };
}

/** Commits, and makes the output once, of the outcome: for the audit event that is kept with the change, and for the answer. */
async function commitAudited<I, R>(
  { store }: OperationDeps,
  decision: Decision<I, R>,
  input: I,
  context: Context,
  idempotency: Idempotency | undefined,
  toOutput: (outcome: Outcome<R>) => unknown,
  audited: (output: unknown) => AuditedCall,
): Promise<Answer> {
  let output: unknown;
  const { revision } = await store.commit(decision, input, context, idempotency, (outcome) => {
    output = toOutput(outcome);
    return auditEventOf(audited(output));
  });
  return { output, revision, audited: true };
}

/** The context in which a decision is made for `call`. */
export function contextOf(operation: string, call: Call, deps: OperationDeps): Context {
  const { account, region, principalArn, now } = call;
  return { account, region, principalArn, operation, now, random: deps.random, quotas: deps.quotas };
}

/** How the operations of one service are bound. */
export interface Binding {
  /** The code of the service in Service Quotas. */
  readonly serviceCode: string;
  readonly admit: AdmitCall;
  readonly authorize: Authorize;
  /** What each operation is about; who may not do it is refused before it is looked at. */
  readonly subjectsOf: SubjectsOf;
  /** The way from a refusal to an error of the service's protocol. */
  readonly translate: (error: unknown) => unknown;
}

/** The handlers of `operations`, by name: each call is admitted first, and what is thrown is translated. */
export function bindAll<D extends OperationDeps>(
  operations: readonly Operation<D>[],
  deps: D,
  { serviceCode, admit, authorize, subjectsOf, translate }: Binding,
): ReadonlyMap<string, OperationHandler> {
  return new Map<string, OperationHandler>(
    operations.map(({ name, kind, bind }) => {
      const handle = bind(deps);
      return [
        name,
        async (input, call, audited) => {
          try {
            admit(call, serviceCode, kind === 'read' ? 'read' : 'mutate');
            authorize(subjectsOf(name, input, call, deps.store.state.value), call);
            return await handle(input, call, audited);
          } catch (error) {
            throw translate(error);
          }
        },
      ];
    }),
  );
}

/** What judges the inputs of `operations`, by their names. */
export function bindJudges<D extends OperationDeps>(
  operations: readonly Operation<D>[],
  deps: D,
): ReadonlyMap<string, JudgeInput> {
  return new Map(
    operations.flatMap(({ name, judge }): readonly [string, JudgeInput][] =>
      judge === undefined ? [] : [[name, judge(deps)]],
    ),
  );
}
