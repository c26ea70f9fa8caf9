// Which revision a data-plane node obeys: what every live worker has applied and the agent has finished.

import type { FeedPeer } from '../feed/index.ts';

/** What is known of the one node of this server. */
export interface NodeView {
  /** Workers that are up. */
  readonly live: ReadonlySet<number>;
  readonly peers: Iterable<FeedPeer>;
  /** The newest revision that the agent has finished. */
  readonly agent: number;
}

/**
 * The revision that the node obeys, or undefined while nothing can be said: no worker is up, or one is that may serve from the snapshot on disk
 * because it has not reached control yet. A worker that obeys nothing yet (a respawned one) counts once it does: it serves no request before
 * its first snapshot.
 */
export function obeyedRevision(view: NodeView): number | undefined {
  const silent = new Set(view.live);
  let lowest: number | undefined;
  for (const peer of view.peers) {
    silent.delete(peer.worker);
    if (!view.live.has(peer.worker) || peer.acknowledged < 0) continue;
    lowest = lowest === undefined ? peer.acknowledged : Math.min(lowest, peer.acknowledged);
  }
  return lowest === undefined || silent.size > 0 ? undefined : Math.min(lowest, view.agent);
}
