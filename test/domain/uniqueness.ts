// What there may be once only: names in their scope, ports, priorities, places, pairs.

import { keyOf, type BaseRecord } from '../../src/domain/records/base.ts';
import { canonicalDomain } from '../../src/domain/domain-name.ts';
import { addressesOfPrefix } from '../../src/domain/ec2-uses.ts';
import type { VpcPart } from '../../src/domain/records/index.ts';
import { ownerOf } from '../../src/domain/state-indexes.ts';
import { findPolicy } from '../../src/domain/iam-policy/index.ts';
import type { RecordKind, RecordTypes, State } from '../../src/domain/state.ts';

/** Of each kind the texts of which no two records may have the same. */
const uniques: { readonly [K in RecordKind]?: (record: RecordTypes[K]) => readonly string[] } = {
  serviceNetwork: (r) => [`name ${ownerOf(r)} ${r.name}`],
  service: (r) => [`name ${ownerOf(r)} ${r.name}`],
  listener: (r) => [`name ${r.serviceId} ${r.name}`, `port ${r.serviceId} ${r.port}`],
  rule: (r) => [`name ${r.listenerId} ${r.name}`, `priority ${r.listenerId} ${r.priority ?? 'default'}`],
  targetGroup: (r) => [`name ${ownerOf(r)} ${r.name}`],
  // A freed address rests in its place; places are shared only when all of them are taken.
  componentAddress: (r) => [`place ${r.index}`],
  serviceAssociation: (r) => (r.status === 'CREATE_FAILED' ? [] : [`pair ${r.serviceKey} ${r.serviceNetworkKey}`]),
  vpcAssociation: (r) => (r.status === 'CREATE_FAILED' ? [] : [`VPC ${r.vpcKey}`]),
  resourceAssociation: (r) =>
    r.status === 'CREATE_FAILED' ? [] : [`pair ${r.resourceConfigurationKey} ${r.serviceNetworkKey}`],
  resourceGateway: (r) => [`name ${ownerOf(r)} ${r.name}`],
  resourceConfiguration: (r) => [
    `name ${ownerOf(r)} ${r.name}`,
    ...(r.groupId === undefined || r.customDomainName === undefined
      ? []
      : [`domain ${r.groupId} ${canonicalDomain(r.customDomainName)}`]),
  ],
  domainVerification: (r) =>
    r.status === 'VERIFICATION_TIMED_OUT' ? [] : [`domain ${ownerOf(r)} ${canonicalDomain(r.domainName)}`],
  accessLogSubscription: (r) => [
    `destination ${r.resourceKey} ${r.serviceNetworkLogType ?? ''} ${r.destinationArn.split(':')[2] ?? ''}`,
  ],
  vpc: (r) => (r.attachment.kind === 'loopback' ? [`loopback ${r.attachment.n}`] : []),
  subnet: (r) => [`range ${r.vpcKey} ${r.cidr}`],
  securityGroup: (r) => [`name ${r.vpcKey} ${r.name}`],
  networkInterface: (r) =>
    [...r.addresses, ...r.ipv4Prefixes.flatMap(addressesOfPrefix)].map((address) => `address ${r.vpcKey} ${address}`),
  vpcPart: (r) => uniqueOfPart(r),
  credential: (r) => [`key ${r.id}`],
  hostedZone: (r) => [
    `reference ${r.account} ${r.callerReference}`,
    ...r.vpcs.map(({ account, region, vpcId }) => `name ${account}/${region}/${vpcId} ${r.name}`),
  ],
  iamUser: (r) => [`name ${r.account} ${r.name.toLowerCase()}`],
  iamRole: (r) => [`name ${r.account} ${r.name.toLowerCase()}`],
  iamPolicy: (r) => [`name ${r.account} ${r.name.toLowerCase()}`],
  iamInstanceProfile: (r) => [`name ${r.account} ${r.name.toLowerCase()}`],
};

function uniqueOfPart(part: VpcPart): readonly string[] {
  switch (part.type) {
    case 'routeTable':
      return [
        ...(part.mainAssociationId === undefined ? [] : [`main table of ${part.vpcKey}`]),
        ...part.associations.map(({ subnetId }) => `table of ${subnetId}`),
      ];
    case 'internetGateway':
      return part.vpcKey === undefined ? [] : [`gateway of ${part.vpcKey}`];
    case 'elasticIp': {
      const { publicIp, association } = part;
      const users = association === undefined ? [] : [`on ${association.networkInterfaceId} ${association.privateIp}`];
      return [`public address ${publicIp}`, ...users];
    }
    case 'networkAcl':
      return [
        ...(part.isDefault ? [`default ACL of ${part.vpcKey}`] : []),
        ...part.subnetIds.map((id) => `ACL of ${id}`),
      ];
    case 'egressOnlyInternetGateway':
    case 'natGateway':
    case 'dhcpOptions':
      return [];
  }
}

