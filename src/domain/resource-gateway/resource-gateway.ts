// Resource gateways: create, change the security groups, delete.

import type { Context, Decided } from '../decision.ts';
import { entryOf, type Judge } from '../draft.ts';
import { familiesOf, findSubnets, findVpc, wrongSecurityGroups } from '../ec2/index.ts';
import { formatArn, getResource, lookUp, newId } from '../identifiers.ts';
import { deletedStatus, updatableCycle, updatedStatus, withIntent } from '../life-cycle.ts';
import { checkQuota } from '../quotas.ts';
import { keyOfRecord, type Tags } from '../records/base.ts';
import type { Subnet } from '../records/ec2.ts';
import type { ResourceGateway } from '../records/resource.ts';
import { checkFields, conflict, type InvalidField } from '../refusal.ts';
import { nameIndexValue } from '../state-indexes.ts';
import { countBy, put, recordsBy, remove, type State } from '../state.ts';
import { wrongTags } from '../tag/check-tags.ts';

/** IPv4 addresses of each network interface unless said otherwise (User Guide: Resource gateways). */
const DEFAULT_ADDRESSES = 16;

/** The most subnets of a gateway: more than a Region has zones. The model has no limit; ours keeps the answer to one call small. */
const MOST_SUBNETS = 100;

type AddressType = ResourceGateway['ipAddressType'];

/** Which families all subnets of a gateway have to have, and which none may have (behaviour.md 12). */
const families: Readonly<Record<AddressType, Readonly<Record<4 | 6, 'needed' | 'forbidden' | 'free'>>>> = {
  IPV4: { 4: 'needed', 6: 'free' },
  IPV6: { 4: 'forbidden', 6: 'needed' },
  DUALSTACK: { 4: 'needed', 6: 'needed' },
};

export interface CreateResourceGatewayInput {
  readonly name: string;
  readonly vpcIdentifier?: string;
  readonly subnetIds?: readonly string[];
  readonly securityGroupIds?: readonly string[];
  readonly ipAddressType?: AddressType;
  readonly ipv4AddressesPerEni?: number;
  readonly resourceConfigDnsResolution?: ResourceGateway['dnsResolution'];
  readonly tags?: Tags;
}

/**
 * CreateResourceGateway: CREATE_IN_PROGRESS until the data plane obeys. A name is unique in account and region; VPC and
 * subnets are needed, one subnet for each zone.
 */
export function createResourceGateway(
  state: State,
  input: CreateResourceGatewayInput,
  context: Context,
): Decided<ResourceGateway> {
  const { account, region, now } = context;
  const place = decidePlace(state, input, context);
  const [existing] = recordsBy(
    state,
    'resourceGateway',
    'names',
    nameIndexValue('resourceGateway', `${account}/${region}`, input.name),
  );
  if (existing !== undefined)
    throw conflict('RESOURCE_GATEWAY', existing.id, `A resource gateway with the name ${input.name} already exists.`);
  checkQuota(context, 'resourceGatewaysPerVpc', () => countBy(state, 'resourceGatewaysByVpc', place.vpcKey) + 1);
  const id = newId('rgw', context.random);
  const gateway: ResourceGateway = {
    account,
    region,
    id,
    arn: formatArn('vpc-lattice', context, `resourcegateway/${id}`),
    name: input.name,
    status: 'CREATE_IN_PROGRESS',
    ...place,
    dnsResolution: input.resourceConfigDnsResolution ?? 'PUBLIC',
    intentRevision: state.revision + 1,
    intentAt: now,
    createdAt: now,
    lastUpdatedAt: now,
    tags: input.tags ?? {},
  };
  return { changes: [put('resourceGateway', gateway)], result: gateway };
}

/** What is wrong with the input of CreateResourceGateway. */
export const judgeNewResourceGateway: Judge<CreateResourceGatewayInput> = (state, input, caller) => {
  const { vpcIdentifier = '', subnetIds = [], securityGroupIds = [], ipAddressType = 'IPV4' } = input;
  const wrong: InvalidField[] = [...wrongTags(input.tags)];
  const vpc = findVpc(state, caller, vpcIdentifier);
  if (vpcIdentifier === '') wrong.push({ name: 'vpcIdentifier', message: 'a resource gateway needs a VPC' });
  else if (vpc === undefined) wrong.push({ name: 'vpcIdentifier', message: `the VPC ${vpcIdentifier} does not exist` });
  const tooMany = subnetIds.length > MOST_SUBNETS;
  if (tooMany) wrong.push({ name: 'subnetIds', message: `a resource gateway has at most ${MOST_SUBNETS} subnets` });
  if (subnetIds.length === 0) wrong.push({ name: 'subnetIds', message: 'a resource gateway needs a subnet' });
  if (vpc !== undefined) {
    const found = findSubnets(state, caller, keyOfRecord(vpc), tooMany ? [] : subnetIds);
    wrong.push(...found.wrong, ...wrongZones(found.subnets), ...wrongFamilies(found.subnets, ipAddressType));
    wrong.push(...wrongSecurityGroups(state, caller, keyOfRecord(vpc), securityGroupIds));
  }
  if (ipAddressType === 'IPV6') {
    if (input.ipv4AddressesPerEni !== undefined)
      wrong.push({ name: 'ipv4AddressesPerEni', message: 'a gateway of address type IPV6 has no IPv4 addresses' });
    if (input.resourceConfigDnsResolution === 'IN_VPC')
      wrong.push({ name: 'resourceConfigDnsResolution', message: 'IN_VPC needs subnets with IPv4' });
  }
  return wrong;
};

