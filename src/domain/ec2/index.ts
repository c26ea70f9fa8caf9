// VPCs, subnets, and the configuration's security groups and instances.

export { familiesOf, findSubnets, findVpc, wrongSecurityGroups } from './check-placement.ts';
export { applyConfiguredVpcs, configuredId, type ConfiguredVpc } from './configuration.ts';
export { applyConfiguredLoadBalancers, findLoadBalancer, type ConfiguredLoadBalancer } from './load-balancer.ts';
export { describeSubnets, describeVpcs, subnetAvailableAddresses, type Ec2Filter } from './read.ts';
export { placeStandIns } from './stand-in.ts';
export { createSubnet, deleteSubnet, type CreateSubnetInput } from './subnet.ts';
export { createVpc, deleteVpc, getVpc, type AttachmentInput, type CreateVpcInput } from './vpc.ts';
