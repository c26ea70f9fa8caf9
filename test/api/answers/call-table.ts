// One call of each operation that succeeds in the world of `world.ts`, which of its members name resources, and which errors the service model declares for it.

import type { World, WorldName } from './world.ts';

/** The declared errors by their initials: AccessDenied, Conflict, InternalServer, ResourceNotFound, ServiceQuotaExceeded, Throttling, Validation (service model). */
export type Declared = string;

/** A call. `named` are the members that take an id or an ARN, by their path in the input, and what they name in the world. */
export interface CallRow {
  readonly errors: Declared;
  readonly input: (world: World) => object;
  readonly named?: Readonly<Record<string, WorldName>>;
  /** Members that take an ARN only. */
  readonly arns?: Readonly<Record<string, WorldName>>;
}

const listenerOf = ({ service, listener }: World) => ({
  serviceIdentifier: service.id,
  listenerIdentifier: listener.id,
});
const ruleOf = (world: World) => ({ ...listenerOf(world), ruleIdentifier: world.rule.id });
const inListener = { serviceIdentifier: 'service', listenerIdentifier: 'listener' } as const;
const inRule = { ...inListener, ruleIdentifier: 'rule' } as const;
const forwardTo = (world: World, group: 'group' | 'otherGroup' = 'group') => ({
  forward: { targetGroups: [{ targetGroupIdentifier: world[group].id, weight: 1 }] },
});
const forwarded = 'forward.targetGroups.0.targetGroupIdentifier';
const logGroup = 'arn:aws:logs:us-east-1:111122223333:log-group:other';
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});
const targets = [{ id: '10.0.1.77', port: 80 }];

/** A row whose input is `member` alone, which names `name`. */
const only = (errors: Declared, member: string, name: WorldName, more: object = {}): CallRow => ({
  errors,
  input: (world) => ({ [member]: world[name].id, ...more }),
  named: { [member]: name },
});
/** The same where only an ARN will do. */
const onlyArn = (errors: Declared, name: WorldName, more: object = {}): CallRow => ({
  errors,
  input: (world) => ({ resourceArn: world[name].arn, ...more }),
  arns: { resourceArn: name },
});

