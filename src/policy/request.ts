// What a policy is asked about: who wants to do what with which resource, and what is known of it.

/** Who a request stands for, as policies see it. */
export type Principal =
  | { readonly kind: 'anonymous' }
  /** A service of AWS, as trust policies name it: `ec2.amazonaws.com`. */
  | { readonly kind: 'service'; readonly name: string }
  /** Somebody whom an identity provider vouches for; `provider` is its ARN. */
  | { readonly kind: 'web-identity'; readonly provider: string }
  | CallerPrincipal;

/** An identity of an account. */
export interface CallerPrincipal {
  /** `role`: a session of a role; `federated`: a federated user. */
  readonly kind: 'user' | 'role' | 'federated' | 'root';
  /** `arn:aws:iam::ACCOUNT:user/NAME`, `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, `arn:aws:iam::ACCOUNT:root`. */
  readonly arn: string;
  /** What aws:PrincipalArn says: of a session the ARN of its role, else `arn`. */
  readonly issuerArn: string;
  /** Twelve digits. */
  readonly account: string;
  /** What aws:userid says: `AIDA…`, `AROA…:SESSION`, the account id of root. */
  readonly userId: string;
  /** Tags of the principal, those of the session over them. */
  readonly tags: Readonly<Record<string, string>>;
  readonly organizationId?: string;
}

/** The value or values of a condition key; undefined when it is not there. */
export type KeyValue = string | readonly string[] | undefined;

/** Effort that is left, see `Matcher`. */
export interface Budget {
  left: number;
}

/** Patterns and texts cost more together than one request may. */
export class TooCostly extends Error {
  override readonly name = 'TooCostly';
}

/** Takes `effort` from the budget of `request`; throws `TooCostly` when it has not as much. */
export function spend({ budget }: Pick<PolicyRequest, 'budget'>, effort: number): void {
  if (budget !== undefined && (budget.left -= effort) < 0) throw new TooCostly('the budget is spent');
}

/** What is asked. */
export interface PolicyRequest {
  readonly principal: Principal;
  /** `PREFIX:Name`. */
  readonly action: string;
  /** An ARN, or `*` where there is none. */
  readonly resource: string;
  /** What may be spent on patterns; absent: as much as it takes. One that is spent ends the evaluation with `TooCostly`. */
  readonly budget?: Budget;
  /**
   * A condition key that does not follow from the principal, in small letters up to its `/`; what follows that is as the policy has it.
   */
  key(name: string): KeyValue;
}

const principalTypes = { user: 'User', role: 'AssumedRole', federated: 'FederatedUser', root: 'Account' } as const;

const TAG = 'aws:principaltag/';

/** A condition key of `request`, those of the principal too (IAM User Guide: "AWS global condition context keys"). */
export function keyOf(request: PolicyRequest, name: string): KeyValue {
  if (!isOfPrincipal(name)) return request.key(name);
  const { principal } = request;
  const own =
    'tags' in principal && name.startsWith(TAG)
      ? findTagFor(request, principal.tags, name.slice(TAG.length))
      : principalKey(principal, name);
  return own ?? request.key(name);
}

/** `keyOf` of one name. */
export function keyReader(name: string): (request: PolicyRequest) => KeyValue {
  return isOfPrincipal(name) ? (request) => keyOf(request, name) : (request) => request.key(name);
}

/** Whether a key may follow from the principal. */
function isOfPrincipal(name: string): boolean {
  return name.startsWith('aws:');
}

function principalKey(principal: Principal, name: string): KeyValue {
  switch (principal.kind) {
    case 'anonymous':
      return name === 'aws:principaltype' ? 'Anonymous' : undefined;
    case 'service':
      if (name === 'aws:principalisawsservice') return 'true';
      return name === 'aws:principalservicename' ? principal.name : undefined;
    case 'web-identity':
      return name === 'aws:federatedprovider' ? principal.provider : undefined;
    default:
      return callerKey(principal, name);
  }
}

function callerKey(principal: CallerPrincipal, name: string): KeyValue {
  switch (name) {
    case 'aws:principaltype':
      return principalTypes[principal.kind];
    case 'aws:principalarn':
      return principal.issuerArn;
    case 'aws:principalaccount':
      return principal.account;
    case 'aws:userid':
      return principal.userId;
    case 'aws:username':
      return principal.kind === 'user' ? principal.arn.slice(principal.arn.lastIndexOf('/') + 1) : undefined;
    case 'aws:principalorgid':
      return principal.organizationId;
    case 'aws:principalisawsservice':
      return 'false';
    default:
      return undefined;
  }
}

/** As `findTag`, at the expense of `request`: a policy has room for 900 keys, and a principal has fifty tags. */
export function findTagFor(
  request: Pick<PolicyRequest, 'budget'>,
  tags: Readonly<Record<string, string>>,
  key: string,
): string | undefined {
  spend(request, EFFORT_OF_TAG * Object.keys(tags).length);
  return findTag(tags, key);
}

const EFFORT_OF_TAG = 5;

/** The value of a tag; keys of tags are compared without case (IAM User Guide: "Tags for AWS Identity and Access Management resources"). */
export function findTag(tags: Readonly<Record<string, string>>, key: string): string | undefined {
  if (Object.hasOwn(tags, key)) return tags[key];
  const folded = key.toLowerCase();
  return Object.entries(tags).find(([name]) => name.toLowerCase() === folded)?.[1];
}
