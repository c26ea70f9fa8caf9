// Gathers what policies say while a decision is made: statement by statement, and of each the first part that did not match.

import type { CompiledStatement, KeyValue, PolicyRequest } from '../policy/index.ts';
import type { DecisionRecorder } from '../proxy/request/index.ts';
import type { ExplainedPolicy, ExplainedStatement } from './explanation.ts';

/** Policies by their layers, in the order in which they were evaluated. */
export interface PolicyNotes {
  readonly record: DecisionRecorder['policy'];
  readonly layers: ReadonlyMap<string, readonly ExplainedPolicy[]>;
}

/** Makes empty notes. Of keys that `isUnknown` says so, what the request answers is not believed. */
export function createPolicyNotes(isUnknown: (key: string) => boolean = () => false): PolicyNotes {
  const layers = new Map<string, ExplainedPolicy[]>();
  return {
    layers,
    record(request, layer, { name, policy }, { effect }) {
      const statements = policy.statements.map((statement) => explainStatement(statement, request, isUnknown));
      const list = layers.get(layer) ?? [];
      layers.set(layer, [...list, { name, resource: request.resource, effect, statements }]);
    },
  };
}

function explainStatement(
  statement: CompiledStatement,
  request: PolicyRequest,
  isUnknown: (key: string) => boolean,
): ExplainedStatement {
  const { sid, effect, line, column, parts } = statement;
  const facts = { ...(sid === undefined ? {} : { sid }), effect, line, column };
  const unknown = new Set<string>();
  const action = request.action.toLowerCase();
  for (const part of parts) {
    const looked = new Set<string>();
    const matches = part.matches(
      watch(request, (key) => isUnknown(key) && looked.add(key)),
      action,
    );
    for (const key of looked) unknown.add(key);
    // What fails for certain decides, whatever is not known of other parts.
    if (matches || looked.size > 0) continue;
    const failed = { element: part.element, expected: part.expected, saw: readable(part.saw(request)) };
    return { ...facts, applies: false, failed };
  }
  return unknown.size === 0 ? { ...facts, applies: true } : { ...facts, applies: false, unknown: [...unknown] };
}

/** `request`, which tells of every key that is asked for. Without its budget: what is told of it must not cost it, or it would be judged by what is left. */
function watch(request: PolicyRequest, heard: (key: string) => void): PolicyRequest {
  const { principal, action, resource } = request;
  return {
    ...{ principal, action, resource },
    key(name) {
      heard(name);
      return request.key(name);
    },
  };
}

function readable(saw: KeyValue): string | readonly string[] | null {
  return saw ?? null;
}
