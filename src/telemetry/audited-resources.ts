// Which resources a call is about, as far as its parameters and its answer name them by ARN or id.

import type { AuditedResource } from './cloudtrail-record.ts';

/** CloudFormation's types by the prefix of an id. */
const types: Readonly<Record<string, string>> = {
  sn: 'AWS::VpcLattice::ServiceNetwork',
  svc: 'AWS::VpcLattice::Service',
  listener: 'AWS::VpcLattice::Listener',
  rule: 'AWS::VpcLattice::Rule',
  tg: 'AWS::VpcLattice::TargetGroup',
  snva: 'AWS::VpcLattice::ServiceNetworkVpcAssociation',
  snsa: 'AWS::VpcLattice::ServiceNetworkServiceAssociation',
  snra: 'AWS::VpcLattice::ServiceNetworkResourceAssociation',
  rea: 'AWS::VpcLattice::ResourceEndpointAssociation',
  als: 'AWS::VpcLattice::AccessLogSubscription',
  rgw: 'AWS::VpcLattice::ResourceGateway',
  rcfg: 'AWS::VpcLattice::ResourceConfiguration',
  dv: 'AWS::VpcLattice::DomainVerification',
  vpc: 'AWS::EC2::VPC',
  subnet: 'AWS::EC2::Subnet',
  sg: 'AWS::EC2::SecurityGroup',
  vpce: 'AWS::EC2::VPCEndpoint',
  i: 'AWS::EC2::Instance',
};

/** The most resources of one event, and of values that are looked at for them: a call can name thousands. */
const MOST_RESOURCES = 20;
const MOST_VALUES = 200;

/** What is an ARN or an id, and nothing else. */
const form = /^(?:arn:[\w-]+:[\w-]+:[\w-]*:\d*:(?:[\w-]+\/)+)?([a-z]+)-[0-9a-z]{8,17}$/;

/** The resources that `values` (plain JSON) name, in that order; one that is named by ARN and by id comes once, as ARN. */
export function findResources(...values: readonly unknown[]): readonly AuditedResource[] {
  const found = new Map<string, AuditedResource>();
  let left = MOST_VALUES;
  const look = (value: unknown, depth: number): void => {
    if (left-- <= 0 || found.size >= MOST_RESOURCES) return;
    if (typeof value === 'string') {
      const match = value.length > 2048 ? null : form.exec(value);
      const type = match?.[1] === undefined ? undefined : types[match[1]];
      if (type === undefined) return;
      const id = value.slice(value.lastIndexOf('/') + 1);
      if (!found.has(id) || value.length > id.length) found.set(id, { type, name: value });
    } else if (typeof value === 'object' && value !== null && depth < 6)
      for (const one of Object.values(value)) look(one, depth + 1);
  };
  for (const value of values) look(value, 0);
  return [...found.values()];
}
