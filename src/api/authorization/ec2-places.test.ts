// The table of EC2's places against the SDK's schemas: no member that names a resource goes unasked.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ec2 from '@aws-sdk/client-ec2';
import { membersOf, readServiceSchema, type Schema } from '../../aws/index.ts';
import { ec2Operations } from '../ec2/operations.ts';
import { ec2Places } from './ec2-places.ts';

const { operations } = readServiceSchema({ ...ec2 });
const changing = ec2Operations(['us-east-1']).filter(({ kind }) => kind === 'change');

/** Members that hold ids of things that are kept here. */
const naming =
  /^(Vpc|Subnet|SecurityGroup|SecurityGroupRule|Group|NetworkInterface|Instance|RouteTable|InternetGateway|EgressOnlyInternetGateway|NatGateway|Allocation|Association|Attachment|NetworkAcl|DhcpOptions|PrefixList|VpcEndpoint)Ids?$|^(Groups|Resources|AddSecurityGroupIds|RemoveSecurityGroupIds|AddSubnetIds|RemoveSubnetIds|AddRouteTableIds|RemoveRouteTableIds)$/;

/** What names a resource and is not asked about, on AWS either (where a route leads, whom a rule lets in), or is refused whatever it says. */
const unasked: ReadonlySet<string> = new Set([
  ...['CreateRoute', 'ReplaceRoute'].flatMap((operation) =>
    ['InstanceId', 'NetworkInterfaceId', 'EgressOnlyInternetGatewayId', 'NatGatewayId', 'VpcEndpointId'].map(
      (member) => `${operation}.${member}`,
    ),
  ),
  ...['AddSubnetIds', 'RemoveSubnetIds', 'AddRouteTableIds', 'RemoveRouteTableIds'].map(
    (member) => `ModifyVpcEndpoint.${member}`,
  ),
  ...['CreateVpcEndpoint.RouteTableIds', 'CreateNatGateway.VpcId'],
]);

/** The members that an operation's places look at, with those on the way. */
function lookedAt(operation: string): ReadonlySet<string> {
  const paths = (ec2Places[operation] ?? []).flatMap((place): readonly string[] => {
    if ('make' in place) return [];
    if ('any' in place) return [place.any];
    return typeof place.by === 'string' ? [place.by] : place.by;
  });
  return new Set(paths);
}

test('every operation that changes something has its places, and they look at members that it has', () => {
  assert.ok(changing.length > 60, `only ${changing.length} operations were found`);
  for (const { name } of changing) {
    assert.ok((ec2Places[name] ?? []).length > 0, `${name} is about nothing`);
    for (const path of lookedAt(name)) {
      let schema: Schema | undefined = operations.get(name)?.input;
      for (const part of path.split('.')) {
        const structure: Schema | undefined = schema?.isListSchema() === true ? schema.getValueSchema() : schema;
        schema = structure && membersOf(structure).find(([member]) => member === part)?.[1];
      }
      assert.ok(schema !== undefined, `${name} has no member ${path}`);
    }
  }
});

test('every member that names a resource is asked about, or known not to be', () => {
  const forgotten: string[] = [];
  for (const { name } of changing) {
    const input = operations.get(name)?.input;
    assert.ok(input !== undefined, `${name} is no operation of EC2`);
    const asked = lookedAt(name);
    for (const [member] of membersOf(input))
      if (naming.test(member) && !asked.has(member) && !unasked.has(`${name}.${member}`))
        forgotten.push(`${name}.${member}`);
  }
  assert.deepEqual(forgotten, []);
});
