// What a service network or a service with auth type AWS_IAM asks of requests, compiled once per document.

import {
  compilePolicy,
  parsePolicy,
  TooCostly,
  type CompiledPolicy,
  type CompiledStatement,
  type NamedPolicy,
  type PolicyRequest,
  type StatementPart,
} from '../../policy/index.ts';
import type { Caller } from '../identity/caller.ts';

/** The policies of one layer. None of them: every request is denied (User Guide: Auth policies). */
export interface AuthLayer {
  readonly policies: readonly NamedPolicy[];
  /**
   * The same for requests of `caller` with the action and the method of `request`: without the statements that are about others or about other
   * methods, and without the parts that only say so. Says the same as `policies`, at a fraction of the cost.
   */
  about(caller: Caller, request: PolicyRequest): { readonly policies: readonly NamedPolicy[] };
}

/** Effort of all policies for a request: well below a millisecond, and far above what any policy needs that people write. */
export const MOST_EFFORT = 80_000;

/** Callers and methods of which all layers of a worker together keep what is about them: some 10 MB. */
const MOST_KEPT = 20_000;

/** What many layers keep of their callers. When it is too much everything is forgotten, and made again for who asks. */
export class AuthMemory {
  readonly #most: number;
  readonly #places = new Set<Map<unknown, unknown>>();
  #used = 0;

  constructor(most = MOST_KEPT) {
    this.#most = most;
  }

  /** Says that one thing more comes into `place`, before it does; that may be empty then. */
  take(place: Map<unknown, unknown>): void {
    if (++this.#used > this.#most) {
      for (const one of this.#places) one.clear();
      this.#places.clear();
      this.#used = 1;
    }
    this.#places.add(place);
  }
}

const METHOD = 'vpc-lattice-svcs:requestmethod';

/** Methods of which is kept what is about them: others are any text that a client thinks of. */
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The layer of a network or service; undefined with auth type NONE. */
export function compileAuth(
  owner: {
    readonly arn: string;
    readonly authType?: 'AWS_IAM';
    readonly policy?: string;
  },
  memory = new AuthMemory(),
): AuthLayer | undefined {
  if (owner.authType === undefined) return undefined;
  const parsed = owner.policy === undefined ? undefined : parsePolicy(owner.policy, 'resource');
  // What cannot be read allows nothing; PutAuthPolicy takes no such document.
  if (parsed?.ok !== true) {
    const nothing = { policies: [] };
    return { ...nothing, about: () => nothing };
  }
  const name = `auth policy of ${owner.arn}`;
  const policy = compilePolicy(parsed.document);
  const narrow = createNarrowing(policy);
  const kept = new Map<Caller, Map<string, { readonly policies: readonly NamedPolicy[] }>>();
  return {
    policies: [{ name, policy }],
    about(caller, request) {
      const method = methodOf(request);
      const known = kept.get(caller)?.get(method);
      if (known !== undefined) return known;
      const made = { policies: [{ name, policy: narrow(request, method !== '') }] };
      memory.take(kept);
      let ofCaller = kept.get(caller);
      if (ofCaller === undefined) kept.set(caller, (ofCaller = new Map()));
      ofCaller.set(method, made);
      return made;
    },
  };
}

/** The method of a request if it is a usual one, else ''. */
function methodOf(request: PolicyRequest): string {
  const method = request.key(METHOD);
  return typeof method === 'string' && methods.has(method) ? method : '';
}

/** Keys of which a caller has one value in all of its requests, beside its tags. */
const fixedKeys: ReadonlySet<string> = new Set([
  'aws:principaltype',
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalisawsservice',
  'aws:userid',
  'aws:username',
  'aws:tokenissuetime',
  'aws:sourceidentity',
]);

/** Whether a part only depends on who asks and for which action, or, if `withMethod`, also on the method. */
function isFixed({ kind, keys }: StatementPart, withMethod: boolean): boolean {
  if (kind === 'Principal' || kind === 'Action') return true;
  const has = (key: string): boolean =>
    fixedKeys.has(key) || key.startsWith('aws:principaltag/') || (withMethod && key === METHOD);
  return keys !== undefined && keys.every(has);
}

/** A statement, the parts of it that are judged once, and what is left of it then: the same for all whom it is about. */
interface Divided {
  readonly whole: CompiledStatement;
  readonly fixed: readonly StatementPart[];
  readonly rest: CompiledStatement;
}

function divide(statements: readonly CompiledStatement[], withMethod: boolean): readonly Divided[] {
  return statements.map((whole) => {
    const { fixed = [], other = [] } = Object.groupBy(whole.parts, (part) =>
      isFixed(part, withMethod) ? 'fixed' : 'other',
    );
    return { whole, fixed, rest: { ...whole, parts: other } };
  });
}

/** The statements that can apply to `request`, without their fixed parts. */
function whatIsLeft(divided: readonly Divided[], request: PolicyRequest): readonly CompiledStatement[] {
  const action = request.action.toLowerCase();
  return divided.flatMap(({ whole, fixed, rest }) => {
    try {
      return fixed.every((part) => part.matches(request, action)) ? rest : [];
    } catch (error) {
      if (!(error instanceof TooCostly)) throw error;
      // Left to each request, which may not have it for nothing either.
      return whole;
    }
  });
}

/** Makes what leaves out of `policy` what needs no second look in requests of one principal and action, and, if told so, one method. */
function createNarrowing(policy: CompiledPolicy): (request: PolicyRequest, withMethod: boolean) => CompiledPolicy {
  const divideAll = (withMethod: boolean) => ({
    denying: divide(policy.denying, withMethod),
    allowing: divide(policy.allowing, withMethod),
  });
  const [byMethod, byCaller] = [divideAll(true), divideAll(false)];
  return (request, withMethod) => {
    const { principal, action, resource } = request;
    const { denying, allowing } = withMethod ? byMethod : byCaller;
    // What is judged once is not the request's to pay.
    const budget = { left: MOST_EFFORT };
    const asked: PolicyRequest = { principal, action, resource, budget, key: (name) => request.key(name) };
    return {
      statements: policy.statements,
      denying: whatIsLeft(denying, asked),
      allowing: whatIsLeft(allowing, asked),
    };
  };
}
