// Background tasks between the store and the data plane.

export { createPublisher, type Publisher } from './publisher.ts';
export { obeyedRevision, type NodeView } from './obedience.ts';
export { startStatusTask, type StatusTask } from './statuses.ts';
export { startDomainVerifier } from './domain-verifier.ts';
export { followStandIns } from './stand-ins.ts';
export { createHealthBoard, type HealthBoard } from './health-board.ts';
