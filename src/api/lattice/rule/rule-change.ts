// What an update says about a rule.

import type { RuleUpdate } from '@aws-sdk/client-vpc-lattice';
import type { RuleChange } from '../../../domain/rule/index.ts';
import type { Valid } from '../../operation.ts';
import { readAction } from './action.ts';
import { readMatch } from './match.ts';

/** The change as the domain takes it; what is absent stays. */
export function readRuleChange({
  match,
  priority,
  action,
}: Pick<Valid<RuleUpdate>, 'match' | 'priority' | 'action'>): RuleChange {
  return {
    ...(match === undefined ? {} : { match: readMatch(match) }),
    ...(priority === undefined ? {} : { priority }),
    ...(action === undefined ? {} : { action: readAction(action) }),
  };
}
