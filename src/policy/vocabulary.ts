// The actions and condition keys of VPC Lattice (Service Authorization Reference: VPC Lattice, VPC Lattice Services) and IAM's global keys.

/** What requests do; the whole of the prefix `vpc-lattice-svcs`. */
export const requestActions = ['Invoke', 'Connect'] as const;

const ofResources = (resource: string, verbs: string): readonly string[] =>
  verbs.split(' ').map((verb) => (verb === 'List' ? `List${resource}s` : `${verb}${resource}`));

/** The actions of the prefix `vpc-lattice`: its operations but BatchUpdateRule (UpdateRule allows it), and three that are permissions only. */
export const controlActions: readonly string[] = [
  ...ofResources('AccessLogSubscription', 'Create Delete Get List Update'),
  ...ofResources('DomainVerification', 'Delete Get List Start'),
  ...ofResources('Listener', 'Create Delete Get List Update'),
  ...ofResources('ResourceConfiguration', 'Create Delete Get List Update'),
  ...ofResources('ResourceEndpointAssociation', 'Delete List'),
  ...ofResources('ResourceGateway', 'Create Delete Get List Update'),
  ...ofResources('Rule', 'Create Delete Get List Update'),
  ...ofResources('Service', 'Create Delete Get List Update'),
  ...ofResources('ServiceNetwork', 'Create Delete Get List Update'),
  ...ofResources('ServiceNetworkResourceAssociation', 'Create Delete Get List'),
  ...ofResources('ServiceNetworkServiceAssociation', 'Create Delete Get List'),
  ...ofResources('ServiceNetworkVpcAssociation', 'Create Delete Get List Update'),
  ...ofResources('ServiceNetworkVpcEndpointAssociation', 'Create List'),
  ...ofResources('TargetGroup', 'Create Delete Get List Update'),
  ...ofResources('Target', 'List'),
  ...ofResources('Targets', 'Deregister Register'),
  ...ofResources('AuthPolicy', 'Delete Get Put'),
  ...ofResources('ResourcePolicy', 'Delete Get Put'),
  ...['ListTagsForResource', 'TagResource', 'UntagResource'],
  ...['AssociateViaAWSService', 'AssociateViaAWSService-EventsAndStates'],
];

/** The keys of a request, in small letters; those that end in `/` are followed by a name. `connect`: also there when a connection is opened. */
export const requestKeys: readonly { readonly key: string; readonly connect: boolean }[] = [
  { key: 'vpc-lattice-svcs:port', connect: true },
  { key: 'vpc-lattice-svcs:requestmethod', connect: false },
  { key: 'vpc-lattice-svcs:requestpath', connect: false },
  { key: 'vpc-lattice-svcs:requestheader/', connect: false },
  { key: 'vpc-lattice-svcs:requestquerystring/', connect: false },
  { key: 'vpc-lattice-svcs:servicearn', connect: true },
  { key: 'vpc-lattice-svcs:servicenetworkarn', connect: true },
  { key: 'vpc-lattice-svcs:sourcevpc', connect: true },
  { key: 'vpc-lattice-svcs:sourcevpcowneraccount', connect: true },
];

/** The keys of control calls, in small letters. */
export const controlKeys: readonly string[] = [
  'AuthType CreateAction DomainName PrivateDnsPreference PrivateDnsSpecifiedDomains Protocol ResourceConfigurationArn',
  'SecurityGroupIds ServiceArn ServiceNetworkArn TargetGroupArns VpcEndpointId VpcId',
]
  .flatMap((line) => line.split(' '))
  .map((name) => `vpc-lattice:${name.toLowerCase()}`);

/** IAM's global keys (IAM User Guide: "AWS global condition context keys"), in small letters. */
export const globalKeys: readonly string[] = [
  'CalledVia CalledViaFirst CalledViaLast CurrentTime EpochTime FederatedProvider MultiFactorAuthAge MultiFactorAuthPresent',
  'PrincipalAccount PrincipalArn PrincipalIsAWSService PrincipalOrgID PrincipalOrgPaths PrincipalServiceName',
  'PrincipalServiceNamesList PrincipalTag/ PrincipalType Referer RequestedRegion RequestTag/ ResourceAccount ResourceOrgID',
  'ResourceOrgPaths ResourceTag/ SecureTransport SourceAccount SourceArn SourceIdentity SourceIp SourceOrgID SourceOrgPaths',
  'SourceVpc SourceVpcArn SourceVpce TagKeys TokenIssueTime UserAgent userid username ViaAWSService VpcSourceIp',
]
  .flatMap((line) => line.split(' '))
  .map((name) => `aws:${name.toLowerCase()}`);
