// What each operation of VPC Lattice is done to, and what its own condition keys say (Service Authorization Reference: VPC Lattice).

import type { Call } from '../../aws/index.ts';
import { findNamed, formatArn, segmentOf, type ArnKind, type State } from '../../domain/index.ts';
import type { KeyValue } from '../../policy/index.ts';
import type { SubjectsOf } from './authorize.ts';
import type { Subject } from './call-request.ts';

/** An input after validation: any member may be absent. */
type Input = Readonly<Record<string, unknown>>;

/** What an operation is done to. */
type Place =
  /** Something that is there: its kind, and the member that names it. */
  | { readonly on: ArnKind; readonly by: string }
  /** Something that is to be made: its ARN ends in `*`. `under` names what it is made in. */
  | { readonly make: ArnKind; readonly under?: { readonly on: ArnKind; readonly by: string } }
  /** Whatever has the ARN, or the id by which its kind is seen. */
  | { readonly named: string };

const service = { on: 'service', by: 'serviceIdentifier' } as const;
const listener = { on: 'listener', by: 'listenerIdentifier' } as const;

/** Get, Update and Delete of one kind. */
function of(name: string, on: ArnKind, by: string): Readonly<Record<string, Place>> {
  return Object.fromEntries(['Get', 'Update', 'Delete'].map((verb) => [`${verb}${name}`, { on, by }]));
}

/** The operations with a resource; what lists has none, but for ListTargets. */
const places: Readonly<Record<string, Place>> = {
  ...of('Service', 'service', 'serviceIdentifier'),
  ...of('ServiceNetwork', 'serviceNetwork', 'serviceNetworkIdentifier'),
  ...of('Listener', 'listener', 'listenerIdentifier'),
  ...of('Rule', 'rule', 'ruleIdentifier'),
  ...of('TargetGroup', 'targetGroup', 'targetGroupIdentifier'),
  ...of('AccessLogSubscription', 'accessLogSubscription', 'accessLogSubscriptionIdentifier'),
  ...of('ServiceNetworkServiceAssociation', 'serviceAssociation', 'serviceNetworkServiceAssociationIdentifier'),
  ...of('ServiceNetworkVpcAssociation', 'vpcAssociation', 'serviceNetworkVpcAssociationIdentifier'),
  ...of('ServiceNetworkResourceAssociation', 'resourceAssociation', 'serviceNetworkResourceAssociationIdentifier'),
  ...of('ResourceGateway', 'resourceGateway', 'resourceGatewayIdentifier'),
  ...of('ResourceConfiguration', 'resourceConfiguration', 'resourceConfigurationIdentifier'),
  ...of('DomainVerification', 'domainVerification', 'domainVerificationIdentifier'),
  ...of('ResourceEndpointAssociation', 'resourceEndpointAssociation', 'resourceEndpointAssociationIdentifier'),
  CreateService: { make: 'service' },
  CreateServiceNetwork: { make: 'serviceNetwork' },
  CreateListener: { make: 'listener', under: service },
  CreateRule: { make: 'rule', under: listener },
  CreateTargetGroup: { make: 'targetGroup' },
  CreateAccessLogSubscription: { make: 'accessLogSubscription' },
  CreateServiceNetworkServiceAssociation: { make: 'serviceAssociation' },
  CreateServiceNetworkVpcAssociation: { make: 'vpcAssociation' },
  CreateServiceNetworkResourceAssociation: { make: 'resourceAssociation' },
  CreateResourceGateway: { make: 'resourceGateway' },
  CreateResourceConfiguration: { make: 'resourceConfiguration' },
  StartDomainVerification: { make: 'domainVerification' },
  RegisterTargets: { on: 'targetGroup', by: 'targetGroupIdentifier' },
  DeregisterTargets: { on: 'targetGroup', by: 'targetGroupIdentifier' },
  ListTargets: { on: 'targetGroup', by: 'targetGroupIdentifier' },
  PutAuthPolicy: { named: 'resourceIdentifier' },
  GetAuthPolicy: { named: 'resourceIdentifier' },
  DeleteAuthPolicy: { named: 'resourceIdentifier' },
  PutResourcePolicy: { named: 'resourceArn' },
  GetResourcePolicy: { named: 'resourceArn' },
  DeleteResourcePolicy: { named: 'resourceArn' },
  TagResource: { named: 'resourceArn' },
  UntagResource: { named: 'resourceArn' },
  ListTagsForResource: { named: 'resourceArn' },
};

/** What the operations of VPC Lattice are about. Making something with tags is tagging too. */
export const latticeSubjects: SubjectsOf = (operation, given, call, state) => {
  const input = given as Input;
  if (operation === 'BatchUpdateRule') {
    const rules = (input['rules'] ?? []) as readonly Input[];
    return rules.map((rule) =>
      subjectOf('UpdateRule', { ...input, ...rule }, { on: 'rule', by: 'ruleIdentifier' }, call, state),
    );
  }
  const subject = subjectOf(operation, input, places[operation], call, state);
  const tagged = operation !== 'TagResource' && Object.keys(subject.requestTags ?? {}).length > 0;
  if (!tagged) return [subject];
  const key = (name: string): KeyValue => (name === 'vpc-lattice:createaction' ? operation : subject.key?.(name));
  return [subject, { ...subject, action: 'vpc-lattice:TagResource', key }];
};