/** What `state` has twice, or wrong in itself, as sentences; none when all is well. */
export function brokenLaws(state: State): readonly string[] {
  const wrong: string[] = [];
  for (const [kind, textsOf] of Object.entries(uniques) as [RecordKind, (r: BaseRecord) => readonly string[]][]) {
    const seen = new Map<string, string>();
    state.tables[kind].forEach((record: BaseRecord) => {
      for (const text of textsOf(record)) {
        const other = seen.get(text);
        if (other !== undefined) wrong.push(`the ${kind}s ${other} and ${record.id} have the same ${text}`);
        seen.set(text, record.id);
      }
    });
  }
  return [...wrong, ...brokenRules(state), ...brokenResources(state), ...brokenIdentities(state)];
}

function brokenRules({ tables, indexes }: State): readonly string[] {
  const wrong: string[] = [];
  const serviceOfGroup = new Map<string, string>();
  for (const listener of tables.listener.values()) {
    const rule = tables.rule.get(keyOf(listener.account, listener.region, listener.defaultRuleId));
    if (rule?.isDefault !== true || rule.listenerId !== listener.id) wrong.push(`${listener.id} has no default rule`);
  }
  for (const rule of tables.rule.values()) {
    if ((rule.priority === undefined) !== rule.isDefault) wrong.push(`${rule.id} has a wrong priority`);
    if (rule.action.kind !== 'forward') continue;
    for (const { targetGroupId } of rule.action.targetGroups) {
      const user = serviceOfGroup.get(targetGroupId) ?? rule.serviceId;
      if (user !== rule.serviceId) wrong.push(`${targetGroupId} is used by two services`);
      serviceOfGroup.set(targetGroupId, user);
    }
  }
  for (const address of tables.componentAddress.values()) {
    const { account, region, serviceNetworkId, componentId } = address;
    const pair = `${keyOf(account, region, serviceNetworkId)} ${keyOf(account, region, componentId)}`;
    if ((address.freedAt === undefined) !== indexes.serviceAssociationsByPair.has(pair))
      wrong.push(`the address ${address.id} rests although it is used, or the other way round`);
  }
  return wrong;
}

function brokenResources({ tables }: State): readonly string[] {
  const wrong: string[] = [];
  for (const one of tables.resourceConfiguration.values()) {
    const group = tables.resourceConfiguration.get(keyOf(one.account, one.region, one.groupId ?? ''));
    if (group?.type !== (one.type === 'CHILD' ? 'GROUP' : undefined)) wrong.push(`${one.id} has a wrong group`);
    if (group !== undefined && group.resourceGatewayId !== one.resourceGatewayId)
      wrong.push(`${one.id} has another gateway than its group`);
  }
  for (const one of tables.resourceAssociation.values())
    if (tables.resourceConfiguration.get(one.resourceConfigurationKey)?.type === 'CHILD')
      wrong.push(`${one.id} associates a child`);
  return wrong;
}

function brokenIdentities(state: State): readonly string[] {
  const wrong: string[] = [];
  const { iamUser, iamRole, iamPolicy, credential } = state.tables;
  for (const one of [...iamUser.values(), ...iamRole.values()]) {
    const boundary = one.permissionsBoundary === undefined ? [] : [one.permissionsBoundary];
    for (const arn of [...one.attachedPolicies, ...boundary])
      if (findPolicy(state, one, arn) === undefined)
        wrong.push(`${one.id} has the policy ${arn}, which does not exist`);
    if (new Set(one.attachedPolicies).size < one.attachedPolicies.length) wrong.push(`${one.id} has a policy twice`);
  }
  for (const { id, versions, defaultVersionId } of iamPolicy.values()) {
    if (!versions.some((version) => version.id === defaultVersionId)) wrong.push(`${id} has no default version`);
    if (versions.length > 5) wrong.push(`${id} has ${versions.length} versions`);
  }
  const keys = new Map<string, number>();
  for (const { id, userId, principalArn } of credential.values()) {
    if (userId === undefined) continue;
    keys.set(userId, (keys.get(userId) ?? 0) + 1);
    if (![...iamUser.values()].some((user) => user.id === userId && user.arn === principalArn))
      wrong.push(`the key ${id} does not stand for its user`);
  }
  for (const [id, count] of keys) if (count > 2) wrong.push(`${id} has ${count} keys`);
  return wrong;
}
