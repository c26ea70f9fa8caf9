// Which instances of the configuration stand where: those that have a command, and those whose namespace exists already.

import type { InstanceSpec, Snapshot, VpcRecord } from '../snapshot/index.ts';
import { chooseAddress } from './address.ts';
import type { ExistingNamespaces, HeldNamespace } from './existing-namespace.ts';
import { describeWorkload, isPlaced } from './identity.ts';
import { findGroups } from './wish.ts';
import type { Roles } from './workload.ts';

/** An instance that stands in its VPC. */
export interface PlacedInstance {
  readonly vpc: VpcRecord;
  readonly spec: InstanceSpec;
  /** Ids. */
  readonly groups: readonly string[];
  /** What shall run there; absent of one that joined. */
  readonly command?: readonly string[];
  readonly joined?: HeldNamespace;
}

export interface PlaceDeps {
  readonly attach: 'netns' | 'loopback';
  readonly namespaces: ExistingNamespaces;
  readonly roles: Pick<Roles, 'problem'>;
  /** The VPC in which a namespace is already, by its identity. */
  memberOf(identity: string): string | undefined;
}

/** The instances that stand, and why others do not, or not as they should, in sentences. */
export function placeInstances(
  { vpcs }: Pick<Snapshot, 'vpcs'>,
  deps: PlaceDeps,
): { readonly placed: readonly PlacedInstance[]; readonly problems: readonly string[] } {
  const placed: PlacedInstance[] = [];
  const problems: string[] = [];
  const members = new Map<string, string>();
  for (const vpc of vpcs.values()) {
    if (vpc.attachment.kind !== deps.attach) continue;
    const used = new Set<string>();
    for (const spec of vpc.instances.filter(isPlaced)) {
      const refuse = (reason: string): void => {
        const what = spec.namespace === undefined ? 'does not run' : 'is not in its VPC';
        problems.push(`instance ${spec.id} ${what}: ${reason}`);
      };
      const choice = chooseAddress(vpc, used, spec.address);
      used.add(spec.address);
      const groups = findGroups(vpc, spec.securityGroups);
      if (choice.kind !== 'chosen') {
        refuse(choice.reason);
        continue;
      }
      if (typeof groups === 'string') {
        refuse(groups);
        continue;
      }
      if (spec.namespace === undefined) placed.push({ vpc, spec, groups, command: spec.command ?? [] });
      else {
        const joined = deps.namespaces.find({ by: { path: spec.namespace } });
        if ('reason' in joined) {
          refuse(joined.reason);
          continue;
        }
        const other = deps.memberOf(joined.identity) ?? members.get(joined.identity);
        if (other !== undefined) {
          refuse(`${spec.namespace} ${inOneVpc(other)}`);
          continue;
        }
        members.set(joined.identity, vpc.id);
        placed.push({ vpc, spec, groups, joined });
      }
      const obstacle = deps.roles.problem(describeWorkload(vpc, spec));
      if (obstacle !== undefined) problems.push(`instance ${spec.id} runs without its role: ${obstacle}`);
    }
  }
  return { placed, problems };
}

/** Why a namespace that is in a VPC joins no other: services have the same addresses in each. */
export function inOneVpc(vpcId: string): string {
  return `is in VPC ${vpcId} already: a namespace can be in one VPC only, for services have the same addresses in all of them`;
}
