// The one way in which a decision says no.

/** What is wrong with one member of the input. */
export interface InvalidField {
  readonly name: string;
  readonly message: string;
}

/** What kind of no, with the members that AWS's exception of that kind has (api.md 3; `Ec2`, `Iam` and `Route53` carry those services' own codes). */
export type RefusalDetail =
  | { readonly kind: 'AccessDenied' }
  | { readonly kind: 'Conflict'; readonly resourceId: string; readonly resourceType: string }
  | { readonly kind: 'InternalServer'; readonly retryAfterSeconds?: number }
  | { readonly kind: 'ResourceNotFound'; readonly resourceId: string; readonly resourceType: string }
  | {
      readonly kind: 'ServiceQuotaExceeded';
      readonly resourceType: string;
      readonly serviceCode: string;
      readonly quotaCode: string;
      readonly resourceId?: string;
    }
  | {
      readonly kind: 'Throttling';
      readonly serviceCode?: string;
      readonly quotaCode?: string;
      readonly retryAfterSeconds?: number;
    }
  | {
      readonly kind: 'Validation';
      readonly reason: 'unknownOperation' | 'cannotParse' | 'fieldValidationFailed' | 'other';
      readonly fieldList?: readonly InvalidField[];
    }
  | { readonly kind: 'Ec2'; readonly code: string }
  | { readonly kind: 'Iam'; readonly code: IamCode }
  | { readonly kind: 'Route53'; readonly code: Route53Code };

/** The errors of Route 53 (Route 53 API reference), as they go over the wire. */
export type Route53Code =
  | 'ConflictingDomainExists'
  | 'DelegationSetNotReusable'
  | 'HostedZoneAlreadyExists'
  | 'HostedZoneNotEmpty'
  | 'InvalidArgument'
  | 'InvalidChangeBatch'
  | 'InvalidDomainName'
  | 'InvalidInput'
  | 'InvalidVPCId'
  | 'LastVPCAssociation'
  | 'LimitsExceeded'
  | 'NoSuchChange'
  | 'NoSuchDelegationSet'
  | 'NoSuchHealthCheck'
  | 'NoSuchHostedZone'
  | 'NotAuthorizedException'
  | 'PublicZoneVPCAssociation'
  | 'TooManyHostedZones'
  | 'VPCAssociationAuthorizationNotFound'
  | 'VPCAssociationNotFound';

/** The errors of IAM (IAM API reference), as they go over the wire. */
export type IamCode =
  | 'DeleteConflict'
  | 'EntityAlreadyExists'
  | 'InvalidInput'
  | 'LimitExceeded'
  | 'MalformedPolicyDocument'
  | 'NoSuchEntity'
  | 'PolicyNotAttachable'
  | 'ValidationError';

/** An expected no. `message` is for the caller, `cause` for the log. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly detail: RefusalDetail;

  constructor(detail: RefusalDetail, message: string, options?: ErrorOptions) {
    super(message, options);
    this.detail = detail;
  }

  get kind(): RefusalDetail['kind'] {
    return this.detail.kind;
  }
}

/** The types of resource that refusals name (`SERVICE_NETWORK` and `SERVICE` are AWS's; the others follow their pattern). */
export type ResourceType =
  | 'SERVICE_NETWORK'
  | 'SERVICE'
  | 'LISTENER'
  | 'RULE'
  | 'TARGET_GROUP'
  | 'TARGET'
  | 'SERVICE_NETWORK_SERVICE_ASSOCIATION'
  | 'ACCESS_LOG_SUBSCRIPTION'
  | 'SERVICE_NETWORK_VPC_ASSOCIATION'
  | 'SERVICE_NETWORK_RESOURCE_ASSOCIATION'
  | 'RESOURCE_ENDPOINT_ASSOCIATION'
  | 'RESOURCE_GATEWAY'
  | 'RESOURCE_CONFIGURATION'
  | 'DOMAIN_VERIFICATION'
  | 'VPC'
  | 'SECURITY_GROUP'
  | 'RESOURCE';

/** A conflict with the present state of a resource. */
export function conflict(resourceType: ResourceType, resourceId: string, message: string): Refusal {
  return new Refusal({ kind: 'Conflict', resourceId, resourceType }, message);
}

/** A type of resource in a sentence: `service network`. */
export function wordsOf(resourceType: ResourceType): string {
  return resourceType.toLowerCase().replaceAll('_', ' ');
}

/** A resource that is not there (for this account). */
export function notFound(resourceType: ResourceType, resourceId: string): Refusal {
  return new Refusal(
    { kind: 'ResourceNotFound', resourceId, resourceType },
    `The ${wordsOf(resourceType)} ${resourceId} was not found.`,
  );
}

/** A member of the input that is wrong in itself or beside the others. */
export function invalidField(name: string, message: string): Refusal {
  return invalidFields([{ name, message }]);
}

/** Everything that is wrong with the members of one input; at least one. */
export function invalidFields(fieldList: readonly InvalidField[]): Refusal {
  return new Refusal(
    { kind: 'Validation', reason: 'fieldValidationFailed', fieldList },
    fieldList.map(({ name, message }) => `Invalid value for ${name}: ${message}`).join('; '),
  );
}

/** Refuses when anything is wrong with the members of one input, and then names it all. */
export function checkFields(wrong: readonly InvalidField[]): void {
  if (wrong.length > 0) throw invalidFields(wrong);
}

/** A no in IAM's manner: one of its codes and a sentence. */
export function iamRefusal(code: IamCode, message: string): Refusal {
  return new Refusal({ kind: 'Iam', code }, message);
}

/** A no in Route 53's manner: one of its codes and a sentence. */
export function route53Refusal(code: Route53Code, message: string): Refusal {
  return new Refusal({ kind: 'Route53', code }, message);
}

/** A no in EC2's manner: its own code and a sentence. */
export function ec2Refusal(code: string, message: string): Refusal {
  return new Refusal({ kind: 'Ec2', code }, message);
}
