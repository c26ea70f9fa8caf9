// VPC associations: the clients of a VPC get into a service network.

import type { Context, Decided } from '../decision.ts';
import { wrongSecurityGroups } from '../ec2/index.ts';
import type { Judge } from '../draft.ts';
import { formatArn, getResource, newId, lookUp, type Caller } from '../identifiers.ts';
import { deletedStatus, updatableCycle, updatedStatus, withIntent } from '../life-cycle.ts';
import { checkQuota } from '../quotas.ts';
import { keyOf, keyOfRecord, type Key, type Tags } from '../records/base.ts';
import type { DnsOptions, ServiceNetwork, VpcAssociation } from '../records/lattice.ts';
import { checkFields, conflict, type InvalidField } from '../refusal.ts';
import { countBy, put, recordsBy, remove, type State } from '../state.ts';
import { checkTags, wrongTags } from '../tag/check-tags.ts';
import { wrongDnsOptions } from './dns-options.ts';

/** The most security groups of an association (User Guide: Quotas; not adjustable). */
const MOST_SECURITY_GROUPS = 5;

export interface CreateVpcAssociationInput {
  readonly serviceNetworkIdentifier: string;
  readonly vpcIdentifier: string;
  readonly securityGroupIds?: readonly string[];
  readonly privateDnsEnabled?: boolean;
  readonly dnsOptions?: DnsOptions;
  readonly tags?: Tags;
}

/** What is wrong with the input of CreateServiceNetworkVpcAssociation. */
export const judgeNewVpcAssociation: Judge<CreateVpcAssociationInput> = (state, input, caller) => {
  const { vpcIdentifier, securityGroupIds = [], dnsOptions, tags } = input;
  const vpcKey = keyOf(caller.account, caller.region, vpcIdentifier ?? '');
  const unknownVpc = { name: 'vpcIdentifier', message: `the VPC ${vpcIdentifier} does not exist` };
  return [
    ...(state.tables.vpc.has(vpcKey) ? wrongGroups(state, caller, vpcKey, securityGroupIds) : [unknownVpc]),
    ...wrongDnsOptions(dnsOptions),
    ...wrongTags(tags),
  ];
};

/**
 * CreateServiceNetworkVpcAssociation: CREATE_IN_PROGRESS until the data plane obeys. A VPC has one association; one in
 * CREATE_FAILED does not count (the AWS Gateway API Controller makes a new one beside it).
 */
export function createVpcAssociation(
  state: State,
  input: CreateVpcAssociationInput,
  context: Context,
): Decided<{ readonly association: VpcAssociation; readonly network: ServiceNetwork }> {
  const { account, region, now } = context;
  const network = getResource(state, context, 'serviceNetwork', input.serviceNetworkIdentifier);
  const vpcKey = keyOf(account, region, input.vpcIdentifier);
  checkFields(judgeNewVpcAssociation(state, input, context));
  const existing = recordsBy(state, 'vpcAssociation', 'vpcAssociationsByVpc', vpcKey).find(
    (one) => one.status !== 'CREATE_FAILED',
  );
  if (existing !== undefined) {
    const status = existing.status === 'ACTIVE' ? '' : ` The association ${existing.id} is ${existing.status}.`;
    // The first sentence is AWS's own; clients look for it, and for the status.
    throw conflict(
      'SERVICE_NETWORK_VPC_ASSOCIATION',
      existing.id,
      `VPC has already been associated to a service network.${status}`,
    );
  }
  const serviceNetworkKey = keyOfRecord(network);
  checkQuota(
    context,
    'vpcAssociationsPerNetwork',
    () => countBy(state, 'vpcAssociationsByNetwork', serviceNetworkKey) + 1,
  );
  const id = newId('snva', context.random);
  const association: VpcAssociation = {
    account,
    region,
    id,
    arn: formatArn('vpc-lattice', context, `servicenetworkvpcassociation/${id}`),
    status: 'CREATE_IN_PROGRESS',
    createdBy: account,
    serviceNetworkKey,
    serviceNetworkId: network.id,
    vpcKey,
    vpcId: input.vpcIdentifier,
    securityGroupIds: [...new Set(input.securityGroupIds)],
    ...(input.privateDnsEnabled === undefined ? {} : { privateDnsEnabled: input.privateDnsEnabled }),
    ...(input.dnsOptions === undefined ? {} : { dnsOptions: input.dnsOptions }),
    intentRevision: state.revision + 1,
    intentAt: now,
    createdAt: now,
    lastUpdatedAt: now,
    tags: checkTags(input.tags),
  };
  return { changes: [put('vpcAssociation', association)], result: { association, network } };
}

