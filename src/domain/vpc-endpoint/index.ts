// VPC endpoints of type ServiceNetwork: ways of a VPC into service networks, at addresses of its own.

export {
  createVpcEndpoint,
  deleteVpcEndpoints,
  modifyVpcEndpoint,
  removeVpcEndpoint,
  type CreateVpcEndpointInput,
  type EndpointFailure,
} from './vpc-endpoint.ts';
export { describeVpcEndpoints, endpointState, listEndpointServices, type EndpointService } from './read.ts';
