// The resources of an infrastructure-as-code client, with the calls that the Terraform AWS provider makes for each (its public sources).

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** What a call answered; undefined when the resource is gone. */
export type Send = (operation: string, input: Json) => Promise<Json>;

/** How one type of resource is made, read, changed and removed. `state` is what the client remembers: the configuration and the create call's answer. */
export interface ResourceType {
  readonly create: string;
  readonly get: string;
  readonly delete: string;
  /** Members that say which resource is meant, of the get, update and delete calls and of ListTargets. */
  readonly identify: (state: Json) => Json;
  /** The call that changes it in place, with the members that it takes. Absent: every change makes a new one. */
  readonly update?: readonly [operation: string, members: readonly string[]];
  /** Members of the configuration whose name in the get call's answer differs. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Members that are sent and never shown. */
  readonly unseen?: readonly string[];
  /** Whether it has a status to wait for. */
  readonly status?: true;
  /** Whether it has an ARN of its own, and tags. */
  readonly tagged?: true;
  /** What the get call shows as the configuration says it, where that is not a matter of names. */
  readonly read?: (answer: Json, state: Json) => Json | undefined;
  /** What the update call takes, where it is not the member itself. */
  readonly write?: (config: Json) => Json;
}

const byId =
  (member: string) =>
  ({ id }: Json): Json => ({ [member]: id });

const inService = ({ serviceIdentifier, listenerIdentifier }: Json): Json => ({
  serviceIdentifier,
  ...(listenerIdentifier === undefined ? {} : { listenerIdentifier }),
});

const common = { status: true, tagged: true } as const;

