// The API: VPC Lattice, EC2, IAM, STS, CloudTrail and the Resource Groups Tagging API over the AWS protocols, and the server's own paths.

export { createApi, type ApiDeps, type ApiOptions } from './api.ts';
export { type RateClass, type RateLimit, type RateLimits } from './rate-limiter.ts';
export { latticeOperations } from './lattice/operations.ts';
export {
  type MadeWorkload,
  type ServedRequest,
  type WorkloadFailure,
  type WorkloadRequest,
  type Workloads,
} from './pergola/deps.ts';
export { createMetadataServer, type MetadataServerDeps } from './metadata/metadata-server.ts';
export type { VpcOrigin } from '../aws/index.ts';
export { createRoleCredentials, type RoleCredentials } from './metadata/role-credentials.ts';
export { containerPath } from './metadata/answer-metadata.ts';
