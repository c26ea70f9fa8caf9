// How a reading operation of EC2 is written: as those of VPC Lattice, and with DryRun.

import { ServiceError, type Call } from '../../aws/index.ts';
import type { State } from '../../domain/index.ts';
import { read, type Operation } from '../operation.ts';
import type { Ec2Deps } from './deps.ts';

/** What a call that was only tried is told, when it would have been answered (EC2 API: DryRun). */
export function dryRunSucceeded(): ServiceError {
  return new ServiceError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', { status: 412 });
}

/** As `read`. With `DryRun` the answer is made and thrown away. */
export function readEc2<Request extends { readonly DryRun?: boolean }, Response>(
  name: string,
  answer: (state: State, request: Request, call: Call, deps: Ec2Deps) => Response,
): Operation<Ec2Deps> {
  return read<Request, Response, Ec2Deps>(name, (state, request, call, deps) => {
    const answered = answer(state, request, call, deps);
    if (request.DryRun === true) throw dryRunSucceeded();
    return answered;
  });
}
