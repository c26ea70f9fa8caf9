// UpdateListener.

import type { UpdateListenerRequest, UpdateListenerResponse } from '@aws-sdk/client-vpc-lattice';
import { updateListener as decide, judgeListenerUpdate } from '../../../domain/listener/index.ts';
import { change, type Valid, type Wire } from '../../operation.ts';
import { readAction } from '../rule/action.ts';
import { describeListener } from './describe-listener.ts';

/** Changes the default action of a listener. */
export const updateListener = change(
  'UpdateListener',
  decide,
  ({ defaultAction, ...rest }: Valid<UpdateListenerRequest>) => ({
    ...rest,
    defaultAction: readAction(defaultAction),
  }),
  (result): Wire<UpdateListenerResponse> => describeListener(result),
  judgeListenerUpdate,
);
