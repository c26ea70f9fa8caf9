// DeleteRule.

import type { DeleteRuleRequest, DeleteRuleResponse } from '@aws-sdk/client-vpc-lattice';
import { deleteRule as decide } from '../../../domain/rule/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';

/** Deletes a rule, but never the default one. */
export const deleteRule = change(
  'DeleteRule',
  decide,
  (request: Valid<DeleteRuleRequest>) => request,
  (): Wire<DeleteRuleResponse> => ({}),
);
