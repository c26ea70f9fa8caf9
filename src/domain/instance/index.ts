// Instances that RunInstances makes: records with an address. A workload that stands for one makes it run.

export { describeInstances, getMachine, stateCodeOf, type MachineInstance } from './read.ts';
export { modifyInstance, type InstanceChange } from './modify-instance.ts';
export { runInstances, type RunInstancesInput } from './run-instances.ts';
export {
  rebootInstances,
  startInstances,
  stopInstances,
  terminateInstances,
  type StateChange,
} from './state-change.ts';
