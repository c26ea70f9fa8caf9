// The AWS protocol server: services as data, operations as injected handlers, on node:http.

export {
  createAwsServer,
  defaultServerLimits,
  type InternalRequest,
  type ServerDeps,
  type ServerLimits,
  type VpcOrigin,
  type ServerOptions,
} from './server.ts';
export {
  type Answer,
  type Call,
  type JudgeInput,
  type Observe,
  type OperationHandler,
  type ServedService,
} from './dispatch.ts';
export { type Credential } from './authenticate.ts';
export { type ServiceDefinition } from './codec.ts';
export { integer, oneOf, text, type Constraints } from './constraints.ts';
export { ServiceError } from './service-error.ts';
export { readServiceSchema, requiredMembers, membersOf, type Schema } from './schema.ts';
