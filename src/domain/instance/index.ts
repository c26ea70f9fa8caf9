// Instances that RunInstances makes: records with an address. A workload that stands for one makes it run.

export { describeInstances, findProfileArn, getMachine, listInterfacesOf, stateCodeOf } from './read.ts';
export { modifyInstance, type InstanceChange } from './modify-instance.ts';
export { runInstances } from './run-instances.ts';
export {
  rebootInstances,
  startInstances,
  stopInstances,
  terminateInstances,
  type StateChange,
} from './state-change.ts';
