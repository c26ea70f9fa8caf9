// Actions of rules and listeners, from the wire's shape and back.

import type { Draft } from '../../../domain/index.ts';
import type { RuleAction as WireAction } from '@aws-sdk/client-vpc-lattice';
import type { RuleAction } from '../../../domain/records/index.ts';
import type { RuleActionInput } from '../../../domain/rule/index.ts';
import type { Valid, Wire } from '../../operation.ts';

/** An action as the domain takes it; undefined when there is none, which validation refuses. */
export function readAction(action: Valid<WireAction>): RuleActionInput;
export function readAction(action: Draft<Valid<WireAction>> | undefined): Draft<RuleActionInput> | undefined {
  if (action?.forward !== undefined) return { kind: 'forward', targetGroups: action.forward.targetGroups };
  if (action?.fixedResponse !== undefined)
    return { kind: 'fixedResponse', statusCode: action.fixedResponse.statusCode };
  return undefined;
}

/** An action as it is shown: target groups by id, weights always there (clients compare them so). */
export function describeAction(action: RuleAction): Wire<WireAction> {
  if (action.kind === 'fixedResponse') return { fixedResponse: { statusCode: action.statusCode } };
  return {
    forward: {
      targetGroups: action.targetGroups.map(({ targetGroupId, weight }) => ({
        targetGroupIdentifier: targetGroupId,
        weight,
      })),
    },
  };
}
