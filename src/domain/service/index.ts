// Services.

export {
  createService,
  deleteService,
  updateService,
  type CreateServiceInput,
  type UpdateServiceInput,
} from './service.ts';
export { findService, getService, listServices } from './read.ts';
