// The secondary indexes as data: for each, which values a record is found under.

import { keyOf, type BaseRecord, type Key } from './records/base.ts';
import type { Instance, NetworkInterface, SecurityGroup, SecurityGroupRule, Subnet, Vpc } from './records/ec2.ts';
import type { PartType, VpcPart } from './records/vpc-part.ts';
import { addressesOfPrefix, usedByEndpoint, usedByInterface, usedByPart, usedByRule, usedByVpc } from './ec2-uses.ts';
import type { NetworkEndpointAssociation, ResourceEndpointAssociation } from './records/endpoint.ts';
import type { HostedZone, RecordSet, ZoneChange } from './records/hosted-zone.ts';
import type { Credential, IamEntity, IamInstanceProfile, IamRecord } from './records/iam.ts';
import type {
  AccessLogSubscription,
  ComponentAddress,
  Listener,
  Rule,
  Service,
  ServiceAssociation,
  ServiceNetwork,
  Target,
  TargetGroup,
  VpcAssociation,
} from './records/lattice.ts';
import { canonicalDomain } from './domain-name.ts';
import type {
  DomainVerification,
  ResourceAssociation,
  ResourceConfiguration,
  ResourceGateway,
} from './records/resource.ts';

const inVpc = (record: { readonly vpcKey: string }): readonly string[] => [record.vpcKey];
/** Every kind is under a value of its own, so that each can be looked through alone. */
const transitional =
  (kind: string) =>
  (record: { readonly status: string }): readonly string[] =>
    record.status.endsWith('_IN_PROGRESS') ? [kind] : [];

const siblings = (record: BaseRecord, id: string | undefined): readonly string[] =>
  id === undefined ? [] : [keyOf(record.account, record.region, id)];

const owned =
  (kind: OwnedKind) =>
  (record: BaseRecord): readonly string[] => [ownedIndexValue(kind, record)];

const attached = (record: IamEntity): readonly string[] =>
  record.attachedPolicies.map((arn) => policyIndexValue(record.account, arn));

const bounded = (record: IamEntity): readonly string[] =>
  record.permissionsBoundary === undefined ? [] : [policyIndexValue(record.account, record.permissionsBoundary)];

/** IAM's names are not distinguished by case. */
const named =
  (kind: IamKind) =>
  (record: IamRecord): readonly string[] => [nameIndexValue(kind, ownerOf(record), record.name.toLowerCase())];

