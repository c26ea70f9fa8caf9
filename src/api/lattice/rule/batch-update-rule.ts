// BatchUpdateRule.

import type { BatchUpdateRuleRequest, BatchUpdateRuleResponse } from '@aws-sdk/client-vpc-lattice';
import { batchUpdateRule as decide, judgeBatch } from '../../../domain/rule/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { describeRule } from './describe-rule.ts';
import { readRuleChange } from './rule-change.ts';

type Request = Valid<BatchUpdateRuleRequest>;

/** Changes several rules of a listener at once. */
export const batchUpdateRule = change(
  'BatchUpdateRule',
  decide,
  ({ rules = [], ...rest }: Omit<Request, 'rules'> & Partial<Pick<Request, 'rules'>>) => ({
    ...rest,
    rules: rules.map(({ ruleIdentifier, ...update }) => ({ ruleIdentifier, ...readRuleChange(update) })),
  }),
  ({ successful, unsuccessful }): Wire<BatchUpdateRuleResponse> => ({
    successful: successful.map(describeRule),
    unsuccessful,
  }),
  judgeBatch,
);
