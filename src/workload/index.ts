// What runs in the VPCs of this machine: configured instances, and workloads that clients make and hold.

export { noCredentials } from './credential-variables.ts';
export { enterCommand, type Entrance } from './entrance.ts';
export { Instances } from './instances.ts';
export { systemProcesses } from './process-table.ts';
export { createStarter } from './start-process.ts';
export { openStateFile } from './state-file.ts';
export { Workloads, type Roles, type Workload, type WorkloadFailure, type WorkloadRequest } from './workloads.ts';
