// Which calls are refused with a conflict or a spent quota, and what the refusal names: from the service model and the user guide.

import type { World } from './world.ts';

/** Ids of what waits for data planes. */
interface InProgress {
  readonly service: string;
  readonly group: string;
  readonly vpcAssociation: string;
  readonly serviceAssociation: string;
  readonly resourceAssociation: string;
  readonly gateway: string;
}

/** A call that is in conflict with what there is. */
interface ConflictRow {
  readonly input: (world: World, inProgress: InProgress) => object;
  readonly resourceType: string;
  readonly resourceId: (world: World, inProgress: InProgress) => string;
}

const row = (
  resourceType: string,
  input: ConflictRow['input'],
  resourceId: ConflictRow['resourceId'],
): ConflictRow => ({ input, resourceType, resourceId });

const notFound = { fixedResponse: { statusCode: 404 } };
const inListener = ({ service, listener }: World) => ({
  serviceIdentifier: service.id,
  listenerIdentifier: listener.id,
});
const logGroup = 'arn:aws:logs:us-east-1:111122223333:log-group:again';

/** One conflict for each operation. */
export const conflicts: Readonly<Record<string, ConflictRow>> = {
  CreateAccessLogSubscription: row(
    'ACCESS_LOG_SUBSCRIPTION',
    ({ network }) => ({ resourceIdentifier: network.id, destinationArn: logGroup }),
    ({ subscription }) => subscription.id,
  ),
  CreateListener: row(
    'LISTENER',
    ({ service }) => ({
      ...{ serviceIdentifier: service.id, name: 'other', protocol: 'HTTP', port: 80, defaultAction: notFound },
    }),
    ({ listener }) => listener.id,
  ),
  CreateResourceConfiguration: row(
    'RESOURCE_CONFIGURATION',
    ({ gateway }) => ({ name: 'databases', type: 'GROUP', resourceGatewayIdentifier: gateway.id }),
    ({ parent }) => parent.id,
  ),
  CreateResourceGateway: row(
    'RESOURCE_GATEWAY',
    ({ vpc, subnet }) => ({ name: 'door', vpcIdentifier: vpc.id, subnetIds: [subnet.id] }),
    ({ gateway }) => gateway.id,
  ),
  CreateRule: row(
    'RULE',
    (world) => ({ ...inListener(world), name: 'other', priority: 10, match: { httpMatch: {} }, action: notFound }),
    ({ rule }) => rule.id,
  ),
  CreateService: row(
    'SERVICE',
    () => ({ name: 'shop' }),
    ({ service }) => service.id,
  ),
  CreateServiceNetwork: row(
    'SERVICE_NETWORK',
    () => ({ name: 'mesh' }),
    ({ network }) => network.id,
  ),
  CreateServiceNetworkResourceAssociation: row(
    'SERVICE_NETWORK_RESOURCE_ASSOCIATION',
    ({ configuration, network }) => ({
      resourceConfigurationIdentifier: configuration.id,
      serviceNetworkIdentifier: network.id,
    }),
    ({ resourceAssociation }) => resourceAssociation.id,
  ),
  CreateServiceNetworkServiceAssociation: row(
    'SERVICE_NETWORK_SERVICE_ASSOCIATION',
    ({ service, network }) => ({ serviceIdentifier: service.id, serviceNetworkIdentifier: network.id }),
    ({ serviceAssociation }) => serviceAssociation.id,
  ),
  CreateServiceNetworkVpcAssociation: row(
    'SERVICE_NETWORK_VPC_ASSOCIATION',
    ({ vpc, otherNetwork }) => ({ vpcIdentifier: vpc.id, serviceNetworkIdentifier: otherNetwork.id }),
    ({ vpcAssociation }) => vpcAssociation.id,
  ),
  CreateTargetGroup: row(
    'TARGET_GROUP',
    () => ({ name: 'group', type: 'LAMBDA' }),
    ({ group }) => group.id,
  ),
  DeleteResourceConfiguration: row(
    'RESOURCE_CONFIGURATION',
    ({ configuration }) => ({ resourceConfigurationIdentifier: configuration.id }),
    ({ configuration }) => configuration.id,
  ),
  DeleteResourceGateway: row(
    'RESOURCE_GATEWAY',
    ({ gateway }) => ({ resourceGatewayIdentifier: gateway.id }),
    ({ gateway }) => gateway.id,
  ),
  DeleteRule: row(
    'RULE',
    (world) => ({ ...inListener(world), ruleIdentifier: world.defaultRule.id }),
    ({ defaultRule }) => defaultRule.id,
  ),
  DeleteService: row(
    'SERVICE',
    ({ service }) => ({ serviceIdentifier: service.id }),
    ({ service }) => service.id,
  ),
  DeleteServiceNetwork: row(
    'SERVICE_NETWORK',
    ({ network }) => ({ serviceNetworkIdentifier: network.id }),
    ({ network }) => network.id,
  ),
  DeleteServiceNetworkVpcAssociation: row(
    'SERVICE_NETWORK_VPC_ASSOCIATION',
    (_world, { vpcAssociation }) => ({ serviceNetworkVpcAssociationIdentifier: vpcAssociation }),
    (_world, { vpcAssociation }) => vpcAssociation,
  ),
  DeleteServiceNetworkResourceAssociation: row(
    'SERVICE_NETWORK_RESOURCE_ASSOCIATION',
    (_world, { resourceAssociation: id }) => ({ serviceNetworkResourceAssociationIdentifier: id }),
    (_world, { resourceAssociation }) => resourceAssociation,
  ),
  DeleteServiceNetworkServiceAssociation: row(
    'SERVICE_NETWORK_SERVICE_ASSOCIATION',
    (_world, { serviceAssociation: id }) => ({ serviceNetworkServiceAssociationIdentifier: id }),
    (_world, { serviceAssociation }) => serviceAssociation,
  ),
  DeleteTargetGroup: row(
    'TARGET_GROUP',
    ({ group }) => ({ targetGroupIdentifier: group.id }),
    ({ group }) => group.id,
  ),
  RegisterTargets: row(
    'TARGET_GROUP',
    (_world, { group }) => ({ targetGroupIdentifier: group, targets: [{ id: '10.0.1.9' }] }),
    (_world, { group }) => group,
  ),
  StartDomainVerification: row(
    'DOMAIN_VERIFICATION',
    () => ({ domainName: 'example.com' }),
    ({ verification }) => verification.id,
  ),
  UpdateAccessLogSubscription: row(
    'ACCESS_LOG_SUBSCRIPTION',
    ({ otherSubscription }) => ({ accessLogSubscriptionIdentifier: otherSubscription.id, destinationArn: logGroup }),
    ({ subscription }) => subscription.id,
  ),
  UpdateListener: row(
    'TARGET_GROUP',
    (world) => ({
      ...inListener(world),
      defaultAction: { forward: { targetGroups: [{ targetGroupIdentifier: world.usedGroup.id }] } },
    }),
    ({ usedGroup }) => usedGroup.id,
  ),
  UpdateResourceGateway: row(
    'RESOURCE_GATEWAY',
    (_world, { gateway }) => ({ resourceGatewayIdentifier: gateway, securityGroupIds: [] }),
    (_world, { gateway }) => gateway,
  ),
  UpdateRule: row(
    'RULE',
    (world) => ({ ...inListener(world), ruleIdentifier: world.rule.id, priority: 20 }),
    ({ otherRule }) => otherRule.id,
  ),
  UpdateService: row(
    'SERVICE',
    (_world, { service }) => ({ serviceIdentifier: service, authType: 'AWS_IAM' }),
    (_world, { service }) => service,
  ),
  UpdateServiceNetworkVpcAssociation: row(
    'SERVICE_NETWORK_VPC_ASSOCIATION',
    (_world, { vpcAssociation }) => ({
      serviceNetworkVpcAssociationIdentifier: vpcAssociation,
      privateDnsEnabled: true,
    }),
    (_world, { vpcAssociation }) => vpcAssociation,
  ),
  UpdateTargetGroup: row(
    'TARGET_GROUP',
    (_world, { group }) => ({ targetGroupIdentifier: group, healthCheck: { path: '/' } }),
    (_world, { group }) => group,
  ),
};

