// UpdateRule.

import type { UpdateRuleRequest, UpdateRuleResponse } from '@aws-sdk/client-vpc-lattice';
import { updateRule as decide, judgeRuleUpdate } from '../../../domain/rule/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeRule } from './describe-rule.ts';
import { readRuleChange } from './rule-change.ts';

/** Changes match, priority or action of a rule. */
export const updateRule = change(
  'UpdateRule',
  decide,
  ({ serviceIdentifier, listenerIdentifier, ruleIdentifier, ...rest }: Valid<UpdateRuleRequest>) => ({
    serviceIdentifier,
    listenerIdentifier,
    ruleIdentifier,
    ...readRuleChange(rest),
  }),
  (rule): Wire<UpdateRuleResponse> => describeRule(rule),
  judgeRuleUpdate,
);
