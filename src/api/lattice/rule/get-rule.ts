// GetRule.

import type { GetRuleRequest, GetRuleResponse } from '@aws-sdk/client-vpc-lattice';
import { getRule as find } from '../../../domain/rule/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeRule } from './describe-rule.ts';

/** Shows a rule, also the default one. */
export const getRule = read('GetRule', (state, request: Valid<GetRuleRequest>, call): Wire<GetRuleResponse> =>
  describeRule(find(state, call, request).rule),
);
