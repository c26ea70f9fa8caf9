// Making a resource configuration: everything that its type demands, beside its gateway, its group and its domain.

import { findDomainTwin } from '../association/index.ts';
import type { Context, Decided } from '../decision.ts';
import { canonicalDomain, isDomainName, isWithinDomain } from '../domain-name.ts';
import { entryOf, type Draft, type Judge } from '../draft.ts';
import { formatArn, getResource, lookUp, newId, type Caller } from '../identifiers.ts';
import { isCarried } from '../life-cycle.ts';
import { checkQuota } from '../quotas.ts';
import { keyOfRecord, type Tags } from '../records/base.ts';
import type {
  DomainVerification,
  ResourceConfiguration,
  ResourceConfigurationType,
  ResourceDefinition,
  ResourceGateway,
} from '../records/resource.ts';
import { checkFields, conflict, type InvalidField } from '../refusal.ts';
import { domainIndexValue, nameIndexValue, ownedIndexValue, ownerOf } from '../state-indexes.ts';
import { countBy, put, recordsBy, type State } from '../state.ts';
import { wrongTags } from '../tag/check-tags.ts';
import { judgeDefinition, type DefinitionInput } from './definition.ts';
import { wrongPortRanges } from './port-ranges.ts';
import { typedMembers, typeRules, wrongMembers } from './requirements.ts';

export interface CreateResourceConfigurationInput {
  readonly name: string;
  readonly type: ResourceConfigurationType;
  readonly portRanges?: readonly string[];
  readonly protocol?: ResourceConfiguration['protocol'];
  readonly resourceGatewayIdentifier?: string;
  /** Of a CHILD: its GROUP. */
  readonly resourceConfigurationGroupIdentifier?: string;
  readonly resourceConfigurationDefinition?: DefinitionInput;
  readonly allowAssociationToShareableServiceNetwork?: boolean;
  readonly customDomainName?: string;
  readonly groupDomain?: string;
  readonly domainVerificationIdentifier?: string;
  readonly tags?: Tags;
}

/** What the identifiers of the input name. */
interface References {
  readonly gateway: ResourceGateway | undefined;
  readonly group: ResourceConfiguration | undefined;
  readonly verification: DomainVerification | undefined;
}

/** What is wrong with the input of CreateResourceConfiguration. */
export const judgeNewResourceConfiguration: Judge<CreateResourceConfigurationInput> = (state, input, caller) =>
  judge(state, input, findReferences(state, input, caller)).wrong;

/** CreateResourceConfiguration: CREATE_IN_PROGRESS until the data plane obeys. A name is unique in account and region. */
export function createResourceConfiguration(
  state: State,
  input: CreateResourceConfigurationInput,
  context: Context,
): Decided<ResourceConfiguration> {
  const { account, region, now } = context;
  const references = findReferences(state, input, context);
  const { definition, wrong } = judge(state, input, references);
  checkFields(wrong);
  const { gateway, group, verification } = getReferences(state, input, references, context);
  checkStanding(state, input, context, gateway, group);
  const id = newId('rcfg', context.random);
  const configuration: ResourceConfiguration = {
    account,
    region,
    id,
    arn: formatArn('vpc-lattice', context, `resourceconfiguration/${id}`),
    name: input.name,
    type: input.type,
    status: 'CREATE_IN_PROGRESS',
    resourceGatewayId: gateway.id,
    protocol: group?.protocol ?? input.protocol ?? typeRules[input.type].protocols[0],
    ...(group === undefined ? {} : { groupId: group.id }),
    portRanges: input.portRanges ?? [],
    ...(definition === undefined ? {} : { definition }),
    allowAssociationToShareableServiceNetwork: input.allowAssociationToShareableServiceNetwork ?? false,
    ...(input.customDomainName === undefined ? {} : { customDomainName: input.customDomainName }),
    ...(input.groupDomain === undefined ? {} : { groupDomain: input.groupDomain }),
    ...(verification === undefined
      ? {}
      : { domainVerificationId: verification.id, domainVerificationArn: verification.arn }),
    intentRevision: state.revision + 1,
    intentAt: now,
    createdAt: now,
    lastUpdatedAt: now,
    tags: input.tags ?? {},
  };
  return { changes: [put('resourceConfiguration', configuration)], result: configuration };
}

function findReferences(state: State, input: Draft<CreateResourceConfigurationInput>, caller: Caller): References {
  const group = lookUp(state, caller, 'resourceConfiguration', input.resourceConfigurationGroupIdentifier);
  const gateway = input.type === 'CHILD' ? group?.resourceGatewayId : input.resourceGatewayIdentifier;
  return {
    group,
    gateway: lookUp(state, caller, 'resourceGateway', gateway),
    verification: lookUp(state, caller, 'domainVerification', input.domainVerificationIdentifier),
  };
}

/** As `findReferences`, but what does not exist or is another account's is refused. */
function getReferences(
  state: State,
  input: CreateResourceConfigurationInput,
  found: References,
  context: Context,
): References & { readonly gateway: ResourceGateway } {
  const { resourceConfigurationGroupIdentifier: group, domainVerificationIdentifier: verification } = input;
  if (group !== undefined) getResource(state, context, 'resourceConfiguration', group);
  if (verification !== undefined) getResource(state, context, 'domainVerification', verification);
  const gateway = input.resourceGatewayIdentifier ?? found.group?.resourceGatewayId ?? '';
  return { ...found, gateway: getResource(state, context, 'resourceGateway', gateway) };
}