/** Every type that Terraform has for VPC Lattice. */
export const resourceTypes = {
  service_network: {
    ...{ create: 'CreateServiceNetwork', get: 'GetServiceNetwork', delete: 'DeleteServiceNetwork', tagged: true },
    identify: byId('serviceNetworkIdentifier'),
    update: ['UpdateServiceNetwork', ['authType']],
  },
  service: {
    ...{ ...common, create: 'CreateService', get: 'GetService', delete: 'DeleteService' },
    identify: byId('serviceIdentifier'),
    update: ['UpdateService', ['authType', 'certificateArn', 'idleTimeoutSeconds']],
  },
  target_group: {
    ...{ ...common, create: 'CreateTargetGroup', get: 'GetTargetGroup', delete: 'DeleteTargetGroup' },
    identify: byId('targetGroupIdentifier'),
    update: ['UpdateTargetGroup', ['config']],
    write: ({ config }) => ({ healthCheck: (config as Json)['healthCheck'] }),
  },
  target_group_attachment: {
    ...{ create: 'RegisterTargets', get: 'ListTargets', delete: 'DeregisterTargets' },
    identify: ({ targetGroupIdentifier, targets }) => ({ targetGroupIdentifier, targets }),
    // Any status but the ones on the way in or out will do.
    read(answer, { targetGroupIdentifier }) {
      const [target] = answer['items'] as readonly Json[];
      if (target === undefined) return undefined;
      return { targetGroupIdentifier, targets: [{ id: target['id'], port: target['port'] }] };
    },
  },
  listener: {
    ...{ create: 'CreateListener', get: 'GetListener', delete: 'DeleteListener', tagged: true },
    identify: (state) => ({ ...inService(state), listenerIdentifier: state['id'] }),
    update: ['UpdateListener', ['defaultAction']],
    renamed: { serviceIdentifier: 'serviceId' },
  },
  listener_rule: {
    ...{ create: 'CreateRule', get: 'GetRule', delete: 'DeleteRule', tagged: true },
    identify: (state) => ({ ...inService(state), ruleIdentifier: state['id'] }),
    // A changed priority is never sent.
    update: ['UpdateRule', ['match', 'action']],
    unseen: ['serviceIdentifier', 'listenerIdentifier'],
  },
  service_association: {
    ...{ ...common, create: 'CreateServiceNetworkServiceAssociation' },
    ...{ get: 'GetServiceNetworkServiceAssociation', delete: 'DeleteServiceNetworkServiceAssociation' },
    identify: byId('serviceNetworkServiceAssociationIdentifier'),
    renamed: { serviceIdentifier: 'serviceId', serviceNetworkIdentifier: 'serviceNetworkId' },
  },
  vpc_association: {
    ...{ ...common, create: 'CreateServiceNetworkVpcAssociation' },
    ...{ get: 'GetServiceNetworkVpcAssociation', delete: 'DeleteServiceNetworkVpcAssociation' },
    identify: byId('serviceNetworkVpcAssociationIdentifier'),
    update: ['UpdateServiceNetworkVpcAssociation', ['securityGroupIds', 'privateDnsEnabled', 'dnsOptions']],
    renamed: { vpcIdentifier: 'vpcId', serviceNetworkIdentifier: 'serviceNetworkId' },
  },
  resource_association: {
    ...{ ...common, create: 'CreateServiceNetworkResourceAssociation' },
    ...{ get: 'GetServiceNetworkResourceAssociation', delete: 'DeleteServiceNetworkResourceAssociation' },
    identify: byId('serviceNetworkResourceAssociationIdentifier'),
    renamed: {
      resourceConfigurationIdentifier: 'resourceConfigurationId',
      serviceNetworkIdentifier: 'serviceNetworkId',
    },
  },
  access_log_subscription: {
    ...{ create: 'CreateAccessLogSubscription', get: 'GetAccessLogSubscription', tagged: true },
    delete: 'DeleteAccessLogSubscription',
    identify: byId('accessLogSubscriptionIdentifier'),
    update: ['UpdateAccessLogSubscription', ['destinationArn']],
    renamed: { resourceIdentifier: 'resourceId' },
  },
  auth_policy: {
    ...{ create: 'PutAuthPolicy', get: 'GetAuthPolicy', delete: 'DeleteAuthPolicy' },
    identify: ({ resourceIdentifier }) => ({ resourceIdentifier }),
    update: ['PutAuthPolicy', ['policy']],
    // Without a policy the answer is empty, not an error.
    read: ({ policy }, { resourceIdentifier }) => (policy === undefined ? undefined : { policy, resourceIdentifier }),
  },
  resource_policy: {
    ...{ create: 'PutResourcePolicy', get: 'GetResourcePolicy', delete: 'DeleteResourcePolicy' },
    identify: ({ resourceArn }) => ({ resourceArn }),
    update: ['PutResourcePolicy', ['policy']],
    unseen: ['resourceArn'],
  },
  resource_gateway: {
    ...{ ...common, create: 'CreateResourceGateway', get: 'GetResourceGateway', delete: 'DeleteResourceGateway' },
    identify: byId('resourceGatewayIdentifier'),
    update: ['UpdateResourceGateway', ['securityGroupIds']],
    renamed: { vpcIdentifier: 'vpcId' },
  },
  resource_configuration: {
    ...{ ...common, create: 'CreateResourceConfiguration', get: 'GetResourceConfiguration' },
    delete: 'DeleteResourceConfiguration',
    identify: byId('resourceConfigurationIdentifier'),
    update: ['UpdateResourceConfiguration', ['portRanges', 'resourceConfigurationDefinition']],
    renamed: {
      resourceGatewayIdentifier: 'resourceGatewayId',
      resourceConfigurationGroupIdentifier: 'resourceConfigurationGroupId',
      domainVerificationIdentifier: 'domainVerificationId',
    },
  },
  domain_verification: {
    ...{ create: 'StartDomainVerification', get: 'GetDomainVerification', delete: 'DeleteDomainVerification' },
    ...{ tagged: true },
    identify: byId('domainVerificationIdentifier'),
  },
} as const satisfies Readonly<Record<string, ResourceType>>;

/** The name of a type. */
export type TypeName = keyof typeof resourceTypes;
