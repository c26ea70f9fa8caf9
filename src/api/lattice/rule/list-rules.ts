// ListRules.

import type { ListRulesRequest, ListRulesResponse } from '@aws-sdk/client-vpc-lattice';
import { paginate } from '../../../domain/index.ts';
import { getListener } from '../../../domain/listener/index.ts';
import { listRules as list } from '../../../domain/rule/index.ts';
import { read, type Valid, type Wire } from '../../operation.ts';
import { describeRule } from './describe-rule.ts';

/** Lists the rules of a listener, the default one included. */
export const listRules = read('ListRules', (state, request: Valid<ListRulesRequest>, call): Wire<ListRulesResponse> => {
  const { listener } = getListener(state, call, request.serviceIdentifier, request.listenerIdentifier);
  const { items, nextToken } = paginate(list(state, listener), request);
  return { items: items.map(describeRule), nextToken };
});
