// Resource configurations.

export { createResourceConfiguration, type CreateResourceConfigurationInput } from './create-resource-configuration.ts';
export { getResourceConfiguration, listResourceConfigurations, verificationOf } from './read.ts';
export {
  deleteResourceConfiguration,
  removeResourceConfiguration,
  updateResourceConfiguration,
  type UpdateResourceConfigurationInput,
} from './resource-configuration.ts';
