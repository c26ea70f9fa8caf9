// For tests: queries as bytes, and VPCs with a door each into service networks.

import { encode, type Packet, type RecordType } from 'dns-packet';
import { emptySnapshot, type Snapshot, type VpcRecord } from '../snapshot/index.ts';

/** The generated name of the service `svc-NAME`. */
export function generatedName(name: string): string {
  return `${name}-0123456789abcdef0.7d67968.vpc-lattice-svcs.us-east-1.on.aws`;
}

/** A query with the id 7 for `name`. */
export function queryBytes(name: string, type: RecordType = 'A', more: Partial<Packet> = {}): Buffer {
  return encode({ type: 'query', id: 7, flags: 0x0100, questions: [{ type, name }], ...more });
}

/** One network per entry: its services, and the VPCs with a door into it. Service places count from 1 in each network. */
export function sampleNames(
  entries: Readonly<Record<string, { readonly services: readonly string[]; readonly vpcs: readonly string[] }>>,
  attachment: VpcRecord['attachment'] = { kind: 'netns' },
  revision = 1,
): Snapshot {
  const records = Object.entries(entries);
  const arn = 'arn:aws:test';
  const vpcs = [...new Set(records.flatMap(([, entry]) => entry.vpcs))];
  const services = [...new Set(records.flatMap(([, entry]) => entry.services))];
  return {
    ...emptySnapshot,
    revision,
    vpcs: new Map(
      vpcs.map((id) => [
        id,
        {
          id,
          revision,
          arn,
          account: '111111111111',
          region: 'us-east-1',
          cidrs: ['10.0.0.0/16'],
          attachment,
          dns: { support: true, hostnames: true },
          subnets: [],
          securityGroups: [],
          instances: [],
        },
      ]),
    ),
    networks: new Map(
      records.map(([id, entry]) => [
        id,
        {
          id,
          revision,
          arn,
          accessLogs: [],
          components: entry.services.map((service, i) => ({
            kind: 'service',
            id: service,
            associationId: `snsa-${service}`,
            index: i + 1,
          })),
        },
      ]),
    ),
    doors: new Map(
      records.flatMap(([serviceNetworkId, entry]) =>
        entry.vpcs.map((vpcId) => {
          const id = `${serviceNetworkId}/${vpcId}`;
          return [id, { id, revision, vpcId, serviceNetworkId, securityGroups: [] }] as const;
        }),
      ),
    ),
    services: new Map(
      services.map((id) => [
        id,
        {
          id,
          revision,
          arn,
          name: id,
          account: '111111111111',
          domainNames: [generatedName(id), `${id}.example.com`],
          idleTimeoutSeconds: 60,
          accessLogs: [],
          listeners: [],
        },
      ]),
    ),
  };
}
