// Instances that RunInstances makes: records with an address. A workload that stands for one makes it run.

export { describeInstances, getMachine, listInterfacesOf, stateCodeOf } from './read.ts';
export {
  associateProfile,
  describeProfileAssociations,
  disassociateProfile,
  findAssociatedProfile,
  findProfile,
  getProfile,
  profileOf,
  replaceProfile,
  type AssociatedProfile,
  type ProfileAssociation,
  type ProfileName,
} from './instance-profile.ts';
export { modifyInstance, type InstanceChange } from './modify-instance.ts';
export { runInstances } from './run-instances.ts';
export {
  rebootInstances,
  startInstances,
  stopInstances,
  terminateInstances,
  type StateChange,
} from './state-change.ts';
