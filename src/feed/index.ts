// Snapshots down, observations up: frames, versions, both ends.

export { createFeedClient, type Dated, type FeedClient } from './client.ts';
export { createFeedServer, type FeedPeer, type FeedServer } from './server.ts';
export { readSnapshotFile, writeSnapshotFile } from './snapshot-file.ts';
export type { HealthObservation } from './messages.ts';
