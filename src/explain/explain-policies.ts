// Gathers what policies say while a decision is made: statement by statement, and of each the first part that did not match.

import { explainPolicy, type KeyValue } from '../policy/index.ts';
import type { DecisionRecorder } from '../proxy/request/index.ts';
import type { ExplainedPolicy, ExplainedStatement } from './explanation.ts';

/** Policies by their layers, in the order in which they were evaluated. */
export interface PolicyNotes {
  readonly record: DecisionRecorder['policy'];
  readonly layers: ReadonlyMap<string, readonly ExplainedPolicy[]>;
}

/** Makes empty notes. */
export function createPolicyNotes(): PolicyNotes {
  const layers = new Map<string, ExplainedPolicy[]>();
  return {
    layers,
    record(request, layer, { name, policy }, { effect }) {
      const statements = explainPolicy(policy, request).map(({ statement, failed }): ExplainedStatement => {
        const { sid, line, column } = statement;
        const facts = { ...(sid === undefined ? {} : { sid }), effect: statement.effect, line, column };
        if (failed === undefined) return { ...facts, applies: true };
        const { part, saw } = failed;
        return {
          ...facts,
          applies: false,
          failed: { element: part.element, expected: part.expected, saw: readable(saw) },
        };
      });
      const list = layers.get(layer) ?? [];
      layers.set(layer, [...list, { name, resource: request.resource, effect, statements }]);
    },
  };
}

function readable(saw: KeyValue): string | readonly string[] | null {
  return saw ?? null;
}