function subjectOf(operation: string, input: Input, place: Place | undefined, call: Call, state: State): Subject {
  const found = place === undefined ? undefined : locate(place, input, call, state);
  const { tags, tagKeys } = input as {
    readonly tags?: Readonly<Record<string, string>>;
    readonly tagKeys?: readonly string[];
  };
  const record: Input = { ...found?.record };
  return {
    action: `vpc-lattice:${operation}`,
    resource: found?.arn ?? '*',
    ...(tags === undefined ? {} : { requestTags: tags }),
    tagKeys: tagKeys ?? Object.keys(tags ?? {}),
    ...(record['tags'] === undefined ? {} : { resourceTags: record['tags'] as Readonly<Record<string, string>> }),
    key: (name) => ownKey(name, input, record, call, state),
  };
}

/** The ARN of a place, and the record that is there. What is not there has the ARN that it would have. */
function locate(
  place: Place,
  input: Input,
  call: Call,
  state: State,
): { readonly arn: string; readonly record?: object } {
  if ('named' in place) return findNamed(state, call, String(input[place.named] ?? ''));
  if ('make' in place) {
    const { make, under } = place;
    if (under === undefined) return { arn: formatArn('vpc-lattice', call, `${segmentOf(make)}/*`) };
    return { arn: `${locate(under, input, call, state).arn}/${segmentOf(make)}/*` };
  }
  const identifier = String(input[place.by] ?? '');
  if (identifier.startsWith('arn:')) return findNamed(state, call, identifier);
  const found = findNamed(state, call, identifier, place.on);
  if (found.record !== undefined) return found;
  const parent = place.on === 'listener' ? service : place.on === 'rule' ? listener : undefined;
  if (parent === undefined) return found;
  return { arn: `${locate(parent, input, call, state).arn}/${segmentOf(place.on)}/${identifier}` };
}

/** The ARN of what a member names. */
function arnOf(kind: ArnKind, identifier: unknown, call: Call, state: State): string | undefined {
  return typeof identifier === 'string' ? findNamed(state, call, identifier, kind).arn : undefined;
}

/** A key of VPC Lattice: what the call says, else what is there. */
function ownKey(name: string, input: Input, record: Input, call: Call, state: State): KeyValue {
  const either = (member: string): KeyValue => (input[member] ?? record[member]) as KeyValue;
  const config = (input['config'] ?? {}) as Input;
  const dns = (input['dnsOptions'] ?? record['dnsOptions'] ?? {}) as Input;
  switch (name) {
    case 'vpc-lattice:authtype':
      return either('authType');
    case 'vpc-lattice:protocol':
      return either('protocol');
    case 'vpc-lattice:domainname':
      return either('domainName') ?? either('customDomainName');
    case 'vpc-lattice:securitygroupids':
      return either('securityGroupIds');
    case 'vpc-lattice:vpcid':
      return lastPart(input['vpcIdentifier'] ?? config['vpcIdentifier'] ?? record['vpcId']);
    case 'vpc-lattice:vpcendpointid':
      return either('vpcEndpointId');
    case 'vpc-lattice:privatednspreference':
      return dns['privateDnsPreference'] as KeyValue;
    case 'vpc-lattice:privatednsspecifieddomains':
      return dns['privateDnsSpecifiedDomains'] as KeyValue;
    case 'vpc-lattice:servicearn':
      return arnOf('service', input['serviceIdentifier'] ?? record['serviceId'], call, state);
    case 'vpc-lattice:servicenetworkarn':
      return arnOf('serviceNetwork', input['serviceNetworkIdentifier'] ?? record['serviceNetworkId'], call, state);
    case 'vpc-lattice:resourceconfigurationarn':
      return arnOf(
        'resourceConfiguration',
        input['resourceConfigurationIdentifier'] ?? record['resourceConfigurationId'],
        call,
        state,
      );
    case 'vpc-lattice:targetgrouparns':
      return targetGroupsOf(input, record).flatMap((id) => arnOf('targetGroup', id, call, state) ?? []);
    default:
      return undefined;
  }
}

/** The groups to which a listener or rule forwards: as the call gives them, else as they are. */
function targetGroupsOf(input: Input, record: Input): readonly unknown[] {
  const action = (input['defaultAction'] ?? input['action']) as
    | { readonly forward?: { readonly targetGroups?: readonly Input[] } }
    | undefined;
  const given = action?.forward?.targetGroups;
  if (given !== undefined) return given.map((one) => one['targetGroupIdentifier']);
  const kept = record['action'] as { readonly targetGroups?: readonly Input[] } | undefined;
  return (kept?.targetGroups ?? []).map((one) => one['targetGroupId']);
}

function lastPart(identifier: unknown): string | undefined {
  return typeof identifier === 'string' ? identifier.slice(identifier.lastIndexOf('/') + 1) : undefined;
}
