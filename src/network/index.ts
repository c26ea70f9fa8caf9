// How VPCs are present on this machine: what a snapshot asks for, what is there, and the way from one to the other.

export { describeAttachments, dialSources, type VpcAttachment } from './attachments.ts';
export { canBindLowPorts, pickLoopbackNumber, whyNoNamespaces } from './capabilities.ts';
export { desiredNetwork, observedBlocks, type WorkloadPlace } from './desired.ts';
export { asksForTheSame } from './listeners.ts';
export { coreName, namePrefix, namespacePath, workloadName } from './names.ts';
export { observe } from './observe.ts';
export { openSockets } from './open-sockets.ts';
export { plan } from './plan.ts';
export { rawHandleSelfTest, type RawHandle } from './raw-handles.ts';
export { apply, runCommand, type Run } from './run.ts';
export { desiredSockets, openPairs, type SocketSpec } from './sockets.ts';
