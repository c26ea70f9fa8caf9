// The one translation of this edge: a refusal of the domain becomes an error of an AWS protocol.

import { ServiceError } from '../aws/index.ts';
import { Refusal, type RefusalDetail } from '../domain/index.ts';

/** The error in VPC Lattice's words when `error` is a refusal; anything else (a bug) as it is. */
export function toLatticeError(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const { kind, ...fields } = error.detail;
  return new ServiceError(`${kind}Exception`, error.message, { ...causeOf(error), fields });
}

const ec2Codes: Readonly<Record<Exclude<RefusalDetail['kind'], 'Ec2'>, string>> = {
  AccessDenied: 'UnauthorizedOperation',
  Conflict: 'IncorrectState',
  InternalServer: 'InternalError',
  ResourceNotFound: 'InvalidParameterValue',
  ServiceQuotaExceeded: 'ResourceLimitExceeded',
  Throttling: 'RequestLimitExceeded',
  Validation: 'InvalidParameterValue',
};

/** The error in EC2's words when `error` is a refusal; anything else (a bug) as it is. */
export function toEc2Error(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const { detail } = error;
  const code = detail.kind === 'Ec2' ? detail.code : ec2Codes[detail.kind];
  const status = detail.kind === 'InternalServer' ? { status: 500 } : {};
  return new ServiceError(code, error.message, { ...causeOf(error), ...status });
}

/** The error in the words of the Resource Groups Tagging API when `error` is a refusal; anything else (a bug) as it is. */
export function toTaggingError(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  return error.kind === 'InternalServer'
    ? new ServiceError('InternalServiceException', error.message, { ...causeOf(error), status: 500 })
    : new ServiceError('InvalidParameterException', error.message, causeOf(error));
}

function causeOf(error: Refusal): ErrorOptions {
  return error.cause === undefined ? {} : { cause: error.cause };
}
