// Resource configurations.

export {
  createResourceConfiguration,
  judgeNewResourceConfiguration,
  type CreateResourceConfigurationInput,
} from './create-resource-configuration.ts';
export { getResourceConfiguration, listResourceConfigurations, verificationOf } from './read.ts';
export {
  deleteResourceConfiguration,
  judgeResourceConfigurationUpdate,
  removeResourceConfiguration,
  updateResourceConfiguration,
  type UpdateResourceConfigurationInput,
} from './resource-configuration.ts';
