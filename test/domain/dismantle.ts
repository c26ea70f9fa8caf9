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
  // These end with EC2's endpoint.
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
  each('subnet', (r) => run(deleteSubnet, { subnetId: r.id }, r));
  each('vpc', (r) => run(deleteVpc, { vpcId: r.id }, r));
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