/** Everything that is wrong with the input in itself and beside what it names. */
function judge(
  state: State,
  input: Draft<CreateResourceConfigurationInput>,
  references: References,
): { readonly definition: ResourceDefinition | undefined; readonly wrong: readonly InvalidField[] } {
  const { type, protocol, resourceConfigurationDefinition, portRanges = [] } = input;
  const { gateway, group } = references;
  const vpc = gateway === undefined ? undefined : state.tables.vpc.get(gateway.vpcKey);
  const judged =
    resourceConfigurationDefinition === undefined
      ? { definition: undefined, wrong: [] }
      : judgeDefinition(resourceConfigurationDefinition, { type, gateway, vpc });
  const wrong = [
    ...wrongMembers(type, input, typedMembers),
    ...wrongPortRanges(portRanges),
    ...judged.wrong,
    ...wrongDomains(input, references),
    ...wrongTags(input.tags),
  ];
  const protocols = entryOf(typeRules, type)?.protocols;
  if (protocol !== undefined && protocols !== undefined && !protocols.some((one) => one === protocol))
    wrong.push({ name: 'protocol', message: `resource configurations of type ${type} cannot have ${protocol}` });
  if (type !== 'CHILD' || group === undefined) return { ...judged, wrong };
  if (group.type !== 'GROUP')
    wrong.push({ name: 'resourceConfigurationGroupIdentifier', message: `${group.id} is of type ${group.type}` });
  const { resourceGatewayIdentifier } = input;
  if (resourceGatewayIdentifier !== undefined && idOf(resourceGatewayIdentifier) !== group.resourceGatewayId)
    wrong.push({ name: 'resourceGatewayIdentifier', message: `the group ${group.id} has another gateway` });
  return { ...judged, wrong };
}

function idOf(identifier: string): string {
  return identifier.slice(identifier.lastIndexOf('/') + 1);
}

function wrongDomains(
  { customDomainName, groupDomain, domainVerificationIdentifier }: Draft<CreateResourceConfigurationInput>,
  { group, verification }: References,
): InvalidField[] {
  const wrong: InvalidField[] = [];
  for (const [name, domain] of [
    ['customDomainName', customDomainName],
    ['groupDomain', groupDomain],
  ] as const)
    if (domain !== undefined && !isDomainName(domain)) wrong.push({ name, message: `${domain} is not a domain name` });
  const parent = group?.groupDomain;
  if (customDomainName !== undefined && parent !== undefined && !isWithinDomain(customDomainName, parent))
    wrong.push({ name: 'customDomainName', message: `${customDomainName} is not below the group's domain ${parent}` });
  if (domainVerificationIdentifier === undefined) return wrong;
  const name = 'domainVerificationIdentifier';
  const domain = customDomainName ?? groupDomain;
  if (domain === undefined)
    wrong.push({ name, message: 'without a custom or group domain there is nothing to verify' });
  else if (parent !== undefined) wrong.push({ name, message: `the verification is that of the group's domain` });
  else if (verification !== undefined && !isWithinDomain(domain, verification.domainName))
    wrong.push({ name, message: `${domain} is not below the verified domain ${verification.domainName}` });
  return wrong;
}

/** Refuses what does not fit the present state of others: names, what is being deleted, quotas. */
function checkStanding(
  state: State,
  input: CreateResourceConfigurationInput,
  context: Context,
  gateway: ResourceGateway,
  group: ResourceConfiguration | undefined,
): void {
  const { name } = input;
  const [existing] = recordsBy(
    state,
    'resourceConfiguration',
    'names',
    nameIndexValue('resourceConfiguration', ownerOf(context), name),
  );
  if (existing !== undefined)
    throw conflict(
      'RESOURCE_CONFIGURATION',
      existing.id,
      `A resource configuration with the name ${name} already exists.`,
    );
  if (!isCarried(gateway))
    throw conflict('RESOURCE_GATEWAY', gateway.id, `The resource gateway ${gateway.id} is ${gateway.status}.`);
  checkQuota(
    context,
    'resourceConfigurations',
    () => countBy(state, 'owned', ownedIndexValue('resourceConfiguration', context)) + 1,
  );
  if (group === undefined) return;
  if (!isCarried(group))
    throw conflict('RESOURCE_CONFIGURATION', group.id, `The group ${group.id} is ${group.status}.`);
  checkDomain(state, input, group);
  checkQuota(context, 'childrenPerGroup', () => countBy(state, 'configurationsByGroup', keyOfRecord(group)) + 1);
}

/** Refuses a child's custom domain that another child has, or another resource of a network that the group is in. */
function checkDomain(
  state: State,
  { customDomainName }: CreateResourceConfigurationInput,
  group: ResourceConfiguration,
): void {
  if (customDomainName === undefined) return;
  const { account, region, id } = group;
  const associations = recordsBy(
    state,
    'resourceAssociation',
    'resourceAssociationsByConfiguration',
    keyOfRecord(group),
  );
  const twin =
    recordsBy(
      state,
      'resourceConfiguration',
      'configurationsByDomain',
      domainIndexValue(group, canonicalDomain(customDomainName)),
    ).find((other) => other.groupId === id) ??
    associations
      .map((one) => findDomainTwin(state, { account, region, customDomainName }, one.serviceNetworkKey))
      .find((other) => other !== undefined);
  if (twin !== undefined)
    throw conflict(
      'RESOURCE_CONFIGURATION',
      twin.id,
      `The custom domain name ${customDomainName} is already used by the resource configuration ${twin.id}.`,
    );
}
