// BatchUpdateRule.

import type { BatchUpdateRuleRequest, BatchUpdateRuleResponse } from '@aws-sdk/client-vpc-lattice';
import { batchUpdateRule as decide } from '../../../domain/rule/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeRule } from './describe-rule.ts';
import { readRuleChange } from './rule-change.ts';

/** Changes several rules of a listener at once. */
export const batchUpdateRule = change(
  'BatchUpdateRule',
  decide,
  ({ rules, ...rest }: Valid<BatchUpdateRuleRequest>) => ({
    ...rest,
    rules: rules.map(({ ruleIdentifier, ...update }) => ({ ruleIdentifier, ...readRuleChange(update) })),
  }),
  ({ successful, unsuccessful }): Wire<BatchUpdateRuleResponse> => ({
    successful: successful.map(describeRule),
    unsuccessful,
  }),
);
