// The condition keys of EC2 (Service Authorization Reference: Amazon EC2), for a resource that is there or is to be made.

import type { Call } from '../../aws/index.ts';
import { findThing, wordOf, type Ec2Thing } from '../../domain/ec2/index.ts';
import { formatArn, type State } from '../../domain/index.ts';
import { profileOf } from '../../domain/instance/index.ts';
import type { BaseRecord, Instance } from '../../domain/records/index.ts';
import { findTag, type KeyValue } from '../../policy/index.ts';

/** What the keys of one resource follow from. */
export interface Ec2Facts {
  readonly thing?: Ec2Thing;
  /** Of what is there. */
  readonly record?: BaseRecord;
  /** Where it stands, or shall. */
  readonly vpcId?: string;
  readonly subnetId?: string;
  /** What a call says of an instance that it makes. */
  readonly wanted?: {
    readonly instanceType?: string;
    readonly httpTokens?: string;
    readonly hopLimit?: number;
  };
  /** The ARN of the instance profile that a call gives. */
  readonly newProfile?: string;
}

/** The keys that hold the id of a thing, each of its own kind. */
const idKeys: Readonly<Record<string, Ec2Thing>> = {
  ...{ vpcid: 'vpc', subnetid: 'subnet', securitygroupid: 'securityGroup', networkinterfaceid: 'networkInterface' },
  ...{ instanceid: 'instance', internetgatewayid: 'internetGateway', routetableid: 'routeTable' },
  ...{ networkaclid: 'networkAcl', allocationid: 'elasticIp', dhcpoptionsid: 'dhcpOptions' },
} as const;

/** The things of which `ec2:Vpc` and `ec2:AvailabilityZone` are known; a volume, which is none of them, has a zone too. */
const inVpcs: ReadonlySet<Ec2Thing> = new Set([
  ...(['networkInterface', 'securityGroup', 'subnet', 'routeTable', 'networkAcl'] as const),
]);
const inZones: ReadonlySet<Ec2Thing> = new Set(['instance', 'networkInterface', 'subnet']);

const RESOURCE_TAG = 'ec2:resourcetag/';

/** The value of the key `name` (small letters, `ec2:` before it), or undefined. */
export function ec2Key(name: string, facts: Ec2Facts, call: Call, state: State): KeyValue {
  const { thing, record, vpcId, subnetId } = facts;
  if (name.startsWith(RESOURCE_TAG)) return record && findTag(record.tags, name.slice(RESOURCE_TAG.length));
  const own = name.startsWith('ec2:') ? name.slice('ec2:'.length) : '';
  if (Object.hasOwn(idKeys, own)) return idKeys[own] === thing ? record?.id : undefined;
  const arn = (kind: 'vpc' | 'subnet', id: string | undefined): string | undefined =>
    id === undefined ? undefined : formatArn('ec2', call, `${wordOf(kind)}/${id}`);
  switch (own) {
    case 'region':
      return call.region;
    case 'vpc':
      return thing !== undefined && inVpcs.has(thing) ? arn('vpc', vpcId) : undefined;
    case 'subnet':
      return thing === 'networkInterface' ? arn('subnet', subnetId) : undefined;
    case 'availabilityzone':
      return subnetId === undefined || !(thing === undefined || inZones.has(thing))
        ? undefined
        : findThing(state, call, 'subnet', subnetId)?.zone;
    default:
      return thing === 'instance' ? instanceKey(own, facts) : undefined;
  }
}

function instanceKey(name: string, { record, wanted, newProfile }: Ec2Facts): KeyValue {
  const instance = record as Instance | undefined;
  const { machine } = instance ?? {};
  switch (name) {
    case 'instancetype':
      return wanted?.instanceType ?? machine?.instanceType;
    case 'metadatahttptokens':
      return wanted?.httpTokens ?? machine?.httpTokens;
    case 'metadatahttpputresponsehoplimit': {
      const limit = wanted?.hopLimit ?? machine?.hopLimit;
      return limit === undefined ? undefined : String(limit);
    }
    // Of what is made the profile that it gets; of what is there the one that it has.
    case 'instanceprofile':
      return instance === undefined ? newProfile : profileOf(instance)?.arn;
    case 'newinstanceprofile':
      return instance === undefined ? undefined : newProfile;
    default:
      return undefined;
  }
}