/** Index name → kind of record → the values that a record of that kind is found under (a key of another record, or a text). */
export const indexDefinitions = {
  /** By the service's key. */
  listenersByService: { listener: (r: Listener) => [keyOf(r.account, r.region, r.serviceId)] },
  /** By the listener's key; the default rule included. */
  rulesByListener: { rule: (r: Rule) => [keyOf(r.account, r.region, r.listenerId)] },
  /** By the target group's key: the rules that forward to it. */
  rulesByTargetGroup: {
    rule: (r: Rule) =>
      r.action.kind === 'forward'
        ? [...new Set(r.action.targetGroups.map((one) => keyOf(r.account, r.region, one.targetGroupId)))]
        : [],
  },
  /** By the target group's key, and by that and the target's id. */
  targetsByTargetGroup: {
    target: (r: Target) => {
      const group = keyOf(r.account, r.region, r.targetGroupId);
      return [group, targetIndexValue(group, r.targetId)];
    },
  },
  /** Load balancers that are targets, by account, region and ARN. */
  targetsByLoadBalancer: {
    target: (r: Target) => (r.targetId.includes(':loadbalancer/') ? [keyOf(r.account, r.region, r.targetId)] : []),
  },
  /** By the key of the service or service network. */
  accessLogsByResource: { accessLogSubscription: (r: AccessLogSubscription) => [r.resourceKey] },
  /** Draining targets, under `all`. */
  drainingTargets: { target: (r: Target) => (r.drainingSince === undefined ? [] : ['all']) },
  /** By the VPC's key; by VPC and type and by owner and type too, see `typeIndexValue`. */
  targetGroupsByVpc: {
    targetGroup: (r: TargetGroup) => {
      if (r.vpcId === undefined) return [];
      const vpcKey = keyOf(r.account, r.region, r.vpcId);
      return [vpcKey, typeIndexValue(vpcKey, r.type)];
    },
  },
  targetGroupsByType: { targetGroup: (r: TargetGroup) => [typeIndexValue(ownerOf(r), r.type)] },
  /** By the service network's key. */
  serviceAssociationsByNetwork: { serviceAssociation: (r: ServiceAssociation) => [r.serviceNetworkKey] },
  /** By both keys, see `pairIndexValue`. */
  serviceAssociationsByPair: {
    serviceAssociation: (r: ServiceAssociation) => [pairIndexValue(r.serviceNetworkKey, r.serviceKey)],
  },
  /** By the service's key. */
  serviceAssociationsByService: { serviceAssociation: (r: ServiceAssociation) => [r.serviceKey] },
  /** By the service network's key. */
  vpcAssociationsByNetwork: { vpcAssociation: (r: VpcAssociation) => [r.serviceNetworkKey] },
  /** By the VPC's key. */
  vpcAssociationsByVpc: { vpcAssociation: (r: VpcAssociation) => [r.vpcKey] },
  /** What waits for the data plane, by the name of its kind. */
  waiting: {
    serviceAssociation: transitional('serviceAssociation'),
    vpcAssociation: transitional('vpcAssociation'),
    vpcEndpoint: transitional('vpcEndpoint'),
    resourceGateway: transitional('resourceGateway'),
    service: transitional('service'),
    targetGroup: transitional('targetGroup'),
    resourceConfiguration: transitional('resourceConfiguration'),
    resourceAssociation: transitional('resourceAssociation'),
    zoneChange: (r: ZoneChange) => (r.status === 'PENDING' ? ['zoneChange'] : []),
  },
  /** By the VPC's key. */
  resourceGatewaysByVpc: { resourceGateway: (r: ResourceGateway) => inVpc(r) },
  /** By subnet id, in account and region. */
  resourceGatewaysBySubnet: {
    resourceGateway: (r: ResourceGateway) => r.subnetIds.map((id) => keyOf(r.account, r.region, id)),
  },
  /** By the gateway's key; children included. */
  configurationsByGateway: {
    resourceConfiguration: (r: ResourceConfiguration) => [keyOf(r.account, r.region, r.resourceGatewayId)],
  },
  /** By the group's key: its children. */
  configurationsByGroup: { resourceConfiguration: (r: ResourceConfiguration) => siblings(r, r.groupId) },
  /** By the domain verification's key. */
  configurationsByVerification: {
    resourceConfiguration: (r: ResourceConfiguration) => siblings(r, r.domainVerificationId),
  },
  /** By owner and custom domain, see `domainIndexValue`. */
  servicesByDomain: {
    service: (r: Service) =>
      r.customDomainName === undefined ? [] : [domainIndexValue(r, canonicalDomain(r.customDomainName))],
  },
  configurationsByDomain: {
    resourceConfiguration: (r: ResourceConfiguration) =>
      r.customDomainName === undefined ? [] : [domainIndexValue(r, canonicalDomain(r.customDomainName))],
  },
  /** By the service network's key. */
  resourceAssociationsByNetwork: { resourceAssociation: (r: ResourceAssociation) => [r.serviceNetworkKey] },
  /** By the configuration's key. */
  resourceAssociationsByConfiguration: {
    resourceAssociation: (r: ResourceAssociation) => [r.resourceConfigurationKey],
  },
  /** By both keys, see `pairIndexValue`. */
  resourceAssociationsByPair: {
    resourceAssociation: (r: ResourceAssociation) => [pairIndexValue(r.serviceNetworkKey, r.resourceConfigurationKey)],
  },
  /** By the configuration's key. */
  resourceEndpointsByConfiguration: {
    resourceEndpointAssociation: (r: ResourceEndpointAssociation) => [r.resourceConfigurationKey],
  },
  /** By the service network's key. */
  networkEndpointsByNetwork: { networkEndpointAssociation: (r: NetworkEndpointAssociation) => [r.serviceNetworkKey] },
  /** Domain verifications that wait for their TXT record, under `all`, the oldest first. */
  pendingVerifications: { domainVerification: (r: DomainVerification) => (r.status === 'PENDING' ? ['all'] : []) },
  /** Verified ones, under `all`. */
  verifiedDomains: { domainVerification: (r: DomainVerification) => (r.status === 'VERIFIED' ? ['all'] : []) },
  /** By the service network's key; resting ones included. */
  addressesByNetwork: { componentAddress: (r: ComponentAddress) => [keyOf(r.account, r.region, r.serviceNetworkId)] },
  /** By the place in the pool, as a decimal number. */
  addressesByIndex: { componentAddress: (r: ComponentAddress) => [String(r.index)] },
  /** Resting addresses, under `all`. */
  restingAddresses: { componentAddress: (r: ComponentAddress) => (r.freedAt === undefined ? [] : ['all']) },
  subnetsByVpc: { subnet: (r: Subnet) => inVpc(r) },
  securityGroupsByVpc: { securityGroup: (r: SecurityGroup) => inVpc(r) },
  /** By the key of the group that has them. */
  rulesByGroup: { securityGroupRule: (r: SecurityGroupRule) => siblings(r, r.groupId) },
  /** By the zone's id, whosever it is. */
  hostedZonesById: { hostedZone: (r: HostedZone) => [r.id] },
  /** By the keys of the VPCs that it answers. */
  hostedZonesByVpc: { hostedZone: (r: HostedZone) => r.vpcs.map((vpc) => keyOf(vpc.account, vpc.region, vpc.vpcId)) },
  /** By account and caller reference. */
  hostedZonesByReference: { hostedZone: (r: HostedZone) => [`${r.account} ${r.callerReference}`] },
  /** By the zone's key, in the order of their own keys. */
  recordSetsByZone: { recordSet: (r: RecordSet) => [r.zoneKey] },
  /** Changes of zones, under `all`. */
  zoneChanges: { zoneChange: () => ['all'] },
  /** What of EC2 uses something that therefore cannot go, by the key of what is used. */
  ec2Users: {
    vpc: usedByVpc,
    securityGroup: (r: SecurityGroup) => (r.name === 'default' ? [] : inVpc(r)),
    securityGroupRule: usedByRule,
    networkInterface: usedByInterface,
    vpcPart: usedByPart,
    vpcEndpoint: usedByEndpoint,
  },
  /** By the VPC's key. */
  interfacesByVpc: { networkInterface: (r: NetworkInterface) => inVpc(r) },
  /** By VPC and address, see `addressIndexValue`; every address of its prefixes too. */
  interfacesByAddress: {
    networkInterface: (r: NetworkInterface) =>
      [...r.addresses, ...r.ipv4Prefixes.flatMap(addressesOfPrefix)].map((one) => addressIndexValue(r.vpcKey, one)),
  },
  /** By the VPC's key: what is only kept of it. */
  partsByVpc: { vpcPart: (r: VpcPart) => ('vpcKey' in r && r.vpcKey !== undefined ? [r.vpcKey] : []) },
  /** Without those that have ended, which are shown for a while and stand nowhere. */
  instancesByVpc: { instance: (r: Instance) => (r.machine?.state === 'terminated' ? [] : inVpc(r)) },
  /** Instances that have ended, under `all`, the first to end first. */
  endedInstances: { instance: (r: Instance) => (r.machine?.state === 'terminated' ? ['all'] : []) },
  /** By the loopback number. */
  vpcsByLoopback: { vpc: (r: Vpc) => (r.attachment.kind === 'loopback' ? [String(r.attachment.n)] : []) },
  /** By the access key id. */
  credentialsByKeyId: { credential: (r: Credential) => [r.id] },
  /** By the ARN of whom they stand for. */
  credentialsByPrincipal: { credential: (r: Credential) => [r.principalArn] },
  /** By the IAM user's key. */
  credentialsByUser: { credential: (r: Credential) => siblings(r, r.userId) },
  /** By account and the policy's ARN, see `policyIndexValue`: users and roles that it is attached to, and those that it bounds. */
  entitiesByPolicy: { iamUser: attached, iamRole: attached },
  entitiesByBoundary: { iamUser: bounded, iamRole: bounded },
  /** By the role's key. */
  profilesByRole: { iamInstanceProfile: (r: IamInstanceProfile) => siblings(r, r.roleId) },
  /** By kind and owner, see `ownedIndexValue`: what an account has in a region. */
  owned: {
    serviceNetwork: owned('serviceNetwork'),
    service: owned('service'),
    targetGroup: owned('targetGroup'),
    resourceGateway: owned('resourceGateway'),
    resourceConfiguration: owned('resourceConfiguration'),
    resourceAssociation: owned('resourceAssociation'),
    domainVerification: owned('domainVerification'),
    vpc: owned('vpc'),
    subnet: owned('subnet'),
    securityGroup: owned('securityGroup'),
    securityGroupRule: owned('securityGroupRule'),
    prefixList: owned('prefixList'),
    hostedZone: owned('hostedZone'),
    networkInterface: owned('networkInterface'),
    vpcEndpoint: owned('vpcEndpoint'),
    instance: owned('instance'),
    vpcPart: (r: VpcPart) => [ownedIndexValue(r.type, r)],
    iamUser: owned('iamUser'),
    iamRole: owned('iamRole'),
    iamPolicy: owned('iamPolicy'),
    iamInstanceProfile: owned('iamInstanceProfile'),
    oidcProvider: owned('oidcProvider'),
  },
  /** Idempotency tokens, under `all`, the oldest first. */
  tokens: { clientToken: () => ['all'] },
  /** By kind, scope and name, see `nameIndexValue`. */
  names: {
    serviceNetwork: (r: ServiceNetwork) => [nameIndexValue('serviceNetwork', `${r.account}/${r.region}`, r.name)],
    service: (r: Service) => [nameIndexValue('service', `${r.account}/${r.region}`, r.name)],
    targetGroup: (r: TargetGroup) => [nameIndexValue('targetGroup', `${r.account}/${r.region}`, r.name)],
    resourceGateway: (r: ResourceGateway) => [nameIndexValue('resourceGateway', `${r.account}/${r.region}`, r.name)],
    resourceConfiguration: (r: ResourceConfiguration) => [nameIndexValue('resourceConfiguration', ownerOf(r), r.name)],
    domainVerification: (r: DomainVerification) => [
      nameIndexValue('domainVerification', ownerOf(r), canonicalDomain(r.domainName)),
    ],
    listener: (r: Listener) => [nameIndexValue('listener', keyOf(r.account, r.region, r.serviceId), r.name)],
    rule: (r: Rule) => [nameIndexValue('rule', keyOf(r.account, r.region, r.listenerId), r.name)],
    iamUser: named('iamUser'),
    iamRole: named('iamRole'),
    iamPolicy: named('iamPolicy'),
    iamInstanceProfile: named('iamInstanceProfile'),
  },
} as const;

