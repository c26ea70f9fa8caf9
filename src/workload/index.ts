// What runs in the VPCs of this machine: configured instances, and workloads that clients make and hold.

export { noCredentials } from './credential-variables.ts';
export { enterCommand, type Entrance } from './entrance.ts';
export { createExistingNamespaces, noNamespaces, type NamespaceWish } from './existing-namespace.ts';
export { Instances } from './instances.ts';
export { isRunning, systemProcesses } from './process-table.ts';
export { createStarter } from './start-process.ts';
export { openStateFile } from './state-file.ts';
export type { Roles, Workload, WorkloadFailure, WorkloadRequest } from './workload.ts';
export { Workloads } from './workloads.ts';
