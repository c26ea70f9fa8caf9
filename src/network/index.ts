// How VPCs are present on this machine: what a snapshot asks for, what is there, and the way from one to the other.

export {
  findAdmission,
  findArrival,
  findBarriers,
  findPassage,
  type Approach,
  type Arrival,
  type Passage,
} from './arrival.ts';
export { describeAttachments, dialSources, type VpcAttachment } from './attachments.ts';
export { canBindLowPorts, pickLoopbackNumber, whyNoNamespaces } from './capabilities.ts';
export { asksForTheSame } from './listeners.ts';
export { isJoinedName, namePrefix, namespaceFolder, namespacePath, workloadName } from './names.ts';
export { createNetwork, prepareCore, type Network, type OpenPairs } from './network.ts';
export { createSocketOpener, openSockets } from './open-sockets.ts';
export { isInNamespace } from './own-namespace.ts';
export { bindHandle, rawHandleSelfTest, type RawHandle } from './raw-handles.ts';
export { createRun, runCommand, type Run } from './run.ts';
export { desiredSockets, loopbackApiPort, loopbackDnsPort, openPairs, type SocketSpec } from './sockets.ts';
export { dnsAddresses, linkLocalDns, metadataAddresses } from './vpc-addresses.ts';
export { joinedLink, type JoinedNamespace, type WorkloadPlace } from './workload-namespace.ts';
export {
  closeUserNamespace,
  enterHome,
  enterUserNamespace,
  findUserNamespace,
  makeUserNamespace,
  ownUserNamespace,
  rememberUserNamespace,
  type UserNamespace,
} from './user-namespace.ts';
