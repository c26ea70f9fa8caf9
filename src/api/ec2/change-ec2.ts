// How a changing operation of EC2 is written: as those of VPC Lattice, and with DryRun.

import type { Decision, State } from '../../domain/index.ts';
import { change, contextOf, type Operation } from '../operation.ts';
import type { Ec2Deps } from './deps.ts';
import { dryRunSucceeded } from './read-ec2.ts';

/** As `change`. With `DryRun` the decision is tried on the durable state and the answer is `DryRunOperation` (EC2 API: 412). */
export function changeEc2<Request extends { readonly DryRun?: boolean }, I, R, Response>(
  name: string,
  decision: Decision<I, R>,
  toInput: (request: Request, deps: Ec2Deps) => I,
  toOutput: (result: R, state: State) => Response,
): Operation<Ec2Deps> {
  const changing = change<Request, I, R, Response, Ec2Deps>(name, decision, toInput, toOutput);
  return {
    name,
    kind: 'change',
    bind(deps) {
      const handle = changing.bind(deps);
      return async (input, call, audited) => {
        const request = input as Request;
        if (request.DryRun !== true) return handle(input, call, audited);
        decision(deps.store.state.value, toInput(request, deps), contextOf(name, call, deps));
        throw dryRunSucceeded();
      };
    },
  };
}