export type IndexName = keyof typeof indexDefinitions;

/** The number by which `index` orders what it has under one value: the time of creation, but where time removes things since when they wait for it. */
export function indexOrder(index: IndexName, record: BaseRecord): number {
  if (index === 'drainingTargets') return (record as Target).drainingSince ?? 0;
  if (index === 'recordSetsByZone') return 0;
  if (index === 'endedInstances') return (record as Instance).machine?.stateSince ?? 0;
  if (index === 'restingAddresses') return (record as ComponentAddress).freedAt ?? 0;
  return record.createdAt;
}

/** The kinds that an account lists as its own. */
export type OwnedKind =
  | 'serviceNetwork'
  | 'service'
  | 'targetGroup'
  | 'resourceGateway'
  | 'resourceConfiguration'
  | 'resourceAssociation'
  | 'domainVerification'
  | Ec2Kind
  | 'hostedZone'
  | PartType
  | IamKind
  | 'oidcProvider';

/** The kinds of EC2 that an account lists as its own. */
export type Ec2Kind =
  | 'vpc'
  | 'subnet'
  | 'securityGroup'
  | 'securityGroupRule'
  | 'prefixList'
  | 'networkInterface'
  | 'vpcEndpoint'
  | 'instance';

/** The kinds of IAM that have a name. */
export type IamKind = 'iamUser' | 'iamRole' | 'iamPolicy' | 'iamInstanceProfile';

