// CreateListener.

import type { CreateListenerRequest, CreateListenerResponse } from '@aws-sdk/client-vpc-lattice';
import { createListener as decide, judgeNewListener } from '../../../domain/listener/index.ts';
import { changeOnce, type Valid, type Wire } from '../../operation.ts';
import { readAction } from '../rule/action.ts';
import { describeListener } from './describe-listener.ts';

/** Makes a listener and its default rule. */
export const createListener = changeOnce(
  'CreateListener',
  decide,
  ({ clientToken: _token, defaultAction, ...rest }: Valid<CreateListenerRequest>) => ({
    ...rest,
    defaultAction: readAction(defaultAction),
  }),
  (result): Wire<CreateListenerResponse> => describeListener(result),
  judgeNewListener,
);
