// Resource gateways.

export { getResourceGateway, listResourceGateways } from './read.ts';
export {
  createResourceGateway,
  deleteResourceGateway,
  judgeNewResourceGateway,
  judgeResourceGatewayUpdate,
  updateResourceGateway,
  type CreateResourceGatewayInput,
} from './resource-gateway.ts';