/** Under which value the `owned` index finds what `owner` has of `kind`. */
export function ownedIndexValue(kind: OwnedKind, owner: Pick<BaseRecord, 'account' | 'region'>): string {
  return `${kind}:${ownerOf(owner)}`;
}

/** Account and region, as text. */
export function ownerOf({ account, region }: Pick<BaseRecord, 'account' | 'region'>): string {
  return `${account}/${region}`;
}

/** Under which value an index finds the target groups of `type` in `scope` (a VPC's key, or an owner). */
export function typeIndexValue(scope: string, type: TargetGroup['type']): string {
  return `${scope}:${type}`;
}

/** Under which value an index finds what of `owner` has the domain, in its canonical spelling. */
export function domainIndexValue(owner: Pick<BaseRecord, 'account' | 'region'>, domain: string): string {
  return `${ownerOf(owner)} ${domain}`;
}

/** Under which value an index finds the targets of a group that have the same id, at different ports. */
export function targetIndexValue(group: Key, targetId: string): string {
  return `${group} ${targetId}`;
}

/** Under which value an index finds who has an address of a VPC. */
export function addressIndexValue(vpcKey: Key, address: string): string {
  return `${vpcKey} ${address}`;
}

/** Under which value an index finds what joins two records. */
export function pairIndexValue(a: Key, b: Key): string {
  return `${a} ${b}`;
}

/** Under which value an index finds what of `account` uses the managed policy with `arn`. */
export function policyIndexValue(account: string, arn: string): string {
  return `${account} ${arn}`;
}

/** Under which value the `names` index finds `name`: the scope is account and region, or the key of the owner. */
export function nameIndexValue(
  kind:
    | Exclude<OwnedKind, Ec2Kind | PartType | 'hostedZone' | 'resourceAssociation' | 'oidcProvider'>
    | 'listener'
    | 'rule',
  scope: string,
  name: string,
): string {
  return `${kind}:${scope}:${name}`;
}
