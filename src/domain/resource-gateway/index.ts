// Resource gateways.

export { getResourceGateway, listResourceGateways } from './read.ts';
export {
  createResourceGateway,
  deleteResourceGateway,
  updateResourceGateway,
  type CreateResourceGatewayInput,
} from './resource-gateway.ts';
