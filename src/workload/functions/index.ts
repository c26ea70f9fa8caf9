// Functions: execution environments of this server, and endpoints of others, behind one Invoke API.

export { createEndpoint } from './endpoint.ts';
export { startEnvironment } from './environment.ts';
export { createFunctionPool, type Invocable } from './function-pool.ts';
export { parseFunctionArn, type FunctionSpec } from './function-spec.ts';
export { createInvokeServer } from './invoke-server.ts';
export { createFunctionStarter } from './start-function.ts';
