// The addresses that belong to Pergola in every VPC: where services and resources are found, and where targets see requests from.

/** The managed ranges. Services first as AWS documents them (169.254.171.0/24, fd00:ec2:80::/64, resources 129.224.0.0/17), then ours. */
export const managedRanges = {
  services: ['169.254.171.0/24', '169.254.176.0/20'],
  services6: 'fd00:ec2:80::/64',
  sources: '169.254.192.0/19',
  sources6: 'fd00:ec2:80:1::/64',
  resources: '129.224.0.0/17',
} as const;
