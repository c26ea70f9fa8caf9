// The data plane: connections in, decisions, connections out.

export { createDataPlane, type DataPlane, type DataPlaneDeps } from './data-plane.ts';
export { watchDescriptors } from './listener/descriptors.ts';
export { createListeners, type Listeners, type ListenSpec } from './listener/listeners.ts';
export { defaultProxyLimits, type ProxyLimits } from './limits.ts';
export type { HealthReport } from './health/checker.ts';
export type { ResolvedName } from './upstream/names.ts';
export type { TargetTls } from './upstream/groups.ts';
export type { Health } from './upstream/target-state.ts';
export { decide, type Decision, type Entry } from './request/decide.ts';
