// How many there are of what quotas limit, counted record by record, beside what the indexes count.

import type { BaseRecord } from '../../src/domain/records/base.ts';
import type { QuotaName } from '../../src/domain/quotas.ts';
import { ownerOf } from '../../src/domain/state-indexes.ts';
import type { RecordKind, RecordTypes, State } from '../../src/domain/state.ts';

/** For each quota the scope that each record counts in; a record may count in none. */
const scopes: Readonly<Record<QuotaName, (state: State) => readonly string[]>> = {
  childrenPerGroup: by('resourceConfiguration', (r) => r.groupId),
  domainVerifications: by('domainVerification', ownerOf),
  hostedZones: by('hostedZone', ownerOf),
  instanceProfiles: by('iamInstanceProfile', ownerOf),
  listenersPerService: by('listener', (r) => r.serviceId),
  managedPolicies: by('iamPolicy', ownerOf),
  oidcProviders: by('oidcProvider', ownerOf),
  policiesPerRole: ({ tables }) => [...tables.iamRole.values()].flatMap((r) => r.attachedPolicies.map(() => r.id)),
  policiesPerUser: ({ tables }) => [...tables.iamUser.values()].flatMap((r) => r.attachedPolicies.map(() => r.id)),
  recordSetsPerZone: by('recordSet', (r) => (r.type === 'NS' || r.type === 'SOA' ? undefined : r.zoneKey)),
  resourceConfigurations: by('resourceConfiguration', ownerOf),
  resourceConfigurationsPerNetwork: by('resourceAssociation', (r) => r.serviceNetworkKey),
  resourceGatewaysPerVpc: by('resourceGateway', (r) => r.vpcKey),
  roles: by('iamRole', ownerOf),
  rulesPerListener: by('rule', (r) => (r.isDefault ? undefined : r.listenerId)),
  serviceAssociationsPerNetwork: by('serviceAssociation', (r) => r.serviceNetworkKey),
  serviceNetworks: by('serviceNetwork', ownerOf),
  services: by('service', ownerOf),
  targetGroups: by('targetGroup', ownerOf),
  targetGroupsPerService: ({ tables }) => {
    const pairs = new Map<string, string>();
    for (const { serviceId, action } of tables.rule.values())
      if (action.kind === 'forward')
        for (const { targetGroupId } of action.targetGroups) pairs.set(`${serviceId} ${targetGroupId}`, serviceId);
    return [...pairs.values()];
  },
  targetsPerTargetGroup: by('target', (r) => r.targetGroupId),
  users: by('iamUser', ownerOf),
  vpcAssociationsPerNetwork: by('vpcAssociation', (r) => r.serviceNetworkKey),
  vpcsPerZone: ({ tables }) => [...tables.hostedZone.values()].flatMap(({ id, vpcs }) => vpcs.map(() => id)),
};

function by<K extends RecordKind>(kind: K, scopeOf: (record: RecordTypes[K]) => string | undefined) {
  return (state: State): readonly string[] => {
    const found: string[] = [];
    state.tables[kind].forEach((record: BaseRecord) => {
      const scope = scopeOf(record as RecordTypes[K]);
      if (scope !== undefined) found.push(scope);
    });
    return found;
  };
}

/** The most that any scope has of what `quota` limits. */
export function largestCount(state: State, quota: QuotaName): number {
  const counts = new Map<string, number>();
  for (const scope of scopes[quota](state)) counts.set(scope, (counts.get(scope) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

/** The quotas by name. */
export const quotaNames = Object.keys(scopes) as QuotaName[];
