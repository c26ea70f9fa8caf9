// Which records a record names: each must exist.

import { keyOf, keyOfRecord, type BaseRecord, type Key } from '../../src/domain/records/base.ts';
import type { VpcPart } from '../../src/domain/records/index.ts';
import { describePrefixLists } from '../../src/domain/ec2/index.ts';
import { emptyState, type RecordKind, type RecordTypes, type State } from '../../src/domain/state.ts';

/** The key of a record, and the kinds that it may be of. */
type Reference = readonly [key: Key, ...kinds: readonly RecordKind[]];

const own = (record: BaseRecord, id: string): Key => keyOf(record.account, record.region, id);
const each = (record: BaseRecord, kind: RecordKind, ids: readonly string[]): readonly Reference[] =>
  ids.map((id) => [own(record, id), kind]);
const awsLists = new Set(
  [...describePrefixLists(emptyState, { account: '', region: 'us-east-1' }, {}).read()].map(({ id }) => id),
);
const none = (): readonly Reference[] => [];

/**
 * What a record of each kind names. Not here is what AWS lets go first: the verification of a configuration's domain, the instance or
 * load balancer behind a target, the component of an address that rests, the security groups of a workload.
 */
const references: { readonly [K in RecordKind]: (record: RecordTypes[K]) => readonly Reference[] } = {
  serviceNetwork: none,
  service: none,
  listener: (r) => [
    [own(r, r.serviceId), 'service'],
    [own(r, r.defaultRuleId), 'rule'],
  ],
  rule: (r) => [
    [own(r, r.serviceId), 'service'],
    [own(r, r.listenerId), 'listener'],
    ...(r.action.kind === 'forward'
      ? each(
          r,
          'targetGroup',
          r.action.targetGroups.map((one) => one.targetGroupId),
        )
      : []),
  ],
  targetGroup: (r) => each(r, 'vpc', r.vpcId === undefined ? [] : [r.vpcId]),
  target: (r) => each(r, 'targetGroup', [r.targetGroupId]),
  serviceAssociation: (r) => [
    [r.serviceKey, 'service'],
    [r.serviceNetworkKey, 'serviceNetwork'],
    [`${r.serviceNetworkKey}/${r.serviceId}` as Key, 'componentAddress'],
  ],
  vpcAssociation: (r) => [
    [r.vpcKey, 'vpc'],
    [r.serviceNetworkKey, 'serviceNetwork'],
    ...each(r, 'securityGroup', r.securityGroupIds),
  ],
  componentAddress: (r) => [
    [own(r, r.serviceNetworkId), 'serviceNetwork'],
    ...(r.freedAt === undefined ? each(r, 'service', [r.componentId]) : []),
  ],
  accessLogSubscription: (r) => [[r.resourceKey, 'service', 'serviceNetwork']],
  authPolicy: (r) => [[keyOfRecord(r), 'service', 'serviceNetwork']],
  resourcePolicy: (r) => [[keyOfRecord(r), 'service', 'serviceNetwork', 'resourceConfiguration']],
  resourceGateway: (r) => [
    [r.vpcKey, 'vpc'],
    ...each(r, 'subnet', r.subnetIds),
    ...each(r, 'securityGroup', r.securityGroupIds),
  ],
  resourceConfiguration: (r) => [
    [own(r, r.resourceGatewayId), 'resourceGateway'],
    ...each(r, 'resourceConfiguration', r.groupId === undefined ? [] : [r.groupId]),
  ],
  resourceAssociation: (r) => [
    [r.resourceConfigurationKey, 'resourceConfiguration'],
    [r.serviceNetworkKey, 'serviceNetwork'],
  ],
  resourceEndpointAssociation: (r) => [[r.resourceConfigurationKey, 'resourceConfiguration']],
  vpcEndpoint: (r) => [
    [r.vpcKey, 'vpc'],
    [r.serviceNetworkKey, 'serviceNetwork'],
    [own(r, r.associationId), 'networkEndpointAssociation'],
    ...each(r, 'securityGroup', r.securityGroupIds),
    ...each(
      r,
      'subnet',
      r.interfaces.map((one) => one.subnetId),
    ),
    ...each(
      r,
      'networkInterface',
      r.interfaces.map((one) => one.networkInterfaceId),
    ),
  ],
  networkEndpointAssociation: (r) => [[r.serviceNetworkKey, 'serviceNetwork']],
  domainVerification: none,
  vpc: (r) => each(r, 'vpcPart', r.dhcpOptionsId === undefined ? [] : [r.dhcpOptionsId]),
  subnet: (r) => [[r.vpcKey, 'vpc']],
  securityGroup: (r) => [[r.vpcKey, 'vpc']],
  securityGroupRule: (r) => [
    [r.vpcKey, 'vpc'],
    ...each(r, 'securityGroup', r.peer.kind === 'group' ? [r.groupId, r.peer.groupId] : [r.groupId]),
    // Those of AWS are stored nowhere.
    ...(r.peer.kind === 'prefixList' && !awsLists.has(r.peer.prefixListId)
      ? each(r, 'prefixList', [r.peer.prefixListId])
      : []),
  ],
  prefixList: none,
  networkInterface: (r) => [
    [r.vpcKey, 'vpc'],
    ...each(r, 'subnet', r.subnetId === undefined ? [] : [r.subnetId]),
    ...each(r, 'securityGroup', r.securityGroupIds),
    ...each(r, 'instance', r.attachment?.instanceId === undefined ? [] : [r.attachment.instanceId]),
  ],
  vpcPart: referencesOfPart,
  instance: (r) =>
    r.machine?.state === 'terminated'
      ? []
      : [
          [r.vpcKey, 'vpc'],
          ...each(r, 'securityGroup', r.origin === 'workload' ? [] : r.securityGroupIds),
          ...(r.machine === undefined
            ? []
            : [
                ...each(r, 'subnet', [r.machine.subnetId]),
                ...each(r, 'networkInterface', [r.machine.networkInterfaceId]),
              ]),
        ],
  loadBalancer: none,
  // AWS deletes a VPC that zones answer: they keep its id until it is disassociated.
  hostedZone: none,
  recordSet: (r) => [[r.zoneKey, 'hostedZone']],
  zoneChange: none,
  iamUser: none,
  iamRole: none,
  iamPolicy: none,
  iamInstanceProfile: (r) => each(r, 'iamRole', r.roleId === undefined ? [] : [r.roleId]),
  oidcProvider: none,
  credential: (r) => each(r, 'iamUser', r.userId === undefined ? [] : [r.userId]),
  clientToken: none,
};