/** The quota that each call of `call-table.ts` goes over when every quota is 0 (User Guide: Quotas). */
export const quotas: Readonly<Record<string, readonly [code: string, resourceType: string]>> = {
  CreateListener: ['L-D64E952E', 'LISTENER'],
  CreateResourceConfiguration: ['L-5FF8F9B9', 'RESOURCE_CONFIGURATION'],
  CreateResourceGateway: ['L-0DCA4434', 'RESOURCE_GATEWAY'],
  CreateRule: ['L-CF78395E', 'RULE'],
  CreateService: ['L-620C821E', 'SERVICE'],
  CreateServiceNetwork: ['L-9CAD07FB', 'SERVICE_NETWORK'],
  CreateServiceNetworkResourceAssociation: ['L-6095700C', 'SERVICE_NETWORK_RESOURCE_ASSOCIATION'],
  CreateServiceNetworkServiceAssociation: ['L-75D4A19E', 'SERVICE_NETWORK_SERVICE_ASSOCIATION'],
  CreateServiceNetworkVpcAssociation: ['L-EF6E2D62', 'SERVICE_NETWORK_VPC_ASSOCIATION'],
  CreateTargetGroup: ['L-BB11C6B9', 'TARGET_GROUP'],
  RegisterTargets: ['L-D71303F3', 'TARGET'],
  StartDomainVerification: ['L-73D0F278', 'DOMAIN_VERIFICATION'],
  UpdateListener: ['L-3DEC3B9F', 'TARGET_GROUP'],
  UpdateRule: ['L-3DEC3B9F', 'TARGET_GROUP'],
};

/** Declared errors (`C` conflict, `Q` quota) that nothing here provokes, and why. */
export const notProvoked: Readonly<Record<string, string>> = {
  'BatchUpdateRule C': 'a rule that collides is told in `unsuccessful`',
  'DeleteListener C': 'a listener goes with all of its rules',
  'DeregisterTargets C': 'targets can be taken from a group whatever its state',
  'UpdateServiceNetwork C': 'a service network has no status',
  'UpdateResourceConfiguration Q': 'no quota counts what it changes',
  'UpdateService Q': 'no quota counts what it changes',
  'UpdateTargetGroup Q': 'no quota counts what it changes',
};