export interface UpdateVpcAssociationInput {
  readonly vpcAssociationIdentifier: string;
  readonly securityGroupIds?: readonly string[];
  readonly privateDnsEnabled?: boolean;
  readonly dnsOptions?: DnsOptions;
}

const lastGroup: InvalidField = {
  name: 'securityGroupIds',
  message: 'the last security group cannot be removed: delete the association instead',
};

/** What is wrong with the input of UpdateServiceNetworkVpcAssociation. */
export const judgeVpcAssociationUpdate: Judge<UpdateVpcAssociationInput> = (state, input, caller) => {
  const { vpcAssociationIdentifier, securityGroupIds = [], dnsOptions } = input;
  const before = lookUp(state, caller, 'vpcAssociation', vpcAssociationIdentifier);
  return [
    ...(input.securityGroupIds?.length === 0 ? [lastGroup] : []),
    ...(before === undefined ? [] : wrongGroups(state, caller, before.vpcKey, securityGroupIds)),
    ...wrongDnsOptions(dnsOptions),
  ];
};

/** UpdateServiceNetworkVpcAssociation: UPDATE_IN_PROGRESS until the data plane obeys; refused while in progress or failed. */
export function updateVpcAssociation(
  state: State,
  input: UpdateVpcAssociationInput,
  context: Context,
): Decided<VpcAssociation> {
  const before = getResource(state, context, 'vpcAssociation', input.vpcAssociationIdentifier);
  const status = updatedStatus(updatableCycle, before, 'SERVICE_NETWORK_VPC_ASSOCIATION');
  checkFields(judgeVpcAssociationUpdate(state, input, context));
  const { securityGroupIds, privateDnsEnabled, dnsOptions } = input;
  if (securityGroupIds === undefined && privateDnsEnabled === undefined && dnsOptions === undefined)
    return { changes: [], result: before };
  const association: VpcAssociation = {
    ...withIntent(before, status, state, context),
    ...(securityGroupIds === undefined ? {} : { securityGroupIds: [...new Set(securityGroupIds)] }),
    ...(privateDnsEnabled === undefined ? {} : { privateDnsEnabled }),
    ...(dnsOptions === undefined ? {} : { dnsOptions }),
  };
  return { changes: [put('vpcAssociation', association)], result: association };
}

/**
 * DeleteServiceNetworkVpcAssociation: DELETE_IN_PROGRESS until the data plane obeys (after CREATE_FAILED gone at once).
 * Refused while a create or update is in progress; changes nothing in DELETE_IN_PROGRESS.
 */
export function deleteVpcAssociation(
  state: State,
  input: { readonly vpcAssociationIdentifier: string },
  context: Context,
): Decided<VpcAssociation> {
  const before = getResource(state, context, 'vpcAssociation', input.vpcAssociationIdentifier);
  const status = deletedStatus(updatableCycle, before, 'SERVICE_NETWORK_VPC_ASSOCIATION');
  if (status === before.status) return { changes: [], result: before };
  const association: VpcAssociation = withIntent(before, 'DELETE_IN_PROGRESS', state, context);
  const change = status === 'gone' ? remove('vpcAssociation', before) : put('vpcAssociation', association);
  return { changes: [change], result: association };
}

function wrongGroups(state: State, caller: Caller, vpcKey: Key, ids: readonly string[]): readonly InvalidField[] {
  const message = `an association has at most ${MOST_SECURITY_GROUPS} security groups`;
  const tooMany = ids.length > MOST_SECURITY_GROUPS ? [{ name: 'securityGroupIds', message }] : [];
  return [...tooMany, ...wrongSecurityGroups(state, caller, vpcKey, ids)];
}
