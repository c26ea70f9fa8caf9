// Takes a state apart by the calls that its owners have: nothing that calls made can get into a state that no call ends.

import {
  deleteResourceAssociation,
  deleteResourceEndpointAssociation,
  deleteServiceAssociation,
  deleteVpcAssociation,
} from '../../src/domain/association/index.ts';
import type { Context, Decision } from '../../src/domain/decision.ts';
import { deleteDomainVerification } from '../../src/domain/domain-verification/index.ts';
import { deleteSubnet, deleteVpc, placeStandIns } from '../../src/domain/ec2/index.ts';
import { deleteHostedZone } from '../../src/domain/hosted-zone/index.ts';
import { modifyInstance, terminateInstances } from '../../src/domain/instance/index.ts';
import { deleteNetworkInterface } from '../../src/domain/network-interface/index.ts';
import { deletePrefixList } from '../../src/domain/prefix-list/index.ts';
import type { PartType, VpcPart } from '../../src/domain/records/index.ts';
import { deleteSecurityGroup, revokeRules } from '../../src/domain/security-group/index.ts';
import {
  aclAssociationIdOf,
  deleteInternetGateway,
  deleteNatGateway,
  deleteNetworkAcl,
  deletePart,
  deleteRoute,
  deleteRouteTable,
  detachInternetGateway,
  disassociateAddress,
  disassociateRouteTable,
  releaseAddress,
  replaceNetworkAclAssociation,
  replaceRouteTableAssociation,
} from '../../src/domain/vpc-part/index.ts';
import { deleteServiceNetwork } from '../../src/domain/network/index.ts';
import { deleteAccessKey, deleteUser } from '../../src/domain/iam/index.ts';
import {
  deleteInlinePolicy,
  deletePolicy,
  deletePolicyVersion,
  detachPolicy,
} from '../../src/domain/iam-policy/index.ts';
import { deleteInstanceProfile, deleteRole, removeRoleFromInstanceProfile } from '../../src/domain/iam-role/index.ts';
import { changeRecordSets, listRecordSets } from '../../src/domain/record-set/index.ts';
import { deleteOidcProvider } from '../../src/domain/oidc-provider/index.ts';
import { keyOf as recordKey, type BaseRecord } from '../../src/domain/records/index.ts';
import { deleteResourceConfiguration } from '../../src/domain/resource-configuration/index.ts';
import { deleteResourceGateway } from '../../src/domain/resource-gateway/index.ts';
import { deleteVpcEndpoints } from '../../src/domain/vpc-endpoint/index.ts';
import { deleteService } from '../../src/domain/service/index.ts';
import {
  applyChanges,
  recordKinds,
  remove,
  type RecordKind,
  type RecordTypes,
  type State,
} from '../../src/domain/state.ts';
import { deleteTargetGroup, deregisterTargets } from '../../src/domain/target/index.ts';
import { advanceStatuses, defaultSweep, sweep } from '../../src/domain/upkeep/index.ts';

/**
 * What is left of `state`, in which nothing is on its way, when every owner has deleted all that he can, as `kind id`; what the configuration
 * and workloads made is not counted. Throws the refusal of a deletion that should not be refused.
 */
