// What EC2 tells of VPC endpoints, and of what is reached through them.

import { describeThings, type DescribeInput } from '../ec2/describe.ts';
import type { FilterTable } from '../ec2/filter.ts';
import { ec2Filter } from '../ec2/filter.ts';
import { endpointDnsName, HOSTED_ZONE_ID } from '../generated-names.ts';
import type { Caller } from '../identifiers.ts';
import { isCarried } from '../life-cycle.ts';
import { listOf, type RecordList } from '../page.ts';
import type { BaseRecord } from '../records/base.ts';
import type { Service, ServiceNetwork } from '../records/lattice.ts';
import type { VpcEndpoint } from '../records/vpc-endpoint.ts';
import { recordsBy, type State } from '../state.ts';

/** EC2's words for the state of an endpoint (EC2 API: VpcEndpoint). */
export function endpointState({ status }: Pick<VpcEndpoint, 'status'>): string {
  switch (status) {
    case 'CREATE_IN_PROGRESS':
      return 'pending';
    case 'ACTIVE':
    case 'UPDATE_IN_PROGRESS':
    case 'UPDATE_FAILED':
      return 'available';
    case 'DELETE_IN_PROGRESS':
      return 'deleting';
    case 'CREATE_FAILED':
    case 'DELETE_FAILED':
      return 'failed';
  }
}

/** EC2 API: DescribeVpcEndpoints. */
const filters: FilterTable<VpcEndpoint> = {
  'ip-address-type': () => ['ipv4'],
  'service-network-arn': ({ serviceNetworkArn }) => [serviceNetworkArn],
  'service-name': () => [],
  'vpc-endpoint-id': ({ id }) => [id],
  'vpc-endpoint-state': (one) => [endpointState(one)],
  'vpc-endpoint-type': () => ['ServiceNetwork'],
  'vpc-id': ({ vpcId }) => [vpcId],
};

/** The endpoints of the caller, by id and filter. */
export function describeVpcEndpoints(state: State, caller: Caller, input: DescribeInput): RecordList<VpcEndpoint> {
  return describeThings(state, caller, 'vpcEndpoint', filters, input);
}

/** A service that is reached through an endpoint; the id is made of both. */
export interface EndpointService extends BaseRecord {
  readonly endpoint: VpcEndpoint;
  readonly network: ServiceNetwork;
  readonly service: Service;
  readonly dnsName: string;
  readonly hostedZoneId: string;
}

/** EC2 API: DescribeVpcEndpointAssociations. */
const serviceFilters: FilterTable<EndpointService> = {
  'vpc-endpoint-id': ({ endpoint }) => [endpoint.id],
  'associated-resource-accessibility': () => ['Accessible'],
  'association-id': ({ id }) => [id],
  'associated-resource-id': ({ service }) => [service.arn],
  'service-network-arn': ({ network }) => [network.arn],
  'service-network-name': ({ network }) => [network.name],
};

/** What the caller's endpoints lead to; those of `ids` alone when there are some, of which an unknown one is refused. */
export function listEndpointServices(
  state: State,
  caller: Caller,
  { ids = [], filters: wanted = [] }: DescribeInput,
): RecordList<EndpointService> {
  const filter = ec2Filter(serviceFilters, wanted);
  const found: EndpointService[] = [];
  for (const endpoint of describeVpcEndpoints(state, caller, { ids }).read()) {
    const network = state.tables.serviceNetwork.get(endpoint.serviceNetworkKey);
    if (network === undefined || !isCarried(endpoint)) continue;
    for (const association of recordsBy(
      state,
      'serviceAssociation',
      'serviceAssociationsByNetwork',
      endpoint.serviceNetworkKey,
    )) {
      const service = state.tables.service.get(association.serviceKey);
      if (service === undefined || !isCarried(association)) continue;
      const { account, region, createdAt, lastUpdatedAt, tags } = endpoint;
      const id = `vpce-assoc-${endpoint.id.slice('vpce-'.length)}-${association.id.slice('snsa-'.length)}`;
      const one = { account, region, createdAt, lastUpdatedAt, tags, id, endpoint, network, service };
      const dnsName = endpointDnsName(endpoint.id, association.id, endpoint.region);
      found.push({ ...one, dnsName, hostedZoneId: HOSTED_ZONE_ID });
    }
  }
  const passing = filter === undefined ? found : found.filter(filter.passes);
  return listOf(`endpoint services ${ids.join(' ')} ${filter?.name}`, passing);
}
