// Resource configurations: change, delete.

import type { Context, Decided } from '../decision.ts';
import type { Draft, Judge } from '../draft.ts';
import { getResource, lookUp } from '../identifiers.ts';
import { deletedStatus, updatableCycle, updatedStatus, withIntent } from '../life-cycle.ts';
import { removePolicies } from '../policy/index.ts';
import { keyOf, keyOfRecord } from '../records/base.ts';
import type { ResourceConfiguration } from '../records/resource.ts';
import { checkFields, conflict } from '../refusal.ts';
import { put, recordsBy, remove, type Change, type State } from '../state.ts';
import { judgeDefinition, type DefinitionInput } from './definition.ts';
import { wrongPortRanges } from './port-ranges.ts';
import { wrongMembers } from './requirements.ts';

export interface UpdateResourceConfigurationInput {
  readonly resourceConfigurationIdentifier: string;
  readonly resourceConfigurationDefinition?: DefinitionInput;
  readonly allowAssociationToShareableServiceNetwork?: boolean;
  readonly portRanges?: readonly string[];
}

/** What is wrong with the input of UpdateResourceConfiguration. */
export const judgeResourceConfigurationUpdate: Judge<UpdateResourceConfigurationInput> = (state, input, caller) =>
  judgeUpdate(state, input, lookUp(state, caller, 'resourceConfiguration', input.resourceConfigurationIdentifier))
    .wrong;

/** The definition that the update leaves, and everything that is wrong with it beside what `before` has, as far as that is known. */
function judgeUpdate(
  state: State,
  input: Draft<UpdateResourceConfigurationInput>,
  before: ResourceConfiguration | undefined,
): ReturnType<typeof judgeDefinition> {
  const { resourceConfigurationDefinition: given } = input;
  const type = before?.type;
  const gateway =
    before === undefined
      ? undefined
      : state.tables.resourceGateway.get(keyOf(before.account, before.region, before.resourceGatewayId));
  const vpc = gateway === undefined ? undefined : state.tables.vpc.get(gateway.vpcKey);
  const { definition, wrong } =
    given === undefined
      ? { definition: before?.definition, wrong: [] }
      : judgeDefinition(given, { type, gateway, vpc });
  const portRanges = input.portRanges ?? before?.portRanges ?? [];
  const members = {
    portRanges,
    allowAssociationToShareableServiceNetwork:
      input.allowAssociationToShareableServiceNetwork ?? before?.allowAssociationToShareableServiceNetwork,
    resourceConfigurationDefinition: given ?? before?.definition,
  };
  const names = ['portRanges', 'allowAssociationToShareableServiceNetwork', 'resourceConfigurationDefinition'] as const;
  return { definition, wrong: [...wrongMembers(type, members, names), ...wrongPortRanges(portRanges), ...wrong] };
}

/** UpdateResourceConfiguration: definition, port ranges, sharing flag; what is absent stays. UPDATE_IN_PROGRESS until the data plane obeys. */
export function updateResourceConfiguration(
  state: State,
  input: UpdateResourceConfigurationInput,
  context: Context,
): Decided<ResourceConfiguration> {
  const { resourceConfigurationIdentifier, ...given } = input;
  const before = getResource(state, context, 'resourceConfiguration', resourceConfigurationIdentifier);
  const status = updatedStatus(updatableCycle, before, 'RESOURCE_CONFIGURATION');
  if (Object.values(given).every((value) => value === undefined)) return { changes: [], result: before };
  const { definition: _definition, ...kept } = before;
  const judged = judgeUpdate(state, input, before);
  checkFields(judged.wrong);
  const portRanges = given.portRanges ?? before.portRanges;
  const allowAssociationToShareableServiceNetwork =
    given.allowAssociationToShareableServiceNetwork ?? before.allowAssociationToShareableServiceNetwork;
  const configuration: ResourceConfiguration = {
    ...withIntent(kept, status, state, context),
    portRanges,
    allowAssociationToShareableServiceNetwork,
    ...(judged.definition === undefined ? {} : { definition: judged.definition }),
  };
  return { changes: [put('resourceConfiguration', configuration)], result: configuration };
}

/** DeleteResourceConfiguration: gone when the data plane obeys; refused while it is associated or, as a GROUP, has children. */
export function deleteResourceConfiguration(
  state: State,
  input: { readonly resourceConfigurationIdentifier: string },
  context: Context,
): Decided<null> {
  const before = getResource(state, context, 'resourceConfiguration', input.resourceConfigurationIdentifier);
  const status = deletedStatus(updatableCycle, before, 'RESOURCE_CONFIGURATION');
  if (status === before.status) return { changes: [], result: null };
  const [child] = recordsBy(state, 'resourceConfiguration', 'configurationsByGroup', keyOfRecord(before));
  if (child !== undefined)
    throw conflict(
      'RESOURCE_CONFIGURATION',
      before.id,
      `The resource configuration ${before.id} is the group of ${child.id}. Delete its children before the group.`,
    );
  checkNotAssociated(state, before);
  if (status === 'gone') return { changes: removeResourceConfiguration(state, before), result: null };
  const configuration: ResourceConfiguration = withIntent(before, 'DELETE_IN_PROGRESS', state, context);
  return { changes: [put('resourceConfiguration', configuration)], result: null };
}

function checkNotAssociated(state: State, configuration: ResourceConfiguration): void {
  const { id } = configuration;
  const key = keyOfRecord(configuration);
  const [association] = recordsBy(state, 'resourceAssociation', 'resourceAssociationsByConfiguration', key);
  const [endpoint] = recordsBy(state, 'resourceEndpointAssociation', 'resourceEndpointsByConfiguration', key);
  const user =
    association === undefined
      ? endpoint && `VPC endpoint ${endpoint.vpcEndpointId}`
      : `service network ${association.serviceNetworkId}`;
  if (user === undefined) return;
  throw conflict(
    'RESOURCE_CONFIGURATION',
    id,
    `The resource configuration ${id} is associated with the ${user}. Delete its associations before it.`,
  );
}

/** The changes that remove the configuration with what belongs to it. */
export function removeResourceConfiguration(state: State, gone: ResourceConfiguration): readonly Change[] {
  return [...removePolicies(state, gone), remove('resourceConfiguration', gone)];
}
