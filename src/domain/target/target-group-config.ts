// What a target group is made from, and which of its settings go together.

import { entryOf, type Draft } from '../draft.ts';
import type { Caller } from '../identifiers.ts';
import { keyOf, type Tags } from '../records/base.ts';
import type { ProtocolVersion, TargetGroupProtocol, TargetGroupType } from '../records/lattice.ts';
import type { InvalidField } from '../refusal.ts';
import type { State } from '../state.ts';
import { wrongHealthCheck, type HealthCheckInput } from './health-check.ts';

export interface TargetGroupConfigInput {
  /** Default 80 for HTTP, 443 for HTTPS; TCP needs one. */
  readonly port?: number;
  readonly protocol?: TargetGroupProtocol;
  readonly protocolVersion?: ProtocolVersion;
  readonly ipAddressType?: 'IPV4' | 'IPV6';
  readonly vpcIdentifier?: string;
  readonly healthCheck?: HealthCheckInput;
  readonly lambdaEventStructureVersion?: 'V1' | 'V2';
}

export interface CreateTargetGroupInput {
  readonly name: string;
  readonly type: TargetGroupType;
  readonly config?: TargetGroupConfigInput;
  readonly tags?: Tags;
}

type Member = keyof TargetGroupConfigInput;

interface Combination {
  readonly needs: readonly Member[];
  readonly lacks: readonly Member[];
}

/** Of a type or protocol that is not known. */
const anything: Combination = { needs: [], lacks: [] };

/** What the configuration of a group of each type needs, and what it may not have (behaviour.md 6; API Reference: TargetGroupConfig). */
const byType: Readonly<Record<TargetGroupType, Combination>> = {
  INSTANCE: { needs: ['protocol', 'vpcIdentifier'], lacks: ['ipAddressType', 'lambdaEventStructureVersion'] },
  IP: { needs: ['protocol', 'vpcIdentifier'], lacks: ['lambdaEventStructureVersion'] },
  LAMBDA: {
    needs: [],
    lacks: ['port', 'protocol', 'protocolVersion', 'ipAddressType', 'vpcIdentifier', 'healthCheck'],
  },
  ALB: {
    needs: ['protocol', 'vpcIdentifier'],
    lacks: ['ipAddressType', 'lambdaEventStructureVersion', 'healthCheck'],
  },
};

/** The same of each protocol. */
const byProtocol: Readonly<Record<TargetGroupProtocol, Combination>> = {
  HTTP: { needs: [], lacks: [] },
  HTTPS: { needs: [], lacks: [] },
  TCP: { needs: ['port'], lacks: ['protocolVersion'] },
};

/** Everything that is wrong with the configuration of a new group. */
export function wrongConfig(
  state: State,
  { type, config = {} }: Draft<CreateTargetGroupInput>,
  { account, region }: Caller,
): readonly InvalidField[] {
  const { protocol, protocolVersion, vpcIdentifier, healthCheck } = config;
  const ofType = entryOf(byType, type) ?? anything;
  const wrong = wrongMembers(config, ofType, `of type ${type}`);
  const lacks = (member: Member): boolean => ofType.lacks.includes(member);
  if (!lacks('protocol'))
    wrong.push(...wrongMembers(config, entryOf(byProtocol, protocol) ?? anything, `with protocol ${protocol}`));
  if (type === 'ALB' && protocolVersion !== undefined && protocolVersion !== 'HTTP1')
    wrong.push({ name: 'config.protocolVersion', message: 'target groups of type ALB use HTTP1' });
  if (
    vpcIdentifier !== undefined &&
    !lacks('vpcIdentifier') &&
    !state.tables.vpc.has(keyOf(account, region, vpcIdentifier))
  )
    wrong.push({ name: 'config.vpcIdentifier', message: `the VPC ${vpcIdentifier} does not exist` });
  if (!lacks('healthCheck')) {
    const version = protocol === 'TCP' ? {} : { protocolVersion: protocolVersion ?? 'HTTP1' };
    const group = { type, protocol: protocol ?? 'HTTP', ...version };
    for (const { name, message } of wrongHealthCheck(group, healthCheck))
      wrong.push({ name: `config.${name}`, message });
  }
  return wrong;
}

function wrongMembers(
  config: Draft<TargetGroupConfigInput>,
  { needs, lacks }: Combination,
  which: string,
): InvalidField[] {
  return [
    ...needs.flatMap((member): InvalidField[] =>
      config[member] === undefined ? [{ name: `config.${member}`, message: `target groups ${which} need one` }] : [],
    ),
    ...lacks.flatMap((member): InvalidField[] =>
      config[member] === undefined ? [] : [{ name: `config.${member}`, message: `target groups ${which} have none` }],
    ),
  ];
}