/** Every operation. */
export const calls: Readonly<Record<string, CallRow>> = {
  BatchUpdateRule: {
    errors: 'ACINTV',
    input: (world) => ({ ...listenerOf(world), rules: [{ ruleIdentifier: world.rule.id, priority: 5 }] }),
    named: inListener,
  },
  CreateAccessLogSubscription: only('ACINTV', 'resourceIdentifier', 'otherNetwork', { destinationArn: logGroup }),
  CreateListener: {
    errors: 'ACINQTV',
    input: (world) => ({
      ...{ serviceIdentifier: world.service.id, name: 'other', protocol: 'HTTP', port: 81 },
      defaultAction: forwardTo(world),
    }),
    named: { serviceIdentifier: 'service', [`defaultAction.${forwarded}`]: 'group' },
  },
  CreateResourceConfiguration: {
    errors: 'ACINQTV',
    input: ({ gateway, verification }) => ({
      ...{ name: 'other', type: 'SINGLE', portRanges: ['80'], customDomainName: 'new.example.com' },
      ...{ resourceGatewayIdentifier: gateway.id, domainVerificationIdentifier: verification.id },
      resourceConfigurationDefinition: { ipResource: { ipAddress: '10.0.1.5' } },
    }),
    named: { resourceGatewayIdentifier: 'gateway', domainVerificationIdentifier: 'verification' },
  },
  CreateResourceGateway: {
    errors: 'ACINQTV',
    input: ({ vpc, subnet }) => ({ name: 'other', vpcIdentifier: vpc.id, subnetIds: [subnet.id] }),
  },
  CreateRule: {
    errors: 'ACINQTV',
    input: (world) => ({
      ...{ ...listenerOf(world), name: 'other', priority: 7, match: { httpMatch: {} }, action: forwardTo(world) },
    }),
    named: { ...inListener, [`action.${forwarded}`]: 'group' },
  },
  CreateService: { errors: 'ACINQTV', input: () => ({ name: 'other' }) },
  CreateServiceNetwork: { errors: 'ACINQTV', input: () => ({ name: 'other' }) },
  CreateServiceNetworkResourceAssociation: {
    errors: 'ACINQTV',
    input: ({ otherConfiguration, otherNetwork }) => ({
      resourceConfigurationIdentifier: otherConfiguration.id,
      serviceNetworkIdentifier: otherNetwork.id,
    }),
    named: {
      resourceConfigurationIdentifier: 'otherConfiguration',
      serviceNetworkIdentifier: 'otherNetwork',
    },
  },
  CreateServiceNetworkServiceAssociation: {
    errors: 'ACINQTV',
    input: ({ otherService, otherNetwork }) => ({
      serviceIdentifier: otherService.id,
      serviceNetworkIdentifier: otherNetwork.id,
    }),
    named: { serviceIdentifier: 'otherService', serviceNetworkIdentifier: 'otherNetwork' },
  },
  CreateServiceNetworkVpcAssociation: {
    errors: 'ACINQTV',
    input: ({ otherVpc, otherNetwork }) => ({
      vpcIdentifier: otherVpc.id,
      serviceNetworkIdentifier: otherNetwork.id,
    }),
    named: { serviceNetworkIdentifier: 'otherNetwork' },
  },
  CreateTargetGroup: { errors: 'ACINQTV', input: () => ({ name: 'other', type: 'LAMBDA' }) },
  DeleteAccessLogSubscription: only('AINTV', 'accessLogSubscriptionIdentifier', 'subscription'),
  DeleteAuthPolicy: only('AINTV', 'resourceIdentifier', 'service'),
  DeleteDomainVerification: only('AINTV', 'domainVerificationIdentifier', 'verification'),
  DeleteListener: { errors: 'ACINTV', input: listenerOf, named: inListener },
  DeleteResourceConfiguration: only('ACINTV', 'resourceConfigurationIdentifier', 'otherConfiguration'),
  DeleteResourceEndpointAssociation: only('AINTV', 'resourceEndpointAssociationIdentifier', 'endpoint'),
  DeleteResourceGateway: only('ACINTV', 'resourceGatewayIdentifier', 'otherGateway'),
  DeleteResourcePolicy: onlyArn('AINTV', 'network'),
  DeleteRule: { errors: 'ACINTV', input: ruleOf, named: inRule },
  DeleteService: only('ACINTV', 'serviceIdentifier', 'otherService'),
  DeleteServiceNetwork: only('ACINTV', 'serviceNetworkIdentifier', 'otherNetwork'),
  DeleteServiceNetworkResourceAssociation: only(
    'ACINTV',
    'serviceNetworkResourceAssociationIdentifier',
    'resourceAssociation',
  ),
  DeleteServiceNetworkServiceAssociation: only(
    'ACINTV',
    'serviceNetworkServiceAssociationIdentifier',
    'serviceAssociation',
  ),
  DeleteServiceNetworkVpcAssociation: only('ACINTV', 'serviceNetworkVpcAssociationIdentifier', 'vpcAssociation'),
  DeleteTargetGroup: only('CINTV', 'targetGroupIdentifier', 'otherGroup'),
  DeregisterTargets: only('ACINTV', 'targetGroupIdentifier', 'group', { targets }),
  GetAccessLogSubscription: only('AINTV', 'accessLogSubscriptionIdentifier', 'subscription'),
  GetAuthPolicy: only('AINTV', 'resourceIdentifier', 'service'),
  GetDomainVerification: only('AINTV', 'domainVerificationIdentifier', 'verification'),
  GetListener: { errors: 'AINTV', input: listenerOf, named: inListener },
  GetResourceConfiguration: only('AINTV', 'resourceConfigurationIdentifier', 'configuration'),
  GetResourceGateway: only('AINTV', 'resourceGatewayIdentifier', 'gateway'),
  GetResourcePolicy: onlyArn('AINTV', 'network'),
  GetRule: { errors: 'AINTV', input: ruleOf, named: inRule },
  GetService: only('AINTV', 'serviceIdentifier', 'service'),
  GetServiceNetwork: only('AINTV', 'serviceNetworkIdentifier', 'network'),
  GetServiceNetworkResourceAssociation: only(
    'AINTV',
    'serviceNetworkResourceAssociationIdentifier',
    'resourceAssociation',
  ),
  GetServiceNetworkServiceAssociation: only(
    'AINTV',
    'serviceNetworkServiceAssociationIdentifier',
    'serviceAssociation',
  ),
  GetServiceNetworkVpcAssociation: only('AINTV', 'serviceNetworkVpcAssociationIdentifier', 'vpcAssociation'),
  GetTargetGroup: only('AINTV', 'targetGroupIdentifier', 'group'),
  ListAccessLogSubscriptions: only('AITV', 'resourceIdentifier', 'network'),
  ListDomainVerifications: { errors: 'AINTV', input: () => ({}) },
  ListListeners: only('AINTV', 'serviceIdentifier', 'service'),
  ListResourceConfigurations: {
    errors: 'AITV',
    input: ({ gateway, verification, parent }) => ({
      ...{ resourceGatewayIdentifier: gateway.id, resourceConfigurationGroupIdentifier: parent.id },
      domainVerificationIdentifier: verification.id,
    }),
    named: {
      resourceGatewayIdentifier: 'gateway',
      resourceConfigurationGroupIdentifier: 'parent',
      domainVerificationIdentifier: 'verification',
    },
  },
  ListResourceEndpointAssociations: {
    errors: 'AITV',
    input: ({ configuration, endpoint }) => ({
      resourceConfigurationIdentifier: configuration.id,
      resourceEndpointAssociationIdentifier: endpoint.id,
    }),
    named: { resourceConfigurationIdentifier: 'configuration', resourceEndpointAssociationIdentifier: 'endpoint' },
  },
  ListResourceGateways: { errors: 'AITV', input: () => ({}) },
  ListRules: { errors: 'AINTV', input: listenerOf, named: inListener },
  ListServiceNetworkResourceAssociations: {
    errors: 'AITV',
    input: ({ network, configuration }) => ({
      serviceNetworkIdentifier: network.id,
      resourceConfigurationIdentifier: configuration.id,
    }),
    named: { serviceNetworkIdentifier: 'network', resourceConfigurationIdentifier: 'configuration' },
  },
  ListServiceNetworkServiceAssociations: {
    errors: 'AITV',
    input: ({ network, service }) => ({ serviceNetworkIdentifier: network.id, serviceIdentifier: service.id }),
    named: { serviceNetworkIdentifier: 'network', serviceIdentifier: 'service' },
  },
  ListServiceNetworkVpcAssociations: only('AITV', 'serviceNetworkIdentifier', 'network'),
  ListServiceNetworkVpcEndpointAssociations: only('AITV', 'serviceNetworkIdentifier', 'network'),
  ListServiceNetworks: { errors: 'AITV', input: () => ({}) },
  ListServices: { errors: 'AITV', input: () => ({}) },
  ListTagsForResource: onlyArn('AINV', 'network'),
  ListTargetGroups: { errors: 'AITV', input: ({ vpc }) => ({ vpcIdentifier: vpc.id }) },
  ListTargets: only('AINTV', 'targetGroupIdentifier', 'group'),
  PutAuthPolicy: only('AINTV', 'resourceIdentifier', 'service', { policy }),
  PutResourcePolicy: onlyArn('AINTV', 'network', { policy }),
  RegisterTargets: only('ACINQTV', 'targetGroupIdentifier', 'group', { targets }),
  StartDomainVerification: { errors: 'ACIQTV', input: () => ({ domainName: 'other.example.com' }) },
  TagResource: onlyArn('AINTV', 'network', { tags: { a: 'b' } }),
  UntagResource: onlyArn('AINV', 'network', { tagKeys: ['a'] }),
  UpdateAccessLogSubscription: only('ACINTV', 'accessLogSubscriptionIdentifier', 'subscription', {
    destinationArn: logGroup,
  }),
  UpdateListener: {
    errors: 'ACINQTV',
    input: (world) => ({ ...listenerOf(world), defaultAction: forwardTo(world, 'otherGroup') }),
    named: { ...inListener, [`defaultAction.${forwarded}`]: 'otherGroup' },
  },
  UpdateResourceConfiguration: only('AINQTV', 'resourceConfigurationIdentifier', 'configuration', {
    portRanges: ['81'],
  }),
  UpdateResourceGateway: only('ACINTV', 'resourceGatewayIdentifier', 'gateway', { securityGroupIds: [] }),
  UpdateRule: {
    errors: 'ACINQTV',
    input: (world) => ({ ...ruleOf(world), action: forwardTo(world, 'otherGroup') }),
    named: { ...inRule, [`action.${forwarded}`]: 'otherGroup' },
  },
  UpdateService: only('ACINQTV', 'serviceIdentifier', 'service', { authType: 'AWS_IAM' }),
  UpdateServiceNetwork: only('ACINTV', 'serviceNetworkIdentifier', 'network', { authType: 'AWS_IAM' }),
  UpdateServiceNetworkVpcAssociation: only('ACINTV', 'serviceNetworkVpcAssociationIdentifier', 'vpcAssociation', {
    privateDnsEnabled: false,
  }),
  UpdateTargetGroup: only('ACINQTV', 'targetGroupIdentifier', 'group', { healthCheck: { path: '/' } }),
};