export function dismantle(state: State, context: Context): readonly string[] {
  let head = state;
  let now = context.now;
  const run = <I, R>(decision: Decision<I, R>, input: I, owner: Pick<BaseRecord, 'account' | 'region'>): void => {
    const { account, region } = owner;
    const { changes } = decision(head, input, { ...context, account, region, now });
    if (changes.length > 0) head = applyChanges(head, changes, head.revision + 1);
  };
  const each = <K extends RecordKind>(kind: K, end: (record: RecordTypes[K]) => void): void => {
    const made: RecordTypes[K][] = [];
    head.tables[kind].forEach((record: BaseRecord) => {
      if (record.origin === undefined) made.push(record as RecordTypes[K]);
    });
    made.forEach(end);
    run(advanceStatuses, { obeyedRevision: head.revision }, context);
  };
  // Workloads have ended.
  run(placeStandIns, { standIns: [] }, context);
  each('serviceAssociation', (r) => run(deleteServiceAssociation, { serviceAssociationIdentifier: r.id }, r));
  each('vpcAssociation', (r) => run(deleteVpcAssociation, { vpcAssociationIdentifier: r.id }, r));
  each('resourceAssociation', (r) => run(deleteResourceAssociation, { resourceAssociationIdentifier: r.id }, r));
  each('resourceEndpointAssociation', (r) =>
    run(deleteResourceEndpointAssociation, { resourceEndpointAssociationIdentifier: r.id }, r),
  );
  each('vpcEndpoint', (r) => run(deleteVpcEndpoints, { ids: [r.id] }, r));
  // Those that stand for EC2's alone.
  each('networkEndpointAssociation', (r) =>
    run(() => ({ changes: [remove('networkEndpointAssociation', r)], result: null }), null, r),
  );
  each('service', (r) => run(deleteService, { serviceIdentifier: r.id }, r));
  each('target', (r) => {
    const target = { id: r.targetId, ...(r.port === undefined ? {} : { port: r.port }) };
    run(deregisterTargets, { targetGroupIdentifier: r.targetGroupId, targets: [target] }, r);
  });
  each('hostedZone', (r) => {
    const changes = [...listRecordSets(head, r)]
      .filter(({ type }) => type !== 'NS' && type !== 'SOA')
      .map((set) => ({ action: 'DELETE' as const, ...set, otherRouting: [] }));
    if (changes.length > 0) run(changeRecordSets, { zoneId: r.id, changes }, r);
    run(deleteHostedZone, { id: r.id }, r);
  });
  now += 1_000_000_000;
  run(sweep, defaultSweep, context);
  each('targetGroup', (r) => run(deleteTargetGroup, { targetGroupIdentifier: r.id }, r));
  const deleteConfiguration = (r: RecordTypes['resourceConfiguration']): void =>
    run(deleteResourceConfiguration, { resourceConfigurationIdentifier: r.id }, r);
  each('resourceConfiguration', (r) => (r.type === 'CHILD' ? deleteConfiguration(r) : undefined));
  each('resourceConfiguration', deleteConfiguration);
  each('resourceGateway', (r) => run(deleteResourceGateway, { resourceGatewayIdentifier: r.id }, r));
  each('serviceNetwork', (r) => run(deleteServiceNetwork, { serviceNetworkIdentifier: r.id }, r));
  each('domainVerification', (r) => run(deleteDomainVerification, { domainVerificationIdentifier: r.id }, r));
  each('credential', (r) => (r.role === 'user' ? run(deleteAccessKey, keyOf(r, head), r) : undefined));
  for (const kind of ['iamUser', 'iamRole'] as const)
    each(kind, (r) => {
      const entity = { kind, name: r.name };
      for (const policyArn of r.attachedPolicies) run(detachPolicy, { entity, policyArn }, r);
      for (const policyName of Object.keys(r.inlinePolicies)) run(deleteInlinePolicy, { entity, policyName }, r);
    });
  each('iamInstanceProfile', (r) => {
    const role = head.tables.iamRole.get(recordKey(r.account, r.region, r.roleId ?? ''));
    if (role !== undefined) run(removeRoleFromInstanceProfile, { name: r.name, roleName: role.name }, r);
    run(deleteInstanceProfile, { name: r.name }, r);
  });
  each('iamUser', (r) => run(deleteUser, { userName: r.name }, r));
  each('iamRole', (r) => run(deleteRole, { name: r.name }, r));
  each('iamPolicy', ({ arn, versions, defaultVersionId, ...r }) => {
    for (const { id: versionId } of versions)
      if (versionId !== defaultVersionId) run(deletePolicyVersion, { arn, versionId }, r);
    run(deletePolicy, { arn }, r);
  });
  each('oidcProvider', (r) => run(deleteOidcProvider, { arn: r.arn }, r));
  each('instance', (r) => {
    run(modifyInstance, { instanceId: r.id, change: { kind: 'disableApiTermination', value: false } }, r);
    run(terminateInstances, { instanceIds: [r.id] }, r);
  });
  now += 1_000_000_000;
  run(sweep, defaultSweep, context);
  const eachPart = <T extends PartType>(type: T, end: (part: Extract<VpcPart, { readonly type: T }>) => void): void =>
    each('vpcPart', (r) => (r.type === type ? end(r as Extract<VpcPart, { readonly type: T }>) : undefined));
  eachPart('natGateway', (r) => run(deleteNatGateway, { natGatewayId: r.id }, r));
  eachPart('elasticIp', (r) => {
    if (r.association !== undefined) run(disassociateAddress, { associationId: r.association.id }, r);
    run(releaseAddress, { allocationId: r.id }, r);
  });
  each('networkInterface', (r) => run(deleteNetworkInterface, { networkInterfaceId: r.id }, r));
  eachPart('egressOnlyInternetGateway', (r) => run(deletePart, { type: r.type, id: r.id }, r));
  eachPart('internetGateway', (r) => {
    if (r.vpcId !== undefined) run(detachInternetGateway, { internetGatewayId: r.id, vpcId: r.vpcId }, r);
    run(deleteInternetGateway, { internetGatewayId: r.id }, r);
  });
  each('securityGroupRule', (r) => run(revokeRules, { groupId: r.groupId, isEgress: r.isEgress, ruleIds: [r.id] }, r));
  each('securityGroup', (r) => (r.name === 'default' ? undefined : run(deleteSecurityGroup, { groupId: r.id }, r)));
  // Of the configuration's VPCs too: what calls put into their tables calls take out.
  for (const part of [...head.tables.vpcPart.values()])
    if (part.type === 'routeTable')
      for (const { destination } of part.routes) run(deleteRoute, { routeTableId: part.id, destination }, part);
  each('prefixList', (r) => run(deletePrefixList, { prefixListId: r.id }, r));
  each('subnet', (r) => run(deleteSubnet, { subnetId: r.id }, r));
  // Those that came with a VPC are its main and default ones again before the others go.
  eachPart('routeTable', (r) => {
    const { mainAssociationId: associationId } = r;
    const first = r.vpcId.replace(/^vpc-/, 'rtb-');
    if (associationId !== undefined && r.id !== first && head.tables.vpcPart.has(recordKey(r.account, r.region, first)))
      run(replaceRouteTableAssociation, { associationId, routeTableId: first }, r);
  });
  eachPart('routeTable', ({ associations, ...r }) => {
    for (const { id: associationId } of associations) run(disassociateRouteTable, { associationId }, r);
  });
  eachPart('routeTable', ({ id: routeTableId, ...r }) =>
    r.mainAssociationId === undefined && head.tables.vpcPart.has(recordKey(r.account, r.region, routeTableId))
      ? run(deleteRouteTable, { routeTableId }, r)
      : undefined,
  );
  eachPart('networkAcl', (r) => {
    const networkAclId = r.vpcId.replace(/^vpc-/, 'acl-');
    for (const subnetId of r.subnetIds)
      run(replaceNetworkAclAssociation, { associationId: aclAssociationIdOf(subnetId, r.id), networkAclId }, r);
  });
  eachPart('networkAcl', (r) => (r.isDefault ? undefined : run(deleteNetworkAcl, { networkAclId: r.id }, r)));
  each('vpc', (r) => run(deleteVpc, { vpcId: r.id }, r));
  eachPart('dhcpOptions', (r) => run(deletePart, { type: r.type, id: r.id }, r));
  const left: string[] = [];
  for (const kind of recordKinds)
    head.tables[kind].forEach((record: BaseRecord) => {
      const isKept = kind === 'credential' && (record as RecordTypes['credential']).role !== 'user';
      if (!isKept && record.origin === undefined) left.push(`${kind} ${record.id}`);
    });
  return left;
}

/** An IAM user's access key as calls name it. */
function keyOf(r: RecordTypes['credential'], { tables }: State) {
  const user = tables.iamUser.get(recordKey(r.account, r.region, r.userId ?? ''));
  return { userName: user?.name ?? '', accessKeyId: r.id };
}
