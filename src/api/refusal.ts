// The one translation of this edge: a refusal of the domain becomes an error of an AWS protocol.

import { ServiceError } from '../aws/index.ts';
import { Refusal, type RefusalDetail } from '../domain/index.ts';

/** The error in VPC Lattice's words when `error` is a refusal; anything else (a bug) as it is. */
export function toLatticeError(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const { kind, ...fields } = error.detail;
  return new ServiceError(`${kind}Exception`, error.message, { ...causeOf(error), fields });
}

/** The kinds that carry a service's own codes. */
type OwnKind = 'Ec2' | 'Iam' | 'Route53';

const ec2Codes: Readonly<Record<Exclude<RefusalDetail['kind'], OwnKind>, string>> = {
  AccessDenied: 'UnauthorizedOperation',
  Conflict: 'IncorrectState',
  InternalServer: 'InternalError',
  ResourceNotFound: 'InvalidParameterValue',
  ServiceQuotaExceeded: 'ResourceLimitExceeded',
  Throttling: 'RequestLimitExceeded',
  Validation: 'InvalidParameterValue',
};

/** The statuses of EC2's errors, where they are not 400 (EC2 API: Error codes). */
const ec2Statuses: Readonly<Partial<Record<RefusalDetail['kind'], number>>> = {
  AccessDenied: 403,
  InternalServer: 500,
  Throttling: 503,
};

/** The error in EC2's words when `error` is a refusal; anything else (a bug) as it is. */
export function toEc2Error(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const { detail } = error;
  if (detail.kind === 'Conflict' && detail.resourceType === 'CLIENT_TOKEN')
    return new ServiceError(
      'IdempotentParameterMismatch',
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
      causeOf(error),
    );
  const code = 'code' in detail ? detail.code : ec2Codes[detail.kind];
  const status = ec2Statuses[detail.kind];
  const message =
    detail.kind === 'AccessDenied'
      ? `You are not authorized to perform this operation. ${error.message}`
      : error.message;
  return new ServiceError(code, message, { ...causeOf(error), ...(status === undefined ? {} : { status }) });
}

/** The error in STS's words: those of VPC Lattice, but for what all query services call by another name (STS: Common errors). */
export function toStsError(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  if (error.kind === 'AccessDenied')
    return new ServiceError('AccessDenied', error.message, { ...causeOf(error), status: 403 });
  return error.kind === 'Throttling'
    ? new ServiceError('Throttling', error.message, causeOf(error))
    : toLatticeError(error);
}

/** What IAM calls what is refused before it is asked, or by what it shares with others. */
const iamCodes: Readonly<Record<Exclude<RefusalDetail['kind'], OwnKind>, string>> = {
  AccessDenied: 'AccessDenied',
  Conflict: 'ConcurrentModification',
  InternalServer: 'ServiceFailure',
  ResourceNotFound: 'NoSuchEntity',
  ServiceQuotaExceeded: 'LimitExceeded',
  Throttling: 'Throttling',
  Validation: 'ValidationError',
};

/** The statuses of IAM's errors, where they are not 400 (IAM API: the operations' errors). */
const iamStatuses: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  ConcurrentModification: 409,
  DeleteConflict: 409,
  EntityAlreadyExists: 409,
  LimitExceeded: 409,
  NoSuchEntity: 404,
  ServiceFailure: 500,
};

/** The error in IAM's words when `error` is a refusal; anything else (a bug) as it is. */
export function toIamError(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const { detail } = error;
  const code = 'code' in detail ? detail.code : iamCodes[detail.kind];
  const status = iamStatuses[code] ?? 400;
  return new ServiceError(code, error.message, { ...causeOf(error), status });
}

/** What Route 53 calls what is refused before it is asked, or by what it shares with others. */
const route53Codes: Readonly<Record<Exclude<RefusalDetail['kind'], OwnKind>, string>> = {
  AccessDenied: 'AccessDenied',
  Conflict: 'PriorRequestNotComplete',
  InternalServer: 'InternalFailure',
  ResourceNotFound: 'InvalidInput',
  ServiceQuotaExceeded: 'LimitsExceeded',
  Throttling: 'ThrottlingException',
  Validation: 'InvalidInput',
};

/** The error in Route 53's words when `error` is a refusal; anything else (a bug) as it is. Its schema knows the statuses. */
export function toRoute53Error(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const { detail } = error;
  const code = 'code' in detail ? detail.code : route53Codes[detail.kind];
  const status = code === 'AccessDenied' ? 403 : code === 'InternalFailure' ? 500 : undefined;
  return new ServiceError(code, error.message, { ...causeOf(error), ...(status === undefined ? {} : { status }) });
}

/** The error in the words of the Resource Groups Tagging API when `error` is a refusal; anything else (a bug) as it is. */
export function toTaggingError(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  if (error.kind === 'InternalServer')
    return new ServiceError('InternalServiceException', error.message, { ...causeOf(error), status: 500 });
  const code = error.kind === 'Throttling' ? 'ThrottledException' : 'InvalidParameterException';
  return new ServiceError(code, error.message, causeOf(error));
}

function causeOf(error: Refusal): ErrorOptions {
  return error.cause === undefined ? {} : { cause: error.cause };
}
