// VPC endpoints of type ServiceNetwork: create, modify, delete.

import { addressesOfPrefix } from '../ec2-uses.ts';
import type { Context, Decided } from '../decision.ts';
import { findFreeAddress, findFreePrefix28 } from '../ec2/address.ts';
import { checkInterfaceGroups, defaultGroupIds, makeInterface, removeInterface } from '../ec2/network-interface.ts';
import { findThing, getThing } from '../ec2/resource.ts';
import { formatArn, lookUp, newId } from '../identifiers.ts';
import { updatableCycle, withIntent } from '../life-cycle.ts';
import { keyOf, keyOfRecord, type Key, type Tags } from '../records/base.ts';
import type { NetworkInterface, Subnet, Vpc } from '../records/ec2.ts';
import type { NetworkEndpointAssociation } from '../records/endpoint.ts';
import type { VpcEndpoint } from '../records/vpc-endpoint.ts';
import { ec2Refusal } from '../refusal.ts';
import { countBy, put, remove, type Change, type State } from '../state.ts';

/** The most VPC endpoints of one service network (User Guide: Quotas, L-89DEA27F). */
const MOST_PER_NETWORK = 200;

export interface CreateVpcEndpointInput {
  readonly vpcId: string;
  /** An ARN. */
  readonly serviceNetworkArn: string;
  readonly subnetIds?: readonly string[];
  /** Absent: the VPC's default group. */
  readonly securityGroupIds?: readonly string[];
  readonly privateDnsEnabled?: boolean;
  readonly tags?: Tags;
}

/** CreateVpcEndpoint: pending until every data plane obeys. Each subnet, one in a zone, gives it an interface with a /28 of its own. */
export function createVpcEndpoint(state: State, input: CreateVpcEndpointInput, context: Context): Decided<VpcEndpoint> {
  const { account, region, now } = context;
  const vpc = getThing(state, context, 'vpc', input.vpcId);
  const network = lookUp(state, context, 'serviceNetwork', input.serviceNetworkArn);
  if (network === undefined)
    throw ec2Refusal(
      'InvalidParameter',
      `The service network '${input.serviceNetworkArn.slice(0, 255)}' does not exist`,
    );
  checkPrivateDns(vpc, input.privateDnsEnabled ?? false);
  const serviceNetworkKey = keyOfRecord(network);
  if (countBy(state, 'networkEndpointsByNetwork', serviceNetworkKey) >= MOST_PER_NETWORK)
    throw ec2Refusal('VpcEndpointLimitExceeded', `A service network has at most ${MOST_PER_NETWORK} VPC endpoints.`);
  const id = newId('vpce', context.random);
  const subnets = findSubnetsOf(state, vpc, input.subnetIds ?? [], context);
  const groups = input.securityGroupIds ?? defaultGroupIds(state, { vpcKey: keyOfRecord(vpc) });
  if (groups.length > 0) checkInterfaceGroups(state, { account, region, vpcKey: keyOfRecord(vpc) }, groups);
  const made = subnets.map((subnet) => makeEndpointInterface(state, subnet, id, groups, context));
  const association: NetworkEndpointAssociation = {
    ...{ account: network.account, region: network.region, id: newId('vpce-assoc', context.random) },
    ...{ serviceNetworkKey, vpcEndpointId: id, vpcEndpointOwner: account, vpcId: vpc.id, state: 'pending' },
    ...{ createdAt: now, lastUpdatedAt: now, tags: {} },
  };
  const endpoint: VpcEndpoint = {
    ...{ account, region, id, arn: formatArn('ec2', context, `vpc-endpoint/${id}`) },
    status: 'CREATE_IN_PROGRESS',
    vpcKey: keyOfRecord(vpc),
    vpcId: vpc.id,
    serviceNetworkKey,
    serviceNetworkId: network.id,
    serviceNetworkArn: network.arn,
    associationId: association.id,
    interfaces: made.map(({ id: networkInterfaceId, subnetId = '', ipv4Prefixes: [block = ''] }) => ({
      ...{ subnetId, networkInterfaceId, block },
    })),
    securityGroupIds: [...new Set(groups)],
    privateDnsEnabled: input.privateDnsEnabled ?? false,
    ...{ intentRevision: state.revision + 1, intentAt: now, createdAt: now, lastUpdatedAt: now },
    tags: input.tags ?? {},
  };
  return {
    changes: [
      put('vpcEndpoint', endpoint),
      put('networkEndpointAssociation', association),
      ...made.map((one) => put('networkInterface', one)),
    ],
    result: endpoint,
  };
}

function checkPrivateDns({ id, enableDnsSupport = true, enableDnsHostnames = false }: Vpc, wanted: boolean): void {
  if (wanted && !(enableDnsSupport && enableDnsHostnames))
    throw ec2Refusal(
      'InvalidParameter',
      `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${id}`,
    );
}

