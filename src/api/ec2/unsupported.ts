// Parameters of EC2 that mean something on AWS and nothing here: refused rather than ignored.

import { ServiceError } from '../../aws/index.ts';

/** Refuses with `UnsupportedOperation` when the request has one of `names` with a value that is not what there is anyway (`false`, or that of `usual`). */
export function refuseUnsupported(
  request: Readonly<Record<string, unknown>>,
  names: readonly string[],
  usual: Readonly<Record<string, unknown>> = {},
): void {
  for (const name of names) {
    const value = request[name];
    if (value === undefined || value === false || value === usual[name]) continue;
    throw new ServiceError('UnsupportedOperation', `The parameter ${name} is not supported here.`);
  }
}
