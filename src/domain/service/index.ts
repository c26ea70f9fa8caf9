// Services.

export {
  createService,
  deleteService,
  judgeNewService,
  judgeServiceUpdate,
  updateService,
  type CreateServiceInput,
  type UpdateServiceInput,
} from './service.ts';
export { findService, getService, listServices } from './read.ts';