function decidePlace(state: State, input: CreateResourceGatewayInput, context: Context) {
  const { vpcIdentifier = '', subnetIds = [], securityGroupIds = [], ipAddressType = 'IPV4' } = input;
  checkFields(judgeNewResourceGateway(state, input, context));
  const vpc = findVpc(state, context, vpcIdentifier);
  if (vpc === undefined) throw new Error('a gateway without a VPC was not refused');
  return {
    vpcKey: keyOfRecord(vpc),
    vpcId: vpc.id,
    subnetIds: [...new Set(subnetIds)],
    securityGroupIds: [...new Set(securityGroupIds)],
    ipAddressType,
    ...(ipAddressType === 'IPV6' ? {} : { ipv4AddressesPerEni: input.ipv4AddressesPerEni ?? DEFAULT_ADDRESSES }),
  };
}

function wrongZones(subnets: readonly Subnet[]): InvalidField[] {
  const taken = new Set<string>();
  const wrong: InvalidField[] = [];
  for (const { id, zone } of subnets) {
    if (taken.has(zone))
      wrong.push({ name: 'subnetIds', message: `the subnet ${id} is the second in the zone ${zone}` });
    taken.add(zone);
  }
  return wrong;
}

function wrongFamilies(subnets: readonly Subnet[], type: string): InvalidField[] {
  const rules = entryOf(families, type);
  if (rules === undefined) return [];
  return subnets.flatMap((subnet) =>
    ([4, 6] as const).flatMap((family) => {
      const rule = rules[family];
      const has = familiesOf(subnet).has(family);
      if (rule === 'free' || (rule === 'needed') === has) return [];
      const message = `the subnet ${subnet.id} ${has ? 'has' : 'does not have'} IPv${family} addresses`;
      return [{ name: 'ipAddressType', message: `${type} does not fit: ${message}` }];
    }),
  );
}

interface UpdateResourceGatewayInput {
  readonly resourceGatewayIdentifier: string;
  readonly securityGroupIds?: readonly string[];
}

/** What is wrong with the input of UpdateResourceGateway. */
export const judgeResourceGatewayUpdate: Judge<UpdateResourceGatewayInput> = (state, input, caller) => {
  const gateway = lookUp(state, caller, 'resourceGateway', input.resourceGatewayIdentifier);
  return gateway === undefined ? [] : wrongSecurityGroups(state, caller, gateway.vpcKey, input.securityGroupIds ?? []);
};

/** UpdateResourceGateway: only the security groups can change. UPDATE_IN_PROGRESS until the data plane obeys. */
export function updateResourceGateway(
  state: State,
  input: UpdateResourceGatewayInput,
  context: Context,
): Decided<ResourceGateway> {
  const before = getResource(state, context, 'resourceGateway', input.resourceGatewayIdentifier);
  const status = updatedStatus(updatableCycle, before, 'RESOURCE_GATEWAY');
  const { securityGroupIds } = input;
  if (securityGroupIds === undefined) return { changes: [], result: before };
  checkFields(judgeResourceGatewayUpdate(state, input, context));
  const gateway: ResourceGateway = {
    ...withIntent(before, status, state, context),
    securityGroupIds: [...new Set(securityGroupIds)],
  };
  return { changes: [put('resourceGateway', gateway)], result: gateway };
}

/** DeleteResourceGateway: DELETE_IN_PROGRESS until the data plane obeys; refused while a resource configuration uses it. */
export function deleteResourceGateway(
  state: State,
  input: { readonly resourceGatewayIdentifier: string },
  context: Context,
): Decided<ResourceGateway> {
  const before = getResource(state, context, 'resourceGateway', input.resourceGatewayIdentifier);
  const status = deletedStatus(updatableCycle, before, 'RESOURCE_GATEWAY');
  if (status === before.status) return { changes: [], result: before };
  const [user] = recordsBy(state, 'resourceConfiguration', 'configurationsByGateway', keyOfRecord(before));
  if (user !== undefined)
    throw conflict(
      'RESOURCE_GATEWAY',
      before.id,
      `The resource gateway ${before.id} is used by the resource configuration ${user.id}.`,
    );
  const gateway: ResourceGateway = withIntent(before, 'DELETE_IN_PROGRESS', state, context);
  const change = status === 'gone' ? remove('resourceGateway', before) : put('resourceGateway', gateway);
  return { changes: [change], result: gateway };
}