/** What routes lead to may be gone: they are black holes then. */
function referencesOfPart(part: VpcPart): readonly Reference[] {
  const vpc: readonly Reference[] = 'vpcKey' in part && part.vpcKey !== undefined ? [[part.vpcKey, 'vpc']] : [];
  switch (part.type) {
    case 'routeTable': {
      const subnets = part.associations.map(({ subnetId }) => subnetId);
      return [...vpc, ...each(part, 'subnet', subnets)];
    }
    case 'networkAcl':
      return [...vpc, ...each(part, 'subnet', part.subnetIds)];
    case 'natGateway':
      return [
        ...vpc,
        ...each(part, 'subnet', [part.subnetId]),
        ...each(part, 'networkInterface', [part.networkInterfaceId]),
        ...each(part, 'vpcPart', part.allocationId === undefined ? [] : [part.allocationId]),
      ];
    case 'elasticIp':
      return each(
        part,
        'networkInterface',
        part.association === undefined ? [] : [part.association.networkInterfaceId],
      );
    case 'internetGateway':
    case 'egressOnlyInternetGateway':
    case 'dhcpOptions':
      return vpc;
  }
}

/** What `state` has that names something absent, as sentences; none when all is well. */
export function danglingReferences(state: State): readonly string[] {
  const wrong: string[] = [];
  for (const [kind, referencesOf] of Object.entries(references) as [
    RecordKind,
    (r: BaseRecord) => readonly Reference[],
  ][])
    state.tables[kind].forEach((record: BaseRecord) => {
      for (const [key, ...kinds] of referencesOf(record))
        if (!kinds.some((one) => state.tables[one].has(key)))
          wrong.push(`the ${kind} ${record.id} names the ${kinds.join(' or ')} ${key}, which does not exist`);
    });
  return wrong;
}
