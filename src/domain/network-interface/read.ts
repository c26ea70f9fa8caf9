// DescribeNetworkInterfaces: what it filters by.

import type { Caller } from '../identifiers.ts';
import { describeThings, type DescribeInput } from '../ec2/describe.ts';
import type { FilterTable } from '../ec2/filter.ts';
import type { RecordList } from '../page.ts';
import type { NetworkInterface } from '../records/ec2.ts';
import { keyOf } from '../records/base.ts';
import type { State } from '../state.ts';

/** EC2 API: DescribeNetworkInterfaces. */
const filtersIn = (state: State): FilterTable<NetworkInterface> => ({
  'addresses.private-ip-address': ({ addresses }) => addresses,
  'attachment.attachment-id': ({ attachment }) => some(attachment?.id),
  'attachment.device-index': ({ attachment }) => some(attachment?.deviceIndex),
  'attachment.instance-id': ({ attachment }) => some(attachment?.instanceId),
  'attachment.status': ({ attachment }) => (attachment === undefined ? [] : ['attached']),
  'availability-zone': ({ account, region, subnetId = '' }) =>
    some(state.tables.subnet.get(keyOf(account, region, subnetId))?.zone),
  description: ({ description }) => [description],
  'group-id': ({ securityGroupIds }) => securityGroupIds,
  'interface-type': ({ interfaceType }) => [interfaceType],
  'network-interface-id': ({ id }) => [id],
  'owner-id': ({ account }) => [account],
  'private-ip-address': ({ addresses }) => addresses.slice(0, 1),
  'requester-managed': ({ requesterManaged }) => [String(requesterManaged)],
  'source-dest-check': ({ sourceDestCheck }) => [String(sourceDestCheck)],
  status: ({ attachment }) => [attachment === undefined ? 'available' : 'in-use'],
  'subnet-id': ({ subnetId }) => some(subnetId),
  'vpc-id': ({ vpcId }) => [vpcId],
});

function some(value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [String(value)];
}

/** The interfaces of the caller, by id and filter. */
export function describeNetworkInterfaces(
  state: State,
  caller: Caller,
  input: DescribeInput,
): RecordList<NetworkInterface> {
  return describeThings(state, caller, 'networkInterface', filtersIn(state), input);
}