function findSubnetsOf(state: State, vpc: Vpc, ids: readonly string[], context: Context): readonly Subnet[] {
  const subnets = [...new Set(ids)].map((id) => getThing(state, context, 'subnet', id));
  const zones = new Set<string>();
  for (const { id, vpcId, zone } of subnets) {
    if (vpcId !== vpc.id) throw ec2Refusal('InvalidParameter', `The subnet '${id}' is not of the VPC '${vpc.id}'.`);
    if (zones.has(zone))
      throw ec2Refusal(
        'DuplicateSubnetsInSameZone',
        'Found another VPC endpoint subnet in the availability zone of the subnet.',
      );
    zones.add(zone);
  }
  return subnets;
}

function makeEndpointInterface(
  state: State,
  subnet: Subnet,
  endpointId: string,
  securityGroupIds: readonly string[],
  context: Context,
): NetworkInterface {
  const block = findFreePrefix28(state, subnet);
  const address = findFreeAddress(state, subnet, new Set(addressesOfPrefix(block)));
  const made = makeInterface(
    state,
    {
      ...{ subnet, addresses: [address], securityGroupIds, interfaceType: 'vpc_endpoint', requesterManaged: true },
      description: `VPC Endpoint Interface ${endpointId}`,
      attachment: {
        id: newId('eni-attach', context.random),
        ...{ deviceIndex: 1, deleteOnTermination: false, attachedAt: context.now },
      },
    },
    context,
  );
  return { ...made, ipv4Prefixes: [block] };
}

/** ModifyVpcEndpoint: of an endpoint of this type only the security groups (PrivateLink guide). Result: nothing. */
export function modifyVpcEndpoint(
  state: State,
  input: {
    readonly vpcEndpointId: string;
    readonly addSecurityGroupIds: readonly string[];
    readonly removeSecurityGroupIds: readonly string[];
  },
  context: Context,
): Decided<null> {
  const before = getThing(state, context, 'vpcEndpoint', input.vpcEndpointId);
  const status = updatableCycle[before.status].update ?? before.status;
  if (status === 'refused')
    throw ec2Refusal('IncorrectState', `The VPC endpoint '${before.id}' is in a state that does not allow this.`);
  const absent = input.removeSecurityGroupIds.find((id) => !before.securityGroupIds.includes(id));
  if (absent !== undefined)
    throw ec2Refusal('InvalidParameter', `The security group '${absent.slice(0, 255)}' is not of the endpoint.`);
  const kept = before.securityGroupIds.filter((id) => !input.removeSecurityGroupIds.includes(id));
  const securityGroupIds = [...new Set([...kept, ...input.addSecurityGroupIds])];
  checkInterfaceGroups(state, before, securityGroupIds);
  const endpoint: VpcEndpoint = { ...withIntent(before, status, state, context), securityGroupIds };
  const interfaces = interfacesOf(state, before).map((one) =>
    put('networkInterface', { ...one, securityGroupIds, lastUpdatedAt: context.now }),
  );
  return { changes: [put('vpcEndpoint', endpoint), ...interfaces], result: null };
}

/** An endpoint that could not be deleted, and why, in EC2's words. */
export interface EndpointFailure {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

/** DeleteVpcEndpoints: deleting until every data plane obeys. Result: those that could not be. */
export function deleteVpcEndpoints(
  state: State,
  { ids }: { readonly ids: readonly string[] },
  context: Context,
): Decided<readonly EndpointFailure[]> {
  const changes: Change[] = [];
  const failures: EndpointFailure[] = [];
  for (const id of new Set(ids)) {
    const before = findThing(state, context, 'vpcEndpoint', id);
    const next = before && updatableCycle[before.status].delete;
    if (before === undefined)
      failures.push({
        id,
        code: 'InvalidVpcEndpointId.NotFound',
        message: `The Vpc Endpoint Id '${id.slice(0, 255)}' does not exist`,
      });
    else if (next === 'refused')
      failures.push({
        id,
        code: 'IncorrectState',
        message: `The VPC endpoint '${id}' is in a state that does not allow this.`,
      });
    else if (next === 'gone') changes.push(...removeVpcEndpoint(state, before));
    else if (next !== undefined) changes.push(put('vpcEndpoint', withIntent(before, next, state, context)));
  }
  return { changes, result: failures };
}

/** The changes by which an endpoint is gone: with its interfaces their addresses. */
export function removeVpcEndpoint(state: State, endpoint: VpcEndpoint): readonly Change[] {
  const [account = '', region = ''] = endpoint.serviceNetworkKey.split('/');
  const association = state.tables.networkEndpointAssociation.get(keyOf(account, region, endpoint.associationId));
  return [
    remove('vpcEndpoint', endpoint),
    ...(association === undefined ? [] : [remove('networkEndpointAssociation', association)]),
    ...interfacesOf(state, endpoint).flatMap((one) => removeInterface(state, one)),
  ];
}

function interfacesOf(state: State, endpoint: VpcEndpoint): readonly NetworkInterface[] {
  const prefix = endpoint.vpcKey.slice(0, -endpoint.vpcId.length);
  return endpoint.interfaces.flatMap(
    ({ networkInterfaceId }) => state.tables.networkInterface.get(`${prefix}${networkInterfaceId}` as Key) ?? [],
  );
}
