// A snapshot for tests: VPCs of the same range, each with a door into one service network.

import {
  emptySnapshot,
  type DoorRecord,
  type SecurityGroupRecord,
  type Snapshot,
  type VpcRecord,
} from '../snapshot/index.ts';

/** What a test says about the sample; the rest is always the same. */
export interface SampleOptions {
  readonly vpcs?: readonly string[];
  readonly ports?: readonly number[];
  readonly attachment?: (place: number) => VpcRecord['attachment'];
  readonly securityGroups?: readonly SecurityGroupRecord[];
  readonly doorGroups?: readonly string[];
  /** A VPC endpoint in every VPC: its ranges and groups. */
  readonly endpoint?: { readonly blocks: readonly string[]; readonly securityGroups: readonly string[] };
  readonly revision?: number;
}

/** VPCs 10.0.0.0/16 with the subnet 10.0.1.0/24 and a door each; one service at pool place 7 with a listener per port. */
export function sampleSnapshot(options: SampleOptions = {}): Snapshot {
  const { vpcs = ['vpc-a', 'vpc-b'], ports = [80], attachment = () => ({ kind: 'netns' }), revision = 1 } = options;
  const own = { revision, account: '111111111111', region: 'us-east-1', arn: 'arn:aws:ec2' };
  const listeners = ports.map((port) => ({
    id: `listener-${port}`,
    arn: 'arn:aws:vpc-lattice',
    protocol: 'HTTP' as const,
    port,
    rules: [],
  }));
  const component = { kind: 'service', id: 'svc-1', associationId: 'snsa-1', index: 7 } as const;
  return {
    ...emptySnapshot,
    revision,
    vpcs: new Map(
      vpcs.map((id, i) => [
        id,
        {
          ...own,
          id,
          cidrs: ['10.0.0.0/16'],
          attachment: attachment(i),
          dns: { support: true, hostnames: true },
          subnets: [{ id: 'subnet-1', cidr: '10.0.1.0/24', zone: 'us-east-1a' }],
          securityGroups: options.securityGroups ?? [],
          instances: [],
        },
      ]),
    ),
    networks: new Map([
      ['sn-1', { id: 'sn-1', revision, arn: 'arn:aws:vpc-lattice', accessLogs: [], components: [component] }],
    ]),
    doors: new Map(
      vpcs.flatMap((vpcId) => {
        const door = { id: `door-${vpcId}`, revision, vpcId, serviceNetworkId: 'sn-1' };
        const association: DoorRecord = { ...door, securityGroups: options.doorGroups ?? [] };
        const endpoint = options.endpoint && { ...door, id: `vpce-${vpcId}`, ...options.endpoint };
        return [association, ...(endpoint === undefined ? [] : [endpoint])].map((one) => [one.id, one] as const);
      }),
    ),
    services: new Map([
      [
        'svc-1',
        {
          ...own,
          id: 'svc-1',
          name: 'one',
          domainNames: ['one.example'],
          idleTimeoutSeconds: 60,
          accessLogs: [],
          listeners,
        },
      ],
    ]),
  };
}
