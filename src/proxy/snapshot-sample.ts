// A snapshot with one service behind one door, for tests.

import type { RuleMatch } from '../routing/index.ts';
import { emptySnapshot, type ActionRecord, type Snapshot, type TargetRecord } from '../snapshot/index.ts';

/** A client without a signature, at a moment of its own. */
export const sampleClient = { address: '10.0.1.10', secure: false, now: () => 1_767_323_045_000 };

/** The host name of the one service. */
export const HOST = 'shop.example';

/** A rule of the service's one listener. */
export interface SampleRule {
  readonly id: string;
  readonly match?: RuleMatch;
  readonly action: ActionRecord;
}

/** The snapshot of a loopback VPC (n = 90) with one service whose listener has `rules`; `groups` are target ports on 127.0.0.1. */
export function sampleSnapshot(
  port: number,
  rules: readonly SampleRule[],
  groups: Readonly<Record<string, readonly number[]>>,
  revision: number,
  idleTimeoutSeconds = 60,
): Snapshot {
  const vpc = {
    id: 'vpc-1',
    revision,
    account: '123456789012',
    region: 'us-east-1',
    arn: 'arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1',
    cidrs: ['10.0.0.0/16'],
    attachment: { kind: 'loopback' as const, n: 90 },
    dns: { support: true, hostnames: true },
    subnets: [],
    securityGroups: [],
    instances: [],
  };
  const targetGroups = Object.entries(groups).map(([id, ports]) => ({
    id,
    revision,
    arn: `arn:aws:vpc-lattice:us-east-1:123456789012:targetgroup/${id}`,
    name: id,
    type: 'IP' as const,
    vpcId: 'vpc-1',
    protocol: 'HTTP' as const,
    protocolVersion: 'HTTP1' as const,
    healthCheck: {
      enabled: true,
      protocol: 'HTTP' as const,
      protocolVersion: 'HTTP1' as const,
      path: '/',
      intervalSeconds: 5,
      timeoutSeconds: 1,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      matcher: '200',
    },
    upstreamTls: { verify: false },
    retry: { staleConnection: true },
    targets: ports.map((target): TargetRecord => ({
      id: '127.0.0.1',
      port: target,
      address: '127.0.0.1',
      draining: false,
    })),
  }));
  const service = {
    id: 'svc-1',
    revision,
    arn: 'arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-1',
    name: 'shop',
    account: '123456789012',
    domainNames: [HOST],
    idleTimeoutSeconds,
    accessLogs: [],
    listeners: [
      {
        id: 'listener-1',
        arn: 'arn:listener',
        protocol: 'HTTP' as const,
        port,
        rules: rules.map((rule) => ({ id: rule.id, match: rule.match ?? {}, filters: [], action: rule.action })),
      },
    ],
  };
  return {
    ...emptySnapshot,
    revision,
    vpcs: new Map([[vpc.id, vpc]]),
    networks: new Map([
      [
        'sn-1',
        {
          id: 'sn-1',
          revision,
          arn: 'arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-1',
          accessLogs: [],
          components: [{ kind: 'service', id: 'svc-1', associationId: 'snsa-1', index: 1 }],
        },
      ],
    ]),
    doors: new Map([
      ['snva-1', { id: 'snva-1', revision, vpcId: 'vpc-1', serviceNetworkId: 'sn-1', securityGroups: [] }],
    ]),
    services: new Map([[service.id, service]]),
    targetGroups: new Map(targetGroups.map((group) => [group.id, group])),
  };
}
