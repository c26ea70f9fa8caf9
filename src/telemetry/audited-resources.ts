// Which resources a call is about, as far as its parameters and its answer name them by ARN or id, or IAM's by name.

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

/** The same by what precedes the name in an ARN of IAM. */
const iamTypes: Readonly<Record<string, string>> = {
  user: 'AWS::IAM::User',
  role: 'AWS::IAM::Role',
  policy: 'AWS::IAM::Policy',
  'instance-profile': 'AWS::IAM::InstanceProfile',
  'oidc-provider': 'AWS::IAM::OIDCProvider',
};

/** The same by the member that has a name of IAM, which nothing but its place tells. */
const memberTypes: Readonly<Record<string, string>> = {
  userName: 'AWS::IAM::User',
  roleName: 'AWS::IAM::Role',
  instanceProfileName: 'AWS::IAM::InstanceProfile',
  accessKeyId: 'AWS::IAM::AccessKey',
};

/** The most resources of one event, and of values that are looked at for them: a call can name thousands. */
const MOST_RESOURCES = 20;
const MOST_VALUES = 200;

/** What is an ARN or an id, and nothing else. */
const form = /^(?:arn:[\w-]+:[\w-]+:[\w-]*:\d*:(?:[\w-]+\/)+)?([a-z]+)-[0-9a-z]{8,17}$/;

const iamForm = /^arn:[\w-]+:iam::(?:\d{12}|aws):([a-z-]+)\/[^\s]+$/;

function typeOf(text: string, member: string): string | undefined {
  if (text.length > 2048) return undefined;
  const [, prefix] = form.exec(text) ?? [];
  const [, segment] = iamForm.exec(text) ?? [];
  if (prefix !== undefined) return Object.hasOwn(types, prefix) ? types[prefix] : undefined;
  if (segment !== undefined) return Object.hasOwn(iamTypes, segment) ? iamTypes[segment] : undefined;
  return Object.hasOwn(memberTypes, member) ? memberTypes[member] : undefined;
}

/** The resources that `values` (plain JSON) name, in that order; one that is named by ARN and by id comes once, as ARN. */
export function findResources(...values: readonly unknown[]): readonly AuditedResource[] {
  const found = new Map<string, AuditedResource>();
  let left = MOST_VALUES;
  const look = (value: unknown, depth: number, member = ''): void => {
    if (left-- <= 0 || found.size >= MOST_RESOURCES) return;
    if (typeof value === 'string') {
      const type = typeOf(value, member);
      if (type === undefined) return;
      const id = value.slice(value.lastIndexOf('/') + 1);
      if (!found.has(id) || value.length > id.length) found.set(id, { type, name: value });
    } else if (typeof value === 'object' && value !== null && depth < 6)
      for (const [name, one] of Object.entries(value)) look(one, depth + 1, name);
  };
  for (const value of values) look(value, 0);
  return [...found.values()];
}
