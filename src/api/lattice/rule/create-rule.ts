// CreateRule.

import type { CreateRuleRequest, CreateRuleResponse } from '@aws-sdk/client-vpc-lattice';
import { createRule as decide, judgeNewRule } from '../../../domain/rule/index.ts';
import { changeOnce, type Valid, type Wire } from '../../operation.ts';
import { readAction } from './action.ts';
import { describeRule } from './describe-rule.ts';
import { readMatch } from './match.ts';

/** Makes a rule. */
export const createRule = changeOnce(
  'CreateRule',
  decide,
  ({ clientToken: _token, match, action, ...rest }: Valid<CreateRuleRequest>) => ({
    ...rest,
    match: readMatch(match),
    action: readAction(action),
  }),
  (rule): Wire<CreateRuleResponse> => describeRule(rule),
  judgeNewRule,
);
