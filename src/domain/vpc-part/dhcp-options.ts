// DHCP options: kept, and named by VPCs. A workload has the resolver of its VPC whatever they say.

import type { Context, Decided } from '../decision.ts';
import { getThing } from '../ec2/resource.ts';
import type { DhcpOptions } from '../records/vpc-part.ts';
import { ec2Refusal } from '../refusal.ts';
import { put, type State } from '../state.ts';
import { keep, partBase, type Tagged } from './part.ts';

/** EC2 API: NewDhcpConfiguration. */
const keys: readonly string[] = [
  ...['domain-name-servers', 'domain-name', 'ntp-servers', 'netbios-name-servers', 'netbios-node-type'],
  'ipv6-address-preferred-lease-time',
];

/** CreateDhcpOptions. */
export function createDhcpOptions(
  _state: State,
  input: Tagged & Pick<DhcpOptions, 'configurations'>,
  context: Context,
): Decided<DhcpOptions> {
  const { configurations } = input;
  if (configurations.length === 0)
    throw ec2Refusal('MissingParameter', 'The request must contain the parameter dhcpConfiguration');
  for (const { key, values } of configurations)
    if (!keys.includes(key) || values.length === 0)
      throw ec2Refusal('InvalidParameterValue', `Value (${key.slice(0, 64)}) for parameter name is invalid.`);
  return keep({ ...partBase('dhcpOptions', input, context), configurations });
}

/** AssociateDhcpOptions: `default` takes them away. */
export function associateDhcpOptions(
  state: State,
  input: { readonly vpcId: string; readonly dhcpOptionsId: string },
  context: Context,
): Decided<null> {
  const { dhcpOptionsId: _gone, ...vpc } = getThing(state, context, 'vpc', input.vpcId);
  if (vpc.origin === 'configuration')
    throw ec2Refusal('OperationNotPermitted', `The vpc '${vpc.id}' is made by the configuration. Change it there.`);
  const options =
    input.dhcpOptionsId === 'default'
      ? {}
      : { dhcpOptionsId: getThing(state, context, 'dhcpOptions', input.dhcpOptionsId).id };
  return { changes: [put('vpc', { ...vpc, ...options, lastUpdatedAt: context.now })], result: null };
}
