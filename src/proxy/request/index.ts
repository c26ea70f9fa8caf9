// The decision on a request and what it is made of, for who explains it.

export { HeadReader } from '../http1/head-reader.ts';
export { openRequest } from '../http1/open-request.ts';
export { prepareSessionCaller, type IdentifiedCaller } from '../identity/caller.ts';
export { dialPlace } from '../upstream/place.ts';
export type { ProxyLimits } from '../limits.ts';
export { pickTarget, whyNoTarget, type Health } from '../upstream/target-state.ts';
export { createWorldCompiler, type CompiledListener, type CompiledRule, type World } from '../world.ts';
export { decide, type Decision, type DecisionRecorder } from './decide.ts';
