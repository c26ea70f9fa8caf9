// Which members a resource configuration of each type needs, may have, or must not have (API Reference: CreateResourceConfiguration).

import { entryOf } from '../draft.ts';
import type { ResourceConfigurationType, ResourceDefinition } from '../records/resource.ts';
import type { InvalidField } from '../refusal.ts';

/** `inherited`: a CHILD has its group's, and may only be given the same. */
type Requirement = 'needed' | 'free' | 'forbidden' | 'inherited';

/** The members that depend on the type. */
export type TypedMember =
  | 'resourceGatewayIdentifier'
  | 'resourceConfigurationGroupIdentifier'
  | 'resourceConfigurationDefinition'
  | 'portRanges'
  | 'protocol'
  | 'allowAssociationToShareableServiceNetwork'
  | 'customDomainName'
  | 'groupDomain'
  | 'domainVerificationIdentifier';

interface TypeRules {
  readonly members: Readonly<Record<TypedMember, Requirement>>;
  readonly definitions: readonly ResourceDefinition['kind'][];
  /** The first is the default. */
  readonly protocols: readonly ['TCP', ...'TCP_UDP'[]];
}

const single = {
  resourceGatewayIdentifier: 'needed',
  resourceConfigurationGroupIdentifier: 'forbidden',
  resourceConfigurationDefinition: 'needed',
  portRanges: 'needed',
  protocol: 'free',
  allowAssociationToShareableServiceNetwork: 'free',
  customDomainName: 'free',
  groupDomain: 'forbidden',
  domainVerificationIdentifier: 'free',
} as const;

/** The rules of every type. Whether AWS needs port ranges is not published: ours is needed where a port is what is offered. */
export const typeRules: Readonly<Record<ResourceConfigurationType, TypeRules>> = {
  SINGLE: { members: single, definitions: ['dns', 'ip'], protocols: ['TCP'] },
  GROUP: {
    members: {
      ...single,
      resourceConfigurationDefinition: 'forbidden',
      portRanges: 'free',
      customDomainName: 'forbidden',
      groupDomain: 'free',
    },
    definitions: [],
    protocols: ['TCP'],
  },
  CHILD: {
    members: {
      ...single,
      resourceGatewayIdentifier: 'inherited',
      resourceConfigurationGroupIdentifier: 'needed',
      protocol: 'inherited',
      allowAssociationToShareableServiceNetwork: 'forbidden',
    },
    definitions: ['dns', 'ip'],
    protocols: ['TCP'],
  },
  ARN: { members: { ...single, portRanges: 'forbidden' }, definitions: ['arn'], protocols: ['TCP'] },
  CIDR: {
    members: {
      ...single,
      allowAssociationToShareableServiceNetwork: 'forbidden',
      customDomainName: 'forbidden',
      domainVerificationIdentifier: 'forbidden',
    },
    definitions: ['cidr'],
    protocols: ['TCP', 'TCP_UDP'],
  },
};

/** What of `members` is absent although `type` needs it, or given although `type` has none. `false` and an empty list count as absent. */
export function wrongMembers(
  type: string | undefined,
  members: Readonly<Partial<Record<TypedMember, unknown>>>,
  names: readonly TypedMember[],
): InvalidField[] {
  const rules = entryOf(typeRules, type);
  if (rules === undefined) return [];
  return names.flatMap((name) => {
    const value = members[name];
    const given = value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
    const rule = rules.members[name];
    if (rule === 'needed' && !given) return [{ name, message: `resource configurations of type ${type} need it` }];
    if (rule === 'forbidden' && given)
      return [{ name, message: `resource configurations of type ${type} cannot have it` }];
    return [];
  });
}

/** Every member that depends on the type. */
export const typedMembers = Object.keys(single) as TypedMember[];
